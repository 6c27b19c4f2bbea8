import crypto from 'node:crypto'
import dns from 'node:dns'
import fs from 'node:fs'
import zlib from 'node:zlib'
import { bound, place } from './context.ts'
import type { Replacements } from './replacements.ts'

/**
 * Where results of work that leaves the thread wait. The work starts at once; its results are handed over in the order
 * in which they were asked for, once all that is outstanding has come back: the order of asking is the seed's, the
 * order of finishing is the thread pool's.
 */
export interface Gate {
  /** True while results are outstanding or wait to be handed over. */
  readonly busy: boolean
  /** Resolves, in real time, when nothing is outstanding. */
  settled(): Promise<void>
  /** Hands over everything that waits. */
  release(): void
  /** Hands over an answer that needs no work, in its turn. */
  answer(deliver: () => void): void
  /** Starts work, and hands over what it comes to in its turn. `start` gets what to call when it is done. */
  ask(start: (done: (deliver: () => void) => void) => void): void
}

interface Turn {
  deliver: (() => void) | undefined
}

/** Makes a gate, open for one world. */
export function createGate(): Gate {
  let turns: Turn[] = []
  let outstanding = 0
  let wake: (() => void) | undefined
  const ask: Gate['ask'] = (start) => {
    const turn: Turn = { deliver: undefined }
    turns.push(turn)
    outstanding++
    start((deliver) => {
      if (turn.deliver) return
      turn.deliver = deliver
      outstanding--
      if (outstanding === 0) wake?.()
    })
  }
  return {
    get busy() {
      return turns.length > 0
    },
    settled: () =>
      new Promise((resolve) => {
        wake = resolve
        if (outstanding === 0) resolve()
      }),
    release: () => {
      const ready = turns
      turns = []
      for (const turn of ready) turn.deliver?.()
    },
    answer: (deliver) => {
      const resume = bound(deliver)
      ask((done) => done(resume))
    },
    ask,
  }
}

type AnyFunction = (...args: unknown[]) => unknown

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

const subtleNames = [
  'encrypt',
  'decrypt',
  'sign',
  'verify',
  'digest',
  'generateKey',
  'deriveKey',
  'deriveBits',
  'importKey',
  'exportKey',
  'wrapKey',
  'unwrapKey',
] as const

/**
 * Leads what Node does in its thread pool through a gate: `crypto.subtle`, `node:crypto`, the convenience functions of
 * `zlib`, `fs` and `fs.promises`, `dns`. Work that is not the subject's passes untouched.
 */
export function installGate(replacements: Replacements, gate: Gate): void {
  for (const name of cryptoNames) gateCallback(replacements, gate, crypto, name)
  for (const name of Object.keys(zlib)) {
    if (typeof Reflect.get(zlib, `${name}Sync`) === 'function') gateCallback(replacements, gate, zlib, name)
  }
  for (const name of Object.keys(fs)) {
    if (typeof Reflect.get(fs, `${name}Sync`) === 'function') gateCallback(replacements, gate, fs, name)
  }
  for (const name of ['lookup', 'lookupService'] as const) gateCallback(replacements, gate, dns, name)
  for (const name of Object.keys(fs.promises)) gatePromise(replacements, gate, fs.promises, name)
  for (const name of ['lookup', 'lookupService'] as const) gatePromise(replacements, gate, dns.promises, name)
  const subtle = Object.getPrototypeOf(crypto.subtle) as object
  for (const name of subtleNames) gatePromise(replacements, gate, subtle, name)
}

function gateCallback(replacements: Replacements, gate: Gate, home: object, name: string): void {
  gateFunction(
    replacements,
    home,
    name,
    (original) =>
      function gated(this: unknown, ...args: unknown[]): unknown {
        const here = place.getStore()
        const callback = args.at(-1)
        if (!here || here.gated || typeof callback !== 'function') return Reflect.apply(original, this, args)
        const resume = bound(callback as AnyFunction)
        let result: unknown
        gate.ask((done) => {
          const collect = (...outcome: unknown[]): void => done(() => resume(...outcome))
          result = place.run({ ...here, gated: true }, () =>
            Reflect.apply(original, this, [...args.slice(0, -1), collect]),
          )
        })
        return result
      },
  )
}

function gatePromise(replacements: Replacements, gate: Gate, home: object, name: string): void {
  gateFunction(
    replacements,
    home,
    name,
    (original) =>
      function gated(this: unknown, ...args: unknown[]): unknown {
        const here = place.getStore()
        if (!here || here.gated) return Reflect.apply(original, this, args)
        let result: unknown
        const turn = Promise.withResolvers<unknown>()
        gate.ask((done) => {
          result = place.run({ ...here, gated: true }, () => Reflect.apply(original, this, args))
          if (!(result instanceof Promise)) {
            done(() => turn.resolve(undefined))
            return
          }
          result.then(
            (value) => done(() => turn.resolve(value)),
            (error) => done(() => turn.reject(error)),
          )
        })
        return result instanceof Promise ? turn.promise : result
      },
  )
}

/** Members of the original come along: `util.promisify` looks for some of them. */
function gateFunction(
  replacements: Replacements,
  home: object,
  name: string,
  gated: (original: AnyFunction) => AnyFunction,
): void {
  const original: unknown = Reflect.get(home, name)
  if (typeof original !== 'function' || /^[A-Z]/.test(name)) return
  const wrapper = gated(original as AnyFunction)
  Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(original))
  replacements.replace(home as Record<string, unknown>, name, wrapper)
}
