import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import type { DispatcherDoor } from '../doors/dispatcher.ts'
import type { SocketDoor } from '../doors/sockets/socket-door.ts'
import type { Random } from '../simulator/random.ts'
import type { Gate } from './gate.ts'

/** What the replacements of globals need of the world whose code calls them. */
export interface Surroundings {
  readonly random: Random
  readonly gate: Gate
  /** Where sockets lead to simulators. */
  readonly socketDoor: SocketDoor
  /** A socket opens: gives the error when it must not. */
  socketOpens(address: string): Error | undefined
  /** A name is asked for: gives what is answered in the system's place; `undefined` where the system may answer. */
  nameIsAsked(host: string): { readonly address: string } | { readonly error: Error } | undefined
  /** Something was done that no seed can bring about again: the run is marked with the reason. */
  cannotRepeat(reason: string): void
  /** A line was logged. True: it is printed as well. */
  logged(line: string): boolean
}

/** What the running code belongs to: a world, an intent in it, and whether it is a gate's own work. */
export interface Place {
  readonly world: Surroundings
  readonly intent: string | undefined
  readonly gated: boolean
}

/** The one async context of worlds. Code outside of it is the runner's, not the subject's. */
export const place: AsyncLocalStorage<Place> = new AsyncLocalStorage<Place>()

/**
 * A function that runs in the async context of whoever bound it, as a real timer's callback does. A snapshot of
 * `AsyncLocalStorage` does the same, and leaves a kilobyte of garbage that only a full collection takes.
 */
export function bound<Arguments extends unknown[], Result>(
  task: (...args: Arguments) => Result,
): (...args: Arguments) => Result {
  const here = new AsyncResource('StuntdoubleTask')
  return (...args) => here.runInAsyncScope(task, undefined, ...args)
}

/** True for code of a world that has ended: whatever woke it up, nobody answers it any more. */
export function isLeftover(): boolean {
  const here = place.getStore()
  return here !== undefined && here.world !== stage.world
}

/** The world that runs in this thread, if one does. */
export const stage: { world: (Surroundings & { readonly door: DispatcherDoor }) | undefined } = { world: undefined }
