import type { Deadline } from './deadline.ts'

/** Something that is waited for in a line, and that may stop being wanted. */
export interface Waiter {
  /** True: it got its turn. False: it was sent away, or its deadline ended the wait. */
  readonly turn: Promise<boolean>
  /** Gives it its turn. */
  grant(): void
  /** Ends the wait without one. */
  dismiss(): void
  readonly settled: boolean
}

/** Stands in line until granted, or until its deadline ends the wait. */
export function waiterWithin(deadline: Deadline): Waiter {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  let settled = false
  const end = (granted: boolean): void => {
    if (settled) return
    settled = true
    clearTimeout(timer)
    deadline.signal?.removeEventListener('abort', dismiss)
    resolve(granted)
  }
  const dismiss = (): void => end(false)
  const timer = setTimeout(dismiss, deadline.leftMs())
  deadline.signal?.addEventListener('abort', dismiss)
  // A signal that was aborted before says nothing any more.
  if (deadline.signal?.aborted) dismiss()
  return {
    turn: promise,
    grant: () => end(true),
    dismiss,
    get settled() {
      return settled
    },
  }
}

/** A bounded number of places, given out in the order in which they were asked for. */
export class Places {
  readonly #max: number
  readonly #line = new Set<Waiter>()
  #taken = 0

  constructor(max: number) {
    this.#max = max
  }

  /** Takes a place, when there is one. False: the deadline came first. */
  async enter(deadline: Deadline): Promise<boolean> {
    if (this.#taken < this.#max) {
      this.#taken++
      return true
    }
    const waiter = waiterWithin(deadline)
    this.#line.add(waiter)
    const granted = await waiter.turn
    this.#line.delete(waiter)
    return granted
  }

  /** Gives a place back; who waits longest gets it. */
  leave(): void {
    for (const next of this.#line) {
      this.#line.delete(next)
      if (next.settled) continue
      next.grant()
      return
    }
    this.#taken--
  }
}
