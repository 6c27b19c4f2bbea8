import { WorldError } from './world-error.ts'

/** Said of an address that no simulator answers at. */
export const nobodyServes = 'no simulator of this world serves it'

/** What was called although nobody serves it, over all runs of a world. */
export class Escapes {
  readonly #told = new Map<string, string>()
  /** Calls that escaped, each one counted. */
  count = 0

  /** Addresses, each once. */
  get addresses(): readonly string[] {
    return [...this.#told.keys()]
  }

  /** Notes one; gives the error for whoever called. */
  add(address: string, why: string): WorldError {
    const sentence = `${address} was called: ${why}.`
    this.#told.set(address, sentence)
    this.count++
    return new WorldError('escaped', sentence)
  }

  /** The error that a run ends with. */
  error(cause: unknown): WorldError {
    return new WorldError('escaped', [...this.#told.values()].join(' '), cause === undefined ? {} : { cause })
  }
}
