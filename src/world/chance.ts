import crypto from 'node:crypto'
import type { Random } from '../simulator/random.ts'
import type { Gate } from './gate.ts'
import type { Replacements } from './replacements.ts'

/** Takes over `Math.random`, Web Crypto's and `node:crypto`'s random functions: their chance is the seed's. */
export function installChance(replacements: Replacements, random: Random, gate: Gate): void {
  const { webcrypto } = crypto
  const fill = <View extends ArrayBufferView | null>(view: View): View => {
    if (view) random.fill(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
    return view
  }
  const uuid = (): ReturnType<typeof crypto.randomUUID> => uuidFrom(random.fill(new Uint8Array(16)))
  replacements.replace(Math, 'random', random.next)
  replacements.replace(webcrypto, 'getRandomValues', fill as typeof webcrypto.getRandomValues)
  replacements.replace(webcrypto, 'randomUUID', uuid)
  replacements.replace(crypto, 'getRandomValues', fill as typeof crypto.getRandomValues)
  replacements.replace(crypto, 'randomUUID', uuid)

  const later = <Value>(value: Value, callback: (error: null, value: Value) => void): void => {
    gate.answer(() => callback(null, value))
  }
  const randomBytes = (size: number, callback?: (error: null, bytes: Buffer) => void): Buffer | undefined => {
    const bytes = random.fill(Buffer.alloc(size)) as Buffer
    if (!callback) return bytes
    later(bytes, callback)
    return undefined
  }
  const randomInt = (...args: readonly unknown[]): number | undefined => {
    const callback = args.find((arg) => typeof arg === 'function') as ((error: null, value: number) => void) | undefined
    const numbers = args.filter((arg) => typeof arg === 'number')
    const [min = 0, max = 0] = numbers.length > 1 ? numbers : [0, numbers[0]]
    const value = random.integer(min, max - 1)
    if (!callback) return value
    later(value, callback)
    return undefined
  }
  replacements.replace(crypto, 'randomBytes', randomBytes as typeof crypto.randomBytes)
  replacements.replace(crypto, 'randomInt', randomInt as typeof crypto.randomInt)
  replacements.replace(crypto, 'randomFillSync', ((view: ArrayBufferView, offset = 0, size?: number) => {
    fillPart(random, view, offset, size)
    return view
  }) as typeof crypto.randomFillSync)
  replacements.replace(crypto, 'randomFill', ((view: ArrayBufferView, ...rest: readonly unknown[]) => {
    const [offset = 0, size] = rest.filter((arg) => typeof arg === 'number')
    fillPart(random, view, offset, size)
    later(view, rest.at(-1) as (error: null, view: ArrayBufferView) => void)
  }) as typeof crypto.randomFill)
}

function fillPart(random: Random, view: ArrayBufferView, offset: number, size?: number): void {
  random.fill(new Uint8Array(view.buffer, view.byteOffset + offset, size ?? view.byteLength - offset))
}

/** RFC 9562, version 4. */
function uuidFrom(bytes: Uint8Array): ReturnType<typeof crypto.randomUUID> {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Buffer.from(bytes).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
