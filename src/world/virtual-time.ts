import timers from 'node:timers'
import timersPromises from 'node:timers/promises'
import { promisify } from 'node:util'
import type * as fakeTimers from '@sinonjs/fake-timers'
import { type NetworkClock, quiet } from '../doors/network-parts.ts'
import { Agenda } from './agenda.ts'
import { bound, isLeftover } from './context.ts'
import { type FakeClock, installFakeGlobals, type PendingTimer } from './fake-globals.ts'
import type { Replacements } from './replacements.ts'
import { WorldError } from './world-error.ts'

/** Virtual time while it is installed over the real one. */
export interface VirtualTime extends NetworkClock {
  /** Fires the next timer, and moves the clock to it. `nothing` when there is none. */
  next(): 'nothing' | 'event' | typeof quiet
  /** When the next timer is due; `undefined` when there is none. */
  nextAt(): number | undefined
  /** Immediates that wait for their turn: until it is zero, no time passes. */
  immediates(): number
  /** True while a one-shot timer or anything that was scheduled is pending; intervals do not count. */
  awaits(): boolean
}

/**
 * Takes over timers, `Date`, `performance`, `process.hrtime`, `process.uptime`, `timers/promises` and
 * `AbortSignal.timeout`.
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
  const clock = installFakeGlobals(replacements, startAt)
  bindCallbacks(replacements, clock)
  takeImmediates(replacements)
  replacements.replace(AbortSignal, 'timeout', timeoutSignal)
  replacements.replace(process, 'uptime', () => performance.now() / 1_000)
  const agenda = new Agenda()
  return {
    now: () => Math.floor(clock.now),
    schedule: (waitMs, task) => agenda.add(clock.now + Math.max(0, Math.trunc(waitMs)), task),
    next: () => {
      const appointment = agenda.peek()
      const timer = clock.timerHeap.peek()
      // At the same moment, what is on its way comes before what a timer sets off.
      if (appointment && !(timer && timer.callAt < appointment.at)) {
        agenda.take()
        clock.now = appointment.at
        return appointment.task?.() === quiet ? quiet : 'event'
      }
      if (!timer) return 'nothing'
      clock.next()
      return 'event'
    },
    immediates: () => openImmediates.size,
    nextAt: () => {
      const scheduledAt = agenda.peek()?.at
      const timerAt = clock.timerHeap.peek()?.callAt
      if (scheduledAt === undefined || timerAt === undefined) return scheduledAt ?? timerAt
      return Math.min(scheduledAt, timerAt)
    },
    awaits: () => {
      const isOneShot = (timer: PendingTimer): boolean => timer.interval === undefined
      return agenda.peek() !== undefined || clock.timerHeap.timers.some(isOneShot)
    },
  }
}

interface BoundTimers {
  readonly setTimeout: typeof globalThis.setTimeout
  readonly setInterval: typeof globalThis.setInterval
}

let boundTimers: BoundTimers | undefined

/** fake-timers calls back in the driver's async context; real timers do in that of whoever set them. */
function bindCallbacks(replacements: Replacements, clock: FakeClock): void {
  boundTimers ??= {
    setTimeout: binding(clock, clock.setTimeout) as unknown as typeof globalThis.setTimeout,
    setInterval: binding(clock, clock.setInterval) as unknown as typeof globalThis.setInterval,
  }
  for (const home of [globalThis, timers] as unknown as (typeof globalThis)[]) {
    replacements.replace(home, 'setTimeout', boundTimers.setTimeout)
    replacements.replace(home, 'setInterval', boundTimers.setInterval)
  }
  for (const name of ['clearTimeout', 'clearInterval'] as const) {
    replacements.replace(timers, name, clock[name] as typeof timers.clearTimeout)
  }
}

type Schedule = (task: never, ...rest: never[]) => unknown

function binding<Scheduled extends Schedule>(clock: FakeClock, schedule: Scheduled): Scheduled {
  const wrapper = (task: unknown, ...rest: never[]): unknown => {
    if (!isLeftover())
      return schedule((typeof task === 'function' ? bound(task as () => unknown) : task) as never, ...rest)
    const timer = schedule((() => undefined) as never, ...rest)
    clock.clearTimeout(timer as fakeTimers.TimerId)
    return timer
  }
  return Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(schedule)) as unknown as Scheduled
}

const { setImmediate: realImmediate, clearImmediate: realClear } = globalThis
const openImmediates = new Set<NodeJS.Immediate>()

function countedImmediate(task: (...args: unknown[]) => void, ...args: unknown[]): NodeJS.Immediate {
  const immediate = realImmediate(() => {
    openImmediates.delete(immediate)
    task(...args)
  })
  openImmediates.add(immediate)
  return immediate
}

function clearCounted(immediate: NodeJS.Immediate | undefined): void {
  if (immediate) openImmediates.delete(immediate)
  realClear(immediate)
}

function promisedImmediate(value?: unknown, { signal }: { readonly signal?: AbortSignal } = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const refuse = (): void =>
      reject(new DOMException('The operation was aborted', { name: 'AbortError', cause: signal?.reason }))
    if (signal?.aborted) return refuse()
    const immediate = countedImmediate(resolve, value)
    signal?.addEventListener('abort', () => {
      clearCounted(immediate)
      refuse()
    })
  })
}

Object.defineProperty(countedImmediate, promisify.custom, { value: promisedImmediate })

/** Immediates stay real, since they take no time; they are counted, so that none is overtaken by a timer. */
function takeImmediates(replacements: Replacements): void {
  for (const home of [globalThis, timers] as unknown as (typeof globalThis)[]) {
    replacements.replace(home, 'setImmediate', countedImmediate as unknown as typeof setImmediate)
    replacements.replace(home, 'clearImmediate', clearCounted as typeof clearImmediate)
  }
  replacements.replace(timersPromises, 'setImmediate', promisedImmediate as typeof timersPromises.setImmediate)
  const { scheduler } = timersPromises
  replacements.replace(scheduler, 'yield', yieldTurn as typeof scheduler.yield)
  replacements.replace(scheduler, 'wait', waitFor as typeof scheduler.wait)
  replacements.onRestore(() => {
    for (const immediate of openImmediates) realClear(immediate)
    openImmediates.clear()
  })
}

function yieldTurn(): Promise<unknown> {
  return promisedImmediate()
}

/** Looked up when called: by then fake-timers' own is there. */
function waitFor(ms: number, options?: { readonly signal?: AbortSignal }): Promise<void> {
  return timersPromises.setTimeout(ms, undefined, options)
}

/** fake-timers leaves `AbortSignal.timeout` alone, so it would count real time. */
function timeoutSignal(ms: number): AbortSignal {
  const controller = new AbortController()
  const expire = (): void =>
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
  globalThis.setTimeout(expire, ms)
  return controller.signal
}
