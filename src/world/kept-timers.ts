/** What Node makes for a timer, as far as it matters here. */
interface RealTimer {
  readonly _idleTimeout: number
  readonly _repeat: number | null
  readonly _onTimeout: ((...args: unknown[]) => unknown) | null
  readonly _timerArgs: unknown[] | undefined
  _destroyed: boolean
  refresh(): this
  unref(): this
  hasRef(): boolean
}

/** Timers of a world that were set by real functions. */
export interface KeptTimers {
  /** Moves a real timer that was just made into virtual time. */
  adopt(timer: object): void
  /** Clears those that have not fired. */
  clear(): void
}

const realClear = clearTimeout

/** The longest that Node knows, 24 days: a world has ended by then. */
const never = 2 ** 31 - 1

/**
 * Code may have kept a timer function from before the world took its place: a CommonJS module that takes
 * `node:timers/promises` apart, any module under Jest (which copies what built-in modules export), the runner itself. What
 * such a function makes is a real timer; it is moved into virtual time by what Node tells of every timer that is made.
 */
export function createKeptTimers(): KeptTimers {
  const open = new Set<RealTimer>()
  return {
    adopt: (timer) => {
      // Node's own sockets set timers that hold up nobody; those stay as they are.
      const real = timer as RealTimer
      if (real.hasRef()) moveIntoVirtualTime(real, open)
    },
    clear: () => {
      for (const timer of open) realClear(timer as unknown as NodeJS.Timeout)
      open.clear()
    },
  }
}

function moveIntoVirtualTime(timer: RealTimer, open: Set<RealTimer>): void {
  const { _idleTimeout: waitMs, _repeat: everyMs } = timer
  const fire = (): void => {
    const { _onTimeout: task, _timerArgs: args = [] } = timer
    if (everyMs === null) end()
    if (task) Reflect.apply(task, timer, args)
  }
  const set = (): NodeJS.Timeout => (everyMs === null ? setTimeout(fire, waitMs) : setInterval(fire, waitMs))
  let virtual = set()
  const cancel = (): void => (everyMs === null ? clearTimeout(virtual) : clearInterval(virtual))
  const end = (): void => realClear(timer as unknown as NodeJS.Timeout)
  let isDestroyed = false
  Object.defineProperties(timer, {
    _idleTimeout: { value: never, writable: true },
    // Whoever clears it, by whichever function, Node notes it here.
    _destroyed: {
      get: () => isDestroyed,
      set: (value: boolean) => {
        isDestroyed = value
        if (!value) return
        open.delete(timer)
        cancel()
      },
    },
    refresh: {
      value: () => {
        cancel()
        virtual = set()
        return timer
      },
    },
  })
  open.add(timer)
  timer.unref()
}
