import type { Deadline } from './deadline.ts'
import type { RateWindow, WindowTold } from './provider.ts'
import { type Waiter, waiterWithin } from './turns.ts'

/** Permission to make one call. */
export interface Permit {
  /** The call was made, and is over. */
  spent(): void
  /** The call was not made. */
  unused(): void
}

/** A call that waits for its permit. */
interface InLine {
  readonly waiter: Waiter
  readonly windows: readonly OpenWindow[]
  readonly cost: number
}

/**
 * Keeps calls within a provider's windows, so that it need not refuse any.
 *
 * A call counts from the permit until `intervalMs` after its end: whenever in between it reached the provider, the
 * provider's own window cannot hold more calls than ours, wherever that begins.
 */
export class Pace {
  readonly #windows: readonly OpenWindow[]
  #line: InLine[] = []
  #timer: NodeJS.Timeout | undefined
  #timerAt = Number.POSITIVE_INFINITY

  constructor(windows: readonly RateWindow[]) {
    // The first stands for the provider as a whole: it never fills, and can be paused.
    const whole: RateWindow = { name: '', callsMax: Number.POSITIVE_INFINITY, intervalMs: 0 }
    this.#windows = [whole, ...windows].map((rule) => new OpenWindow(rule))
  }

  /** Waits for permission, first come first served. `undefined`: the deadline came first. */
  async acquire(operation: string, cost: number, deadline: Deadline): Promise<Permit | undefined> {
    const windows = this.#concerning(operation)
    const isNext = !this.#line.some((other) => !other.waiter.settled && sharesWindow(other.windows, windows))
    if (isNext && roomAt(windows, cost) <= performance.now()) return this.#grant(windows, cost)
    const waiter = waiterWithin(deadline)
    this.#line.push({ waiter, windows, cost })
    this.#pump()
    return (await waiter.turn) ? this.#permit(windows, cost) : undefined
  }

  /** Milliseconds for which calls of an operation are held up because the provider said so. */
  pausedMs(operation: string): number {
    const until = Math.max(...this.#concerning(operation).map(({ pausedUntil }) => pausedUntil))
    return Math.max(0, until - performance.now())
  }

  /** Holds up the calls of a window, or all of them when it is not named or not known. */
  pause(waitMs: number, name = ''): void {
    const [whole] = this.#windows
    const window = this.#windows.find(({ rule }) => rule.name === name) ?? whole
    if (window) window.pausedUntil = Math.max(window.pausedUntil, performance.now() + waitMs)
  }

  /** Learns how much room the provider sees: less than we do, when others use the same credentials. */
  learn(told: readonly WindowTold[]): void {
    for (const { name, remaining } of told) this.#windows.find(({ rule }) => rule.name === name)?.correct(remaining)
  }

  #concerning(operation: string): readonly OpenWindow[] {
    return this.#windows.filter(({ rule }) => rule.concerns?.(operation) ?? true)
  }

  #grant(windows: readonly OpenWindow[], cost: number): Permit {
    for (const window of windows) window.open += cost
    return this.#permit(windows, cost)
  }

  #permit(windows: readonly OpenWindow[], cost: number): Permit {
    const end = (counts: boolean) => (): void => {
      for (const window of windows) window.end(cost, counts)
      this.#pump()
    }
    return { spent: end(true), unused: end(false) }
  }

  /** Lets through whoever can go; who waits for one window does not hold up who needs another. */
  #pump(): void {
    const now = performance.now()
    const blocked = new Set<OpenWindow>()
    let nextAt = Number.POSITIVE_INFINITY
    this.#line = this.#line.filter(({ waiter, windows, cost }) => {
      if (waiter.settled) return false
      const freeAt = windows.some((window) => blocked.has(window)) ? Number.POSITIVE_INFINITY : roomAt(windows, cost)
      if (freeAt <= now) {
        for (const window of windows) window.open += cost
        waiter.grant()
        return false
      }
      for (const window of windows) if (window.rule.name !== '') blocked.add(window)
      nextAt = Math.min(nextAt, freeAt)
      return true
    })
    this.#wakeAt(nextAt, now)
  }

  #wakeAt(at: number, now: number): void {
    if (this.#timer && this.#timerAt === at) return
    clearTimeout(this.#timer)
    this.#timerAt = at
    this.#timer = Number.isFinite(at) ? setTimeout(() => this.#wake(), Math.max(1, Math.ceil(at - now))) : undefined
  }

  #wake(): void {
    this.#timer = undefined
    this.#pump()
  }
}

function sharesWindow(some: readonly OpenWindow[], others: readonly OpenWindow[]): boolean {
  return some.some((window) => window.rule.name !== '' && others.includes(window))
}

/** When all of the windows have room, as far as is known; `Infinity` while only the end of a call can make it. */
function roomAt(windows: readonly OpenWindow[], cost: number): number {
  return Math.max(...windows.map((window) => window.roomAt(cost)))
}

/** One window as it fills. */
class OpenWindow {
  readonly rule: RateWindow
  /** Cost of the calls that are under way. */
  open = 0
  pausedUntil = 0
  /** Calls that are over, the oldest first. */
  readonly #done: { readonly at: number; readonly cost: number }[] = []
  #doneCost = 0

  constructor(rule: RateWindow) {
    this.rule = rule
  }

  end(cost: number, counts: boolean): void {
    this.open -= cost
    if (counts && this.rule.intervalMs > 0) this.#add(cost)
  }

  roomAt(cost: number): number {
    this.#forget()
    let room = this.rule.callsMax - this.open - this.#doneCost
    if (room >= cost) return this.pausedUntil
    for (const done of this.#done) {
      room += done.cost
      if (room >= cost) return Math.max(this.pausedUntil, done.at + this.rule.intervalMs)
    }
    return Number.POSITIVE_INFINITY
  }

  /** What the provider counts beyond our own calls is somebody else's, and fills the window all the same. */
  correct(remaining: number): void {
    this.#forget()
    const foreign = this.rule.callsMax - remaining - this.open - this.#doneCost
    if (foreign > 0) this.#add(foreign)
  }

  #add(cost: number): void {
    this.#done.push({ at: performance.now(), cost })
    this.#doneCost += cost
  }

  #forget(): void {
    const since = performance.now() - this.rule.intervalMs
    for (let oldest = this.#done[0]; oldest && oldest.at <= since; oldest = this.#done[0]) {
      this.#doneCost -= oldest.cost
      this.#done.shift()
    }
  }
}
