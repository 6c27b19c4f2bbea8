import assert from 'node:assert/strict'
import type { LiveClock } from './live-types.ts'

interface Task {
  readonly at: number
  /** Whether the process waits for it. */
  readonly isAwaited: boolean
  run: (() => void) | undefined
}

/** Longest wait that a Node timer takes. */
const timerMsMax = 2_147_483_647

/** Real milliseconds for which an advance waits for what takes real time. */
const workMsMax = 1_000

/** Makes a clock that runs with real time. */
export function createLiveClock(): LiveClock {
  return new RunningClock()
}

class RunningClock implements LiveClock {
  /** By time; what is due at the same moment, in the order in which it was added. */
  #tasks: Task[] = []
  #awaited = 0
  #aheadMs = 0
  #frozenAt: number | undefined
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  /** The time of the task that a timer is set for. */
  #wakesAt: number | undefined
  readonly #work = new Set<Promise<unknown>>()
  #advancing: Promise<void> | undefined
  #isClosed = false

  get isFrozen(): boolean {
    return this.#frozenAt !== undefined
  }

  get aheadMs(): number {
    return this.now() - Date.now()
  }

  now(): number {
    return this.#frozenAt ?? Date.now() + this.#aheadMs
  }

  schedule = (waitMs: number, run: () => void): { cancel(): void } => this.#add(waitMs, run, true)

  plan = (waitMs: number, run: () => void): { cancel(): void } => this.#add(waitMs, run, false)

  waitFor(work: Promise<unknown>): void {
    const quiet: Promise<unknown> = work.catch(() => undefined).then(() => this.#work.delete(quiet))
    this.#work.add(quiet)
  }

  freeze(): void {
    this.#frozenAt ??= this.now()
    this.#arm()
  }

  advance(ms: number): Promise<void> {
    assert(Number.isFinite(ms) && ms >= 0, `A clock is advanced by milliseconds from 0 up; got ${ms}.`)
    const go = (): Promise<void> | undefined => this.#advanceNow(Math.trunc(ms))
    const over = this.#advancing ? this.#advancing.then(go) : go()
    if (!over) return Promise.resolve()
    this.#advancing = over
    return over.finally(() => {
      if (this.#advancing === over) this.#advancing = undefined
    })
  }

  reset(): void {
    this.#aheadMs = 0
    this.#frozenAt = undefined
    this.#doUntil(this.now())
    this.#arm()
  }

  close(): void {
    this.#isClosed = true
    this.#tasks = []
    this.#awaited = 0
    this.#arm()
  }

  #add(waitMs: number, run: () => void, isAwaited: boolean): { cancel(): void } {
    if (this.#isClosed) return { cancel: () => undefined }
    const task: Task = { at: this.now() + Math.max(0, Math.trunc(waitMs)), run, isAwaited }
    const place = this.#tasks.findLastIndex((other) => other.at <= task.at)
    this.#tasks.splice(place + 1, 0, task)
    if (isAwaited) this.#awaited++
    this.#arm()
    return {
      cancel: () => {
        task.run = undefined
        const at = this.#tasks.indexOf(task)
        if (at < 0) return
        this.#tasks.splice(at, 1)
        if (isAwaited) this.#awaited--
        this.#arm()
      },
    }
  }

  /** Nothing is returned when all of it is done already. */
  #advanceNow(ms: number): Promise<void> | undefined {
    const wasFrozen = this.isFrozen
    const end = this.now() + ms
    // Frozen on the way, so that what falls due sees the time at which it does.
    this.#frozenAt ??= this.now()
    this.#doUntil(end, () => this.#work.size > 0)
    if (this.#work.size === 0) return this.#arriveAt(end, wasFrozen)
    return this.#advanceThroughWork(end, wasFrozen)
  }

  async #advanceThroughWork(end: number, wasFrozen: boolean): Promise<void> {
    while (!this.#isClosed) {
      const isQuiet = await this.#quiet()
      // Somebody has reset it meanwhile.
      if (this.#frozenAt === undefined) return
      this.#doUntil(end, () => this.#work.size > 0 && isQuiet)
      if (!this.#tasks[0] || this.#tasks[0].at > end) {
        if (this.#work.size === 0 || !isQuiet) break
      }
    }
    this.#arriveAt(end, wasFrozen)
  }

  /** False when what takes real time took too long of it. */
  async #quiet(): Promise<boolean> {
    if (this.#work.size === 0) return true
    let patience: NodeJS.Timeout | undefined
    const late = new Promise<boolean>((resolve) => {
      patience = setTimeout(resolve, workMsMax, false)
    })
    const isQuiet = await Promise.race([Promise.all(this.#work).then(() => true), late])
    clearTimeout(patience)
    // What waits for that work has its turn first: it may plan what comes next.
    await new Promise((resolve) => setImmediate(resolve))
    return isQuiet
  }

  #arriveAt(end: number, staysFrozen: boolean): undefined {
    this.#frozenAt = end
    if (!staysFrozen) {
      this.#aheadMs = end - Date.now()
      this.#frozenAt = undefined
    }
    this.#arm()
  }

  /** Tasks that tasks schedule fall due on the way too. */
  #doUntil(end: number, isToStop = (): boolean => false): void {
    for (let next = this.#tasks[0]; next && next.at <= end && !isToStop(); next = this.#tasks[0]) {
      this.#tasks.shift()
      if (next.isAwaited) this.#awaited--
      if (this.#frozenAt !== undefined) this.#frozenAt = Math.max(this.#frozenAt, next.at)
      next.run?.()
    }
  }

  /** What is due at the moment at which it stands still is due all the same. */
  #arm(): void {
    const first = this.#tasks[0]?.at
    const next = first === undefined || first > (this.#frozenAt ?? first) ? undefined : first
    if (next !== this.#wakesAt) this.#wakeAt(next)
    if (this.#awaited > 0) this.#timer?.ref()
    else this.#timer?.unref()
  }

  #wakeAt(next: number | undefined): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
    this.#timer = undefined
    this.#wakesAt = next
    if (next === undefined) return
    const wake = (): void => {
      this.#timer = undefined
      this.#wakesAt = undefined
      this.#doUntil(this.now())
      this.#arm()
    }
    const waitMs = next - this.now()
    // A timer takes a millisecond at least.
    if (waitMs <= 0) this.#immediate = setImmediate(wake)
    else this.#timer = setTimeout(wake, Math.min(timerMsMax, waitMs))
  }
}
