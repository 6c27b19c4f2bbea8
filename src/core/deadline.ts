import assert from 'node:assert/strict'

/** Timers hold no longer wait: 2³¹ - 1 milliseconds, some 24 days. */
export const timerMsMax = 2_147_483_647

/** The time there is for one intent, and its caller's wish to end it: all calls made for it share them. */
export class Deadline {
  /** Milliseconds there were in all. */
  readonly totalMs: number
  readonly signal: AbortSignal | undefined
  #endsAt: number

  /**
   * @param totalMs  Milliseconds from now on: 0 to 2,147,483,647.
   * @throws AssertionError  for any other number
   */
  constructor(totalMs: number, signal?: AbortSignal) {
    const fits = totalMs >= 0 && totalMs <= timerMsMax
    assert(fits, `totalMs of a deadline must be 0 to ${timerMsMax}; got ${String(totalMs)}.`)
    this.totalMs = totalMs
    this.signal = signal
    this.#endsAt = performance.now() + totalMs
  }

  /** The same time, ended by a further signal as well. */
  endedBy(signal: AbortSignal | undefined): Deadline {
    if (!signal || signal === this.signal) return this
    const both = new Deadline(this.totalMs, this.signal ? AbortSignal.any([this.signal, signal]) : signal)
    both.#endsAt = this.#endsAt
    return both
  }

  /** Milliseconds that are left; never below 0. */
  leftMs(): number {
    return Math.max(0, this.#endsAt - performance.now())
  }

  /** Why nothing more may be done, if that is so. */
  over(): 'aborted' | 'deadline_passed' | undefined {
    if (this.signal?.aborted) return 'aborted'
    return this.leftMs() <= 0 ? 'deadline_passed' : undefined
  }

  /** Waits; ends at once, without an error, when the caller gives up or the time is over. */
  pause(waitMs: number): Promise<void> {
    const { signal } = this
    if (signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, Math.min(waitMs, this.leftMs()))
      signal?.addEventListener('abort', done)
    })
  }

  /** Waits for work to settle. False: the caller gave up, or the time was over, before it did. */
  outlasts(work: Promise<unknown>): Promise<boolean> {
    const { signal } = this
    if (signal?.aborted) return Promise.resolve(false)
    return new Promise((resolve) => {
      const end = (outlasted: boolean): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', giveUp)
        resolve(outlasted)
      }
      const giveUp = (): void => end(false)
      const settled = (): void => end(true)
      const timer = setTimeout(giveUp, this.leftMs())
      signal?.addEventListener('abort', giveUp)
      work.then(settled, settled)
    })
  }
}
