import timers from 'node:timers'
import timersPromises from 'node:timers/promises'
import { promisify } from 'node:util'
import * as fakeTimers from '@sinonjs/fake-timers'
import type { NetworkClock } from '../doors/network-parts.ts'
import { Agenda } from './agenda.ts'
import { bound, isLeftover } from './context.ts'
import type { Replacements } from './replacements.ts'
import { WorldError } from './world-error.ts'

/** Virtual time while it is installed over the real one. */
export interface VirtualTime extends NetworkClock {
  /** Fires the next timer, and moves the clock to it. False when there is none. */
  next(): boolean
  /** When the next timer is due; `undefined` when there is none. */
  nextAt(): number | undefined
  /** Immediates that wait for their turn: until it is zero, no time passes. */
  readonly immediates: number
  /** True while a one-shot timer or anything that was scheduled is pending; intervals do not count. */
  readonly awaits: boolean
}

/** The parts of fake-timers' clock that it keeps to itself and that the driver has to see. */
interface ClockInside {
  readonly timerHeap?: { peek(): TimerInside | undefined; readonly timers: readonly TimerInside[] }
}
interface TimerInside {
  readonly callAt: number
  readonly interval?: number
}

const taken: fakeTimers.FakeMethod[] = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'Date',
  'Intl',
  'performance',
  'hrtime',
]

/**
 * Takes over timers, `Date`, `performance`, `process.hrtime`, `timers/promises` and `AbortSignal.timeout`.
 *
 * @throws WorldError  `timers_taken` when other fake timers are installed
 */
export function installVirtualTime(replacements: Replacements, startAt: number): VirtualTime {
  if ('clock' in globalThis.setTimeout || 'isFake' in globalThis.Date) {
    throw new WorldError(
      'timers_taken',
      'Fake timers are already installed (vi.useFakeTimers(), jest.useFakeTimers() or sinon). ' +
        'A world brings its own time: call useRealTimers() before world.run().',
    )
  }
  const clock = fakeTimers.install({ now: startAt, toFake: taken, ignoreMissingTimers: true })
  const inside = clock as unknown as ClockInside
  replacements.onRestore(() => clock.uninstall())
  bindCallbacks(replacements, clock)
  const immediates = countImmediates(replacements)
  replacements.replace(AbortSignal, 'timeout', timeoutSignal)
  const agenda = new Agenda()
  return {
    now: () => Math.floor(clock.now),
    schedule: (waitMs, task) => agenda.add(clock.now + Math.max(0, Math.trunc(waitMs)), task),
    next: () => {
      const appointment = agenda.peek()
      const timer = inside.timerHeap?.peek()
      // At the same moment, what is on its way comes before what a timer sets off.
      if (appointment && !(timer && timer.callAt < appointment.at)) {
        agenda.take()
        clock.now = appointment.at
        appointment.task?.()
        return true
      }
      if (!timer) return false
      clock.next()
      return true
    },
    get immediates() {
      return immediates.pending
    },
    nextAt: () => {
      const scheduledAt = agenda.peek()?.at
      const timerAt = inside.timerHeap?.peek()?.callAt
      if (scheduledAt === undefined || timerAt === undefined) return scheduledAt ?? timerAt
      return Math.min(scheduledAt, timerAt)
    },
    get awaits() {
      const isOneShot = (timer: TimerInside): boolean => timer.interval === undefined
      return agenda.peek() !== undefined || (inside.timerHeap?.timers.some(isOneShot) ?? false)
    },
  }
}

/** fake-timers calls back in the driver's async context; real timers do in that of whoever set them. */
function bindCallbacks(replacements: Replacements, clock: fakeTimers.Clock): void {
  const binding = <Schedule extends (task: never, ...rest: never[]) => unknown>(schedule: Schedule): Schedule => {
    const wrapper = (task: unknown, ...rest: never[]): unknown => {
      if (!isLeftover())
        return schedule((typeof task === 'function' ? bound(task as () => unknown) : task) as never, ...rest)
      const timer = schedule((() => undefined) as never, ...rest)
      clock.clearTimeout(timer as fakeTimers.TimerId)
      return timer
    }
    return Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(schedule)) as unknown as Schedule
  }
  const setTimeout = binding(clock.setTimeout)
  const setInterval = binding(clock.setInterval)
  for (const home of [globalThis, timers] as unknown as (typeof globalThis)[]) {
    replacements.replace(home, 'setTimeout', setTimeout as unknown as typeof globalThis.setTimeout)
    replacements.replace(home, 'setInterval', setInterval as unknown as typeof globalThis.setInterval)
  }
  for (const name of ['clearTimeout', 'clearInterval'] as const) {
    replacements.replace(timers, name, clock[name] as typeof timers.clearTimeout)
  }
}

/** Immediates stay real, since they take no time; they are counted, so that none is overtaken by a timer. */
function countImmediates(replacements: Replacements): { readonly pending: number } {
  const { setImmediate: real, clearImmediate: realClear } = globalThis
  const open = new Set<unknown>()
  const set = (task: (...args: unknown[]) => void, ...args: unknown[]): NodeJS.Immediate => {
    const immediate = real(() => {
      open.delete(immediate)
      task(...args)
    })
    open.add(immediate)
    return immediate
  }
  const clear = (immediate: NodeJS.Immediate | undefined): void => {
    open.delete(immediate)
    realClear(immediate)
  }
  const promised = (value?: unknown, { signal }: { readonly signal?: AbortSignal } = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted)
        return reject(new DOMException('The operation was aborted', { name: 'AbortError', cause: signal.reason }))
      const immediate = set(resolve, value)
      signal?.addEventListener('abort', () => {
        clear(immediate)
        reject(new DOMException('The operation was aborted', { name: 'AbortError', cause: signal.reason }))
      })
    })
  const counted = Object.defineProperty(set, promisify.custom, { value: promised }) as unknown as typeof setImmediate
  for (const home of [globalThis, timers] as unknown as (typeof globalThis)[]) {
    replacements.replace(home, 'setImmediate', counted)
    replacements.replace(home, 'clearImmediate', clear as typeof clearImmediate)
  }
  replacements.replace(timersPromises, 'setImmediate', promised as typeof timersPromises.setImmediate)
  const { scheduler } = timersPromises
  replacements.replace(scheduler, 'yield', (() => promised()) as typeof scheduler.yield)
  // Looked up when called: by then fake-timers has put its own there.
  replacements.replace(scheduler, 'wait', (ms, options) => timersPromises.setTimeout(ms, undefined, options))
  replacements.onRestore(() => {
    for (const immediate of open) realClear(immediate as NodeJS.Immediate)
  })
  return {
    get pending() {
      return open.size
    },
  }
}

/** fake-timers leaves `AbortSignal.timeout` alone, so it would count real time. */
function timeoutSignal(ms: number): AbortSignal {
  const controller = new AbortController()
  const expire = (): void =>
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
  globalThis.setTimeout(expire, ms)
  return controller.signal
}
