import crypto from 'node:crypto'
import dns from 'node:dns'
import fs from 'node:fs'
import { types } from 'node:util'
import zlib from 'node:zlib'
import { bound, place } from './context.ts'
import { type AnyFunction, createPatchSet, type PatchSet } from './patches.ts'

/** Functions of `node:crypto` that call back from the thread pool; without a callback they work at once. */
const cryptoNames = [
  'pbkdf2',
  'scrypt',
  'hkdf',
  'sign',
  'verify',
  'generateKey',
  'generateKeyPair',
  'generatePrime',
  'checkPrime',
  'diffieHellman',
  'encapsulate',
  'decapsulate',
  'argon2',
] as const

/**
 * Leads what Node does in its thread pool through the world's gate: `crypto.subtle`, `node:crypto`, the convenience
 * functions of `zlib`, `fs` and `fs.promises`, `dns`. Work that is not the subject's passes untouched.
 */
export const threadPool: PatchSet = createPatchSet((patch) => {
  for (const name of cryptoNames) {
    patch(crypto, name, gatedCallback)
    if (typeof Reflect.get(crypto, `${name}Sync`) === 'function') patch(crypto, `${name}Sync`, atOnce)
  }
  for (const home of [zlib, fs]) {
    for (const name of Object.keys(home)) {
      if (typeof Reflect.get(home, `${name}Sync`) === 'function') patch(home, name, gatedCallback)
    }
  }
  for (const name of ['lookup', 'lookupService']) {
    patch(dns, name, gatedCallback)
    patch(dns.promises, name, gatedPromise)
  }
  for (const name of Object.keys(fs.promises)) if (name !== 'open') patch(fs.promises, name, gatedPromise)
  const subtle: object = Object.getPrototypeOf(crypto.subtle)
  for (const name of Object.getOwnPropertyNames(subtle)) {
    if (name !== 'constructor') patch(subtle, name, gatedPromise)
  }
  for (const name of ['arrayBuffer', 'bytes', 'text']) patch(Blob.prototype, name, gatedPromise)
  patch(Blob.prototype, 'stream', gatedStream)
})

function gatedCallback(original: AnyFunction): AnyFunction {
  const now = atOnce(original)
  return function gated(...args) {
    const here = place.getStore()
    const callback = args.at(-1)
    if (!here || here.gated) return Reflect.apply(original, this, args)
    if (typeof callback !== 'function') return Reflect.apply(now, this, args)
    const resume = bound(callback as AnyFunction)
    let result: unknown
    here.world.gate.ask((done) => {
      const collect = (...outcome: unknown[]): void => done(() => resume(...outcome))
      const work = [...args.slice(0, -1), collect]
      result = place.run({ ...here, gated: true }, () => Reflect.apply(original, this, work))
    })
    return result
  }
}

/** A function whose work is done when it returns: Node makes a job of the thread pool for it, and runs that here. */
function atOnce(original: AnyFunction): AnyFunction {
  return function gated(...args) {
    const here = place.getStore()
    if (!here || here.gated) return Reflect.apply(original, this, args)
    return place.run({ ...here, gated: true }, () => Reflect.apply(original, this, args))
  }
}

/** A function whose promise settles in its turn. */
export function gatedPromise(original: AnyFunction): AnyFunction {
  return function gated(...args) {
    const here = place.getStore()
    if (!here || here.gated) return Reflect.apply(original, this, args)
    const result = place.run({ ...here, gated: true }, () => Reflect.apply(original, this, args))
    // Some of them give an iterator, and one a plain object: nothing to wait for. The promise may be another realm's.
    if (!types.isPromise(result)) return result
    const turn = Promise.withResolvers<unknown>()
    here.world.gate.ask((done) => {
      result.then(
        (value) => done(() => turn.resolve(value)),
        (error) => done(() => turn.reject(error)),
      )
    })
    return turn.promise
  }
}

/** A stream each of whose pieces comes in its turn. */
function gatedStream(original: AnyFunction): AnyFunction {
  return function gated(...args) {
    const here = place.getStore()
    if (!here || here.gated) return Reflect.apply(original, this, args)
    const inside = { ...here, gated: true }
    const stream = place.run(inside, () => Reflect.apply(original, this, args)) as ReadableStream<Uint8Array>
    const reader = stream.getReader()
    const read = gatedPromise(() => reader.read()) as typeof reader.read
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const { done, value } = await place.run(here, read)
          if (done) controller.close()
          else controller.enqueue(value)
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    )
  }
}
