import type { Deadline } from './deadline.ts'
import type { RateWindow, WindowTold } from './provider.ts'
import { RateLine, type Share } from './rate-line.ts'

/** Permission to make one call. */
export interface Permit {
  /** The call was made, and is over; `told` is what its reply says of the provider's windows. */
  spent(told: readonly WindowTold[]): void
  /** The call was not made. */
  unused(): void
}

/**
 * Keeps calls within a provider's windows, so that it need not refuse any.
 *
 * A call counts from its permit until `intervalMs` after its end: whenever in between it reached the provider, the
 * provider's own window cannot hold more calls than ours, wherever that begins.
 *
 * A call waits for its windows one after the other, the scarcest first, and holds what it has got. So whoever waits
 * long, waits with empty hands: it holds up nobody who does not need what it waits for. And since everybody takes them
 * in the same order, each gets there in the end.
 */
export class Pace {
  /** The first stands for the provider as a whole: it never fills, and can be paused. */
  readonly #lines: readonly RateLine[]

  constructor(windows: readonly RateWindow[]) {
    const whole: RateWindow = { name: '', callsMax: Number.POSITIVE_INFINITY, intervalMs: 0 }
    const scarcestFirst = windows.toSorted((a, b) => a.callsMax / a.intervalMs - b.callsMax / b.intervalMs)
    this.#lines = [whole, ...scarcestFirst].map((window) => new RateLine(window))
  }

  /** The window that would never have room for such a call, however long it waits. */
  neverFits(operation: string, cost: number): RateWindow | undefined {
    return this.#concerning(operation).find(({ window }) => !(cost <= window.callsMax))?.window
  }

  /** Waits for permission, first come first served in each window. `undefined`: it cannot be had in time. */
  async acquire(operation: string, cost: number, deadline: Deadline): Promise<Permit | undefined> {
    const shares: Share[] = []
    for (const line of this.#concerning(operation)) {
      const share = line.take(cost) ?? (await line.wait(cost, deadline))
      if (!share) {
        for (const got of shares) got.release()
        return undefined
      }
      shares.push(share)
    }
    return {
      spent: (told) => {
        for (const share of shares) share.spend(told.find(({ name }) => name === share.window.name)?.remaining)
      },
      unused: () => {
        for (const share of shares) share.release()
      },
    }
  }

  /** Milliseconds for which calls of an operation are held up because the provider said so. */
  pausedMs(operation: string): number {
    return Math.max(...this.#concerning(operation).map((line) => line.pausedMs()))
  }

  /** Holds up the calls of a window, or all of them when it is not named or not known. */
  pause(waitMs: number, name?: string): void {
    const named = name === undefined ? [] : this.#lines.filter(({ window }) => window.name === name)
    for (const line of named.length === 0 ? this.#lines : named) line.pause(waitMs)
  }

  #concerning(operation: string): readonly RateLine[] {
    return this.#lines.filter(({ window }) => window.concerns?.(operation) ?? true)
  }
}
