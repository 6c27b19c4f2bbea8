import crypto from 'node:crypto'
import type { Random } from '../simulator/random.ts'
import { bound, place, type Surroundings } from './context.ts'
import { type AnyFunction, createPatchSet, type PatchSet } from './patches.ts'

/** Takes over `Math.random`, Web Crypto's and `node:crypto`'s random functions: their chance is the seed's. */
export const chance: PatchSet = createPatchSet((patch) => {
  const { webcrypto } = crypto
  patch(
    Math,
    'random',
    seeded((world) => world.random.next()),
  )
  const web: object = Object.getPrototypeOf(webcrypto)
  // `crypto.getRandomValues` reads the method from there too.
  patch(
    web,
    'getRandomValues',
    seeded(({ random }, view) => filled(random, view as ArrayBufferView)),
  )
  for (const home of [web, crypto]) {
    patch(
      home,
      'randomUUID',
      seeded(({ random }) => uuidFrom(random.fill(new Uint8Array(16)))),
    )
  }
  patch(
    crypto,
    'randomUUIDv7',
    seeded(({ random }) => timedUuidFrom(Date.now(), random.fill(new Uint8Array(16)))),
  )
  patch(
    crypto,
    'randomBytes',
    seeded((world, size, callback) => {
      return orLater(world, callback, world.random.fill(Buffer.alloc(size as number)))
    }),
  )
  patch(
    crypto,
    'randomInt',
    seeded((world, ...args) => {
      const numbers = args.filter((arg) => typeof arg === 'number')
      const [min = 0, max = 0] = numbers.length > 1 ? numbers : [0, numbers[0]]
      return orLater(world, args.at(-1), world.random.integer(min, max - 1))
    }),
  )
  patch(
    crypto,
    'randomFillSync',
    seeded(({ random }, view, ...range) => filled(random, view as ArrayBufferView, range)),
  )
  patch(
    crypto,
    'randomFill',
    seeded((world, view, ...rest) => {
      return orLater(world, rest.at(-1), filled(world.random, view as ArrayBufferView, rest))
    }),
  )
})

/** Code that is no world's keeps its own chance. */
function seeded(draw: (world: Surroundings, ...args: unknown[]) => unknown): (original: AnyFunction) => AnyFunction {
  return (original) =>
    function drawn(...args) {
      const here = place.getStore()
      return here ? draw(here.world, ...args) : Reflect.apply(original, this, args)
    }
}

/** The value itself, or, where the caller gave a callback, nothing now and the value in its turn. */
function orLater(world: Surroundings, callback: unknown, value: unknown): unknown {
  if (typeof callback !== 'function') return value
  const deliver = bound(() => callback(null, value))
  world.gate.ask((done) => done(deliver))
  return undefined
}

function filled(random: Random, view: ArrayBufferView, range: readonly unknown[] = []): ArrayBufferView {
  const [offset = 0, size = view.byteLength - offset] = range.filter((arg) => typeof arg === 'number')
  random.fill(new Uint8Array(view.buffer, view.byteOffset + offset, size))
  return view
}

/** RFC 9562, version 7: 48 bits of Unix time in milliseconds, then chance. */
function timedUuidFrom(now: number, bytes: Uint8Array): string {
  for (let at = 5, rest = now; at >= 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256
  return uuidFrom(bytes, 0x70)
}

/** RFC 9562, version 4 unless said otherwise. */
function uuidFrom(bytes: Uint8Array, version = 0x40): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | version
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Buffer.from(bytes).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
