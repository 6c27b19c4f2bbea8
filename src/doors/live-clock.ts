import type { NetworkClock } from './network-parts.ts'

/** Time outside of worlds: real time, until somebody freezes or advances it. */
export interface LiveClock extends NetworkClock {
  readonly isFrozen: boolean
  /** Milliseconds by which it is ahead of real time; while it is frozen they become fewer as real time goes on. */
  readonly aheadMs: number
  /** Stops it. */
  freeze(): void
  /** Moves it on, and does in order all that falls due on the way. It stays frozen, or goes on from there. */
  advance(ms: number): void
  /** Goes back to real time. What has been done is not undone; what lies ahead waits for its time. */
  reset(): void
  /** Forgets all that is scheduled. */
  close(): void
}

interface Task {
  readonly at: number
  run: (() => void) | undefined
}

/** Longest wait that a Node timer takes. */
const timerMsMax = 2_147_483_647

/** Makes a clock that runs with real time. */
export function createLiveClock(): LiveClock {
  return new RunningClock()
}

class RunningClock implements LiveClock {
  /** By time; what is due at the same moment, in the order in which it was added. */
  #tasks: Task[] = []
  #aheadMs = 0
  #frozenAt: number | undefined
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  /** The time of the task that a timer is set for. */
  #wakesAt: number | undefined

  get isFrozen(): boolean {
    return this.#frozenAt !== undefined
  }

  get aheadMs(): number {
    return this.now() - Date.now()
  }

  now(): number {
    return this.#frozenAt ?? Date.now() + this.#aheadMs
  }

  schedule = (waitMs: number, run: () => void): { cancel(): void } => {
    const task: Task = { at: this.now() + Math.max(0, Math.trunc(waitMs)), run }
    const place = this.#tasks.findLastIndex((other) => other.at <= task.at)
    this.#tasks.splice(place + 1, 0, task)
    this.#arm()
    return {
      cancel: () => {
        task.run = undefined
        const at = this.#tasks.indexOf(task)
        if (at < 0) return
        this.#tasks.splice(at, 1)
        this.#arm()
      },
    }
  }

  freeze(): void {
    this.#frozenAt ??= this.now()
    this.#arm()
  }

  advance(ms: number): void {
    const wasFrozen = this.isFrozen
    const end = this.now() + ms
    // Frozen on the way, so that what falls due sees the time at which it does.
    this.#frozenAt ??= this.now()
    this.#doUntil(end)
    this.#frozenAt = end
    if (!wasFrozen) {
      this.#aheadMs = end - Date.now()
      this.#frozenAt = undefined
    }
    this.#arm()
  }

  reset(): void {
    this.#aheadMs = 0
    this.#frozenAt = undefined
    this.#doUntil(this.now())
    this.#arm()
  }

  close(): void {
    this.#tasks = []
    this.#arm()
  }

  /** Tasks that tasks schedule fall due on the way too. */
  #doUntil(end: number): void {
    for (let next = this.#tasks[0]; next && next.at <= end; next = this.#tasks[0]) {
      this.#tasks.shift()
      if (this.#frozenAt !== undefined) this.#frozenAt = Math.max(this.#frozenAt, next.at)
      next.run?.()
    }
  }

  /** What is due at the moment at which it stands still is due all the same. */
  #arm(): void {
    const first = this.#tasks[0]?.at
    const next = first === undefined || first > (this.#frozenAt ?? first) ? undefined : first
    if (next === this.#wakesAt) return
    this.#unarm()
    this.#wakesAt = next
    if (next === undefined) return
    const wake = (): void => {
      this.#wakesAt = undefined
      this.#doUntil(this.now())
      this.#arm()
    }
    const waitMs = next - this.now()
    // A timer takes a millisecond at least.
    if (waitMs <= 0) this.#immediate = setImmediate(wake)
    else this.#timer = setTimeout(wake, Math.min(timerMsMax, waitMs))
  }

  #unarm(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
  }
}
