import { AsyncLocalStorage } from 'node:async_hooks'

/** What the running code belongs to: a world, an intent in it, and whether it is a gate's own work. */
export interface Place {
  readonly world: object
  readonly intent: string | undefined
  readonly gated: boolean
}

/** The one async context of worlds. Code outside of it is the runner's, not the subject's. */
export const place: AsyncLocalStorage<Place> = new AsyncLocalStorage<Place>()

/** A function that runs in the async context of whoever bound it, as a real timer's callback does. */
export function bound<Arguments extends unknown[], Result>(
  task: (...args: Arguments) => Result,
): (...args: Arguments) => Result {
  const resume = AsyncLocalStorage.snapshot()
  return (...args) => resume(task, ...args)
}
