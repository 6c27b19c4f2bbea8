import perfHooks from 'node:perf_hooks'
import timers from 'node:timers'
import timersPromises from 'node:timers/promises'
import * as fakeTimers from '@sinonjs/fake-timers'
import type { Replacements } from './replacements.ts'

/** The parts of fake-timers' clock that it keeps to itself and that a world has to see. */
interface ClockInside {
  readonly timerHeap: { peek(): PendingTimer | undefined; readonly timers: readonly PendingTimer[] }
  abortListenerMap: Map<() => void, AbortSignal>
  readonly performance: { timeOrigin: number }
}

/** A timer of the subject. */
export interface PendingTimer {
  readonly callAt: number
  readonly interval?: number
}

/** The clock of fake-timers, with what a world has to see of it. */
export type FakeClock = Omit<fakeTimers.Clock, keyof ClockInside> & ClockInside

interface Fake {
  readonly target: Record<string, unknown>
  readonly name: string
  readonly fake: unknown
}

const taken: fakeTimers.FakeMethod[] = [
  ...(['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] as const),
  ...(['Date', 'Intl', 'performance', 'hrtime'] as const),
]

let made: { readonly clock: FakeClock; readonly fakes: readonly Fake[] } | undefined

/**
 * Puts fake-timers' globals in place, on its clock set to `startAt`. They are made once: to make them anew for every
 * world costs as much as several exchanges, and leaves all of them to a full collection.
 */
export function installFakeGlobals(replacements: Replacements, startAt: number): FakeClock {
  made ??= makeFakes()
  const { clock, fakes } = made
  clock.reset()
  clock.setSystemTime(startAt)
  clock.performance.timeOrigin = startAt
  for (const { target, name, fake } of fakes) replacements.replace(target, name, fake)
  replacements.onRestore(() => {
    for (const [listener, signal] of clock.abortListenerMap) signal.removeEventListener('abort', listener)
    clock.abortListenerMap.clear()
  })
  return clock
}

/** Has fake-timers put its globals in place, notes which they are, and takes them away again. */
function makeFakes(): NonNullable<typeof made> {
  const homes = [globalThis, process, timers, timersPromises, perfHooks.performance] as unknown as Fake['target'][]
  const names = [...taken, 'now']
  const places = homes.flatMap((target) =>
    names.flatMap((name) => (name in target ? { target, name, before: target[name] } : [])),
  )
  const clock = fakeTimers.install({ now: 0, toFake: taken, ignoreMissingTimers: true }) as FakeClock
  const fakes = places.flatMap(({ target, name, before }): Fake[] =>
    target[name] === before ? [] : [{ target, name, fake: target[name] }],
  )
  clock.uninstall()
  return { clock, fakes }
}
