import zlib from 'node:zlib'
import { bound, place } from './context.ts'
import { type AnyFunction, createPatchSet, type PatchSet } from './patches.ts'
import { callerInWords } from './watch.ts'

/** What Node's own part of a zlib stream calls when a piece of work is done, or has failed. */
interface Handle {
  onerror: AnyFunction
}

const makers = [
  ...(['createDeflate', 'createBrotliCompress', 'createBrotliDecompress'] as const),
  ...(['createZstdCompress', 'createZstdDecompress'] as const),
]

/** How the gate learns that the piece of work of a handle has come back. One piece at a time is under way. */
const underWay = new WeakMap<object, (deliver: () => void) => void>()
/** Handles that call back through the gate; one that was made outside of any world does not. */
const gated = new WeakSet<object>()

/**
 * Leads the pieces of work of zlib's streams through the world's gate, and with them `CompressionStream` and what
 * `fetch` decompresses: each stream has a handle in Node itself, which works in the thread pool.
 */
export const zlibStreams: PatchSet = createPatchSet((patch) => {
  const prototypes = new Set<object>()
  for (const maker of makers) {
    const make: unknown = Reflect.get(zlib, maker)
    if (typeof make === 'function') prototypes.add(Object.getPrototypeOf(make()._handle))
  }
  for (const prototype of prototypes) {
    patch(prototype, 'init', callingBackInTurn)
    patch(prototype, 'write', writingInTurn)
  }
})

/** Node hands over its callback among other arguments, whose number differs from kind to kind. */
function callingBackInTurn(original: AnyFunction): AnyFunction {
  return function init(...args) {
    gated.add(this as object)
    return Reflect.apply(
      original,
      this,
      args.map((arg) => (typeof arg === 'function' ? inTurn(arg as AnyFunction) : arg)),
    )
  }
}

function inTurn(callback: AnyFunction): AnyFunction {
  return function calledBack(...args) {
    const done = underWay.get(this as object)
    if (!done) return Reflect.apply(callback, this, args)
    underWay.delete(this as object)
    return done(() => Reflect.apply(callback, this, args))
  }
}

const failing = new WeakSet<AnyFunction>()

function writingInTurn(original: AnyFunction): AnyFunction {
  return function write(...args) {
    const handle = this as Handle
    const here = place.getStore()
    if (!here || here.gated) return Reflect.apply(original, handle, args)
    if (!gated.has(handle)) {
      here.world.cannotRepeat(`A zlib stream that was made outside of the world works in it: ${callerInWords()}`)
      return Reflect.apply(original, handle, args)
    }
    if (!failing.has(handle.onerror)) {
      handle.onerror = inTurn(handle.onerror)
      failing.add(handle.onerror)
    }
    here.world.gate.ask((done) => {
      const resume = bound((deliver: () => void) => deliver())
      underWay.set(handle, (deliver) => done(() => resume(deliver)))
      Reflect.apply(original, handle, args)
    })
    return undefined
  }
}
