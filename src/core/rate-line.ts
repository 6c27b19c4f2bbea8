import type { Deadline } from './deadline.ts'
import type { RateWindow } from './provider.ts'
import { type Waiter, waiterWithin } from './turns.ts'

/** What a call holds of a window. */
export interface Share {
  readonly window: RateWindow
  /** The call was made and is over; `remaining` is the room that the provider told of. */
  spend(remaining: number | undefined): void
  /** The call was not made. */
  release(): void
}

/** A call that waits for its share. */
interface InLine {
  readonly waiter: Waiter
  readonly cost: number
  readonly deadline: Deadline
}

/** Calls that are over, or that somebody else made. */
interface Past {
  readonly at: number
  readonly cost: number
  readonly isForeign: boolean
}

/** One window of a provider as it fills, and the line of those who wait for room in it. */
export class RateLine {
  readonly window: RateWindow
  readonly #line = new Set<InLine>()
  #timer: NodeJS.Timeout | undefined
  #timerAt = Number.POSITIVE_INFINITY
  #pausedUntil = 0
  /** Cost of the calls that are under way. */
  #open = 0
  /** The oldest first. */
  readonly #past: Past[] = []
  #ownPastCost = 0
  #foreignCost = 0
  /** Cost of everything that was ever granted. */
  #granted = 0

  constructor(window: RateWindow) {
    this.window = window
  }

  /** Takes a share at once, if there is room and nobody waits for it. */
  take(cost: number): Share | undefined {
    return this.#line.size === 0 && this.#roomAt(cost) <= performance.now() ? this.#grant(cost) : undefined
  }

  /** Waits for a share. `undefined`: it cannot be had before the deadline. */
  async wait(cost: number, deadline: Deadline): Promise<Share | undefined> {
    if (deadline.leftMs() < this.pausedMs()) return undefined
    const waiter = waiterWithin(deadline)
    const inLine = { waiter, cost, deadline }
    this.#line.add(inLine)
    this.#pump()
    if (await waiter.turn) return this.#share(cost)
    this.#line.delete(inLine)
    this.#pump()
    return undefined
  }

  pausedMs(): number {
    return Math.max(0, this.#pausedUntil - performance.now())
  }

  /** Lets nobody through for a while, and sends away who has not that much time. */
  pause(waitMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + waitMs)
    const pausedMs = this.pausedMs()
    for (const { waiter, deadline } of this.#line) if (deadline.leftMs() < pausedMs) waiter.dismiss()
  }

  #grant(cost: number): Share {
    this.#open += cost
    this.#granted += cost
    return this.#share(cost)
  }

  #share(cost: number): Share {
    const own = this.#open + this.#ownPastCost
    const granted = this.#granted
    return {
      window: this.window,
      spend: (remaining) => {
        // Whatever the provider had counted of ours when this call reached it was granted before, or since.
        if (remaining !== undefined) this.#correct(remaining, own + this.#granted - granted)
        this.#end(cost)
        if (this.window.intervalMs > 0) this.#add(cost, false)
        this.#pump()
      },
      release: () => {
        this.#end(cost)
        this.#pump()
      },
    }
  }

  #end(cost: number): void {
    this.#open -= cost
  }

  /** What the provider counts beyond our own calls is somebody else's, and fills the window all the same. */
  #correct(remaining: number, ownCost: number): void {
    this.#forget()
    const foreign = this.window.callsMax - remaining - ownCost - this.#foreignCost
    if (foreign > 0) this.#add(foreign, true)
  }

  /** Lets through who can go, in order. */
  #pump(): void {
    const now = performance.now()
    for (const inLine of this.#line) {
      const { waiter, cost } = inLine
      if (!waiter.settled) {
        const roomAt = this.#roomAt(cost)
        if (roomAt > now) {
          this.#wakeAt(roomAt, now)
          return
        }
        this.#open += cost
        this.#granted += cost
        waiter.grant()
      }
      this.#line.delete(inLine)
    }
    this.#wakeAt(Number.POSITIVE_INFINITY, now)
  }

  #wakeAt(at: number, now: number): void {
    if (this.#timer && this.#timerAt === at) return
    clearTimeout(this.#timer)
    this.#timerAt = at
    const wake = (): void => {
      this.#timer = undefined
      this.#pump()
    }
    this.#timer = Number.isFinite(at) ? setTimeout(wake, Math.max(1, Math.ceil(at - now))) : undefined
  }

  /** When there is room, as far as is known; `Infinity` while only the end of a call can make it. */
  #roomAt(cost: number): number {
    this.#forget()
    const { callsMax, intervalMs } = this.window
    let room = callsMax - this.#open - this.#ownPastCost - this.#foreignCost
    if (room >= cost) return this.#pausedUntil
    for (const past of this.#past) {
      room += past.cost
      if (room >= cost) return Math.max(this.#pausedUntil, past.at + intervalMs)
    }
    return Number.POSITIVE_INFINITY
  }

  #add(cost: number, isForeign: boolean): void {
    this.#past.push({ at: performance.now(), cost, isForeign })
    this.#count(cost, isForeign)
  }

  #count(cost: number, isForeign: boolean): void {
    if (isForeign) this.#foreignCost += cost
    else this.#ownPastCost += cost
  }

  #forget(): void {
    const since = performance.now() - this.window.intervalMs
    for (let oldest = this.#past[0]; oldest && oldest.at <= since; oldest = this.#past[0]) {
      this.#count(-oldest.cost, oldest.isForeign)
      this.#past.shift()
    }
  }
}
