import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Deadline } from '../../src/core/deadline.ts'
import { Pace } from '../../src/core/pace.ts'
import type { RateWindow } from '../../src/core/provider.ts'
import { createWorld } from '../../src/world/world.ts'

const minute = (signal?: AbortSignal): Deadline => new Deadline(60_000, signal)
const later = (waitMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, waitMs))

/** Runs in virtual time, with no provider at all. */
function inVirtualTime<Value>(body: () => Promise<Value>): Promise<Value> {
  return createWorld({ simulators: {}, bounds: { realMsMax: 15_000 } }).run(body)
}

interface Plan {
  /** When it asks. */
  readonly at: number
  readonly operation: 'read' | 'search'
  readonly cost: number
  /** From permit to arrival at the provider, and from there to its end. */
  readonly wayMs: number
  readonly backMs: number
  /** The caller gives up after so long; `undefined`: it waits. */
  readonly patienceMs: number | undefined
  /** Whether the call is made once it is permitted. */
  readonly isMade: boolean
}

const plans = fc.array(
  fc.record<Plan>({
    at: fc.integer({ min: 0, max: 3_000 }),
    operation: fc.constantFrom('read', 'search'),
    cost: fc.integer({ min: 0, max: 3 }),
    wayMs: fc.integer({ min: 0, max: 1_500 }),
    backMs: fc.integer({ min: 0, max: 1_500 }),
    patienceMs: fc.option(fc.integer({ min: 0, max: 4_000 }), { nil: undefined }),
    isMade: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
)

const rules = fc.record({
  all: fc.record({ callsMax: fc.integer({ min: 3, max: 6 }), intervalMs: fc.integer({ min: 1, max: 1_000 }) }),
  search: fc.record({ callsMax: fc.integer({ min: 3, max: 4 }), intervalMs: fc.integer({ min: 1, max: 3_000 }) }),
})

function windowsOf({ all, search }: { all: Omit<RateWindow, 'name'>; search: Omit<RateWindow, 'name'> }): RateWindow[] {
  return [
    { name: 'all', ...all },
    { name: 'search', ...search, concerns: (operation) => operation === 'search' },
  ]
}

interface Arrival {
  readonly at: number
  readonly cost: number
  readonly operation: string
}

/** Carries out the plans; gives the arrivals at the provider, and how many callers were served. */
async function carriedOut(pace: Pace, calls: readonly Plan[]): Promise<{ arrivals: Arrival[]; served: number }> {
  const arrivals: Arrival[] = []
  let served = 0
  await Promise.all(
    calls.map(async ({ at, operation, cost, wayMs, backMs, patienceMs, isMade }) => {
      await later(at)
      const permit = await pace.acquire(operation, cost, new Deadline(patienceMs ?? 600_000))
      if (!permit) return
      served++
      if (!isMade) return permit.unused()
      await later(wayMs)
      arrivals.push({ at: performance.now(), cost, operation })
      await later(backMs)
      permit.spent([])
    }),
  )
  return { arrivals, served }
}

/** The fullest that a window of any phase gets: the worst one begins with an arrival. */
function fullest(arrivals: readonly Arrival[], intervalMs: number): number {
  const costFrom = (start: number): number =>
    arrivals.filter(({ at }) => at >= start && at < start + intervalMs).reduce((sum, { cost }) => sum + cost, 0)
  return Math.max(0, ...arrivals.map(({ at }) => costFrom(at)))
}

describe('however calls come and however long they take', () => {
  test('no window of the provider, fixed or sliding, ever holds more than it allows, and who waits is served', async () => {
    await fc.assert(
      fc.asyncProperty(rules, plans, async (limits, calls) => {
        const { arrivals, served } = await inVirtualTime(() => carriedOut(new Pace(windowsOf(limits)), calls))
        expect(fullest(arrivals, limits.all.intervalMs)).toBeLessThanOrEqual(limits.all.callsMax)
        const searches = arrivals.filter(({ operation }) => operation === 'search')
        expect(fullest(searches, limits.search.intervalMs)).toBeLessThanOrEqual(limits.search.callsMax)
        expect(served).toBeGreaterThanOrEqual(calls.filter(({ patienceMs }) => patienceMs === undefined).length)
      }),
      { numRuns: 150 },
    )
  })

  test('who asks for the same is served in the order of asking', async () => {
    const waits = fc.array(fc.integer({ min: 0, max: 800 }), { minLength: 2, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(waits, fc.integer({ min: 1, max: 4 }), async (times, callsMax) => {
        const order = await inVirtualTime(async () => {
          const pace = new Pace([{ name: 'all', callsMax, intervalMs: 500 }])
          const served: number[] = []
          await Promise.all(
            times.map(async (busyMs, place) => {
              const permit = await pace.acquire('read', 1, new Deadline(600_000))
              served.push(place)
              await later(busyMs)
              permit?.spent([])
            }),
          )
          return served
        })
        expect(order).toEqual(times.map((_, place) => place))
      }),
      { numRuns: 60 },
    )
  })
})

const allAndSearch: readonly RateWindow[] = [
  { name: 'all', callsMax: 3, intervalMs: 1_000 },
  { name: 'search', callsMax: 1, intervalMs: 900_000, concerns: (operation) => operation === 'search' },
]

describe('who waits', () => {
  test('for one window does not hold up who needs another', () =>
    inVirtualTime(async () => {
      const pace = new Pace(allAndSearch)
      ;(await pace.acquire('search', 1, minute()))?.spent([])
      const waiting = pace.acquire('search', 1, minute())
      const started = performance.now()
      expect(await pace.acquire('read', 1, minute())).toBeDefined()
      expect(await pace.acquire('read', 1, minute())).toBeDefined()
      expect(performance.now()).toBe(started)
      expect(await waiting).toBeUndefined()
      expect(performance.now()).toBe(started + 60_000)
    }))

  test('for two windows gets both, although others keep one of them full', () =>
    inVirtualTime(async () => {
      const pace = new Pace([
        { name: 'all', callsMax: 1, intervalMs: 1_000 },
        { name: 'search', callsMax: 1, intervalMs: 5_000, concerns: (operation) => operation === 'search' },
      ])
      let isOver = false
      const crowd = ['read', 'search', 'read', 'read'].map(async (operation) => {
        while (!isOver) {
          const permit = await pace.acquire(operation, 1, minute())
          await later(10)
          permit?.spent([])
        }
      })
      await later(20_000)
      const permit = await pace.acquire('search', 1, minute())
      isOver = true
      expect(permit).toBeDefined()
      permit?.unused()
      await Promise.all(crowd)
    }))

  test('for much room is not overtaken by who needs little', () =>
    inVirtualTime(async () => {
      const pace = new Pace([{ name: 'all', callsMax: 3, intervalMs: 1_000 }])
      const held = await pace.acquire('read', 2, minute())
      const served: string[] = []
      const big = pace.acquire('read', 3, minute()).then((permit) => {
        served.push('big')
        permit?.unused()
      })
      const small = pace.acquire('read', 1, minute()).then(() => served.push('small'))
      await later(10)
      held?.unused()
      await Promise.all([big, small])
      expect(served).toEqual(['big', 'small'])
    }))

  test('and gives up, gives the next one its room at once', () =>
    inVirtualTime(async () => {
      const pace = new Pace([{ name: 'all', callsMax: 3, intervalMs: 1_000 }])
      const held = await pace.acquire('read', 2, minute())
      const controller = new AbortController()
      const big = pace.acquire('read', 3, minute(controller.signal))
      const small = pace.acquire('read', 1, minute())
      const started = performance.now()
      controller.abort()
      expect(await big).toBeUndefined()
      expect(await small).toBeDefined()
      expect(performance.now()).toBe(started)
      held?.unused()
    }))

  test('leaves no timer behind when it gives up', () =>
    inVirtualTime(async () => {
      const pace = new Pace([{ name: 'all', callsMax: 1, intervalMs: 900_000 }])
      ;(await pace.acquire('read', 1, minute()))?.spent([])
      const timers = countTimers()
      const controller = new AbortController()
      const waiting = pace.acquire('read', 1, minute(controller.signal))
      expect(timers.running()).toBeGreaterThan(0)
      controller.abort()
      await waiting
      expect(timers.running()).toBe(0)
      timers.giveBack()
    }))

  test('with a signal that was aborted before, does not wait', () =>
    inVirtualTime(async () => {
      const pace = new Pace([{ name: 'all', callsMax: 1, intervalMs: 1_000 }])
      await pace.acquire('read', 1, minute())
      const started = performance.now()
      expect(await pace.acquire('read', 1, minute(AbortSignal.abort()))).toBeUndefined()
      expect(performance.now()).toBe(started)
    }))
})

describe('a pause', () => {
  test('of one window holds up those who need it, and nobody else', () =>
    inVirtualTime(async () => {
      const pace = new Pace(allAndSearch)
      pace.pause(7_000, 'search')
      expect([pace.pausedMs('read'), pace.pausedMs('search')]).toEqual([0, 7_000])
      expect(await pace.acquire('read', 1, minute())).toBeDefined()
      const started = performance.now()
      expect(await pace.acquire('search', 1, minute())).toBeDefined()
      expect(performance.now()).toBe(started + 7_000)
    }))

  test.for([undefined, 'a window that nobody knows'])('of %s holds up all', (name) =>
    inVirtualTime(async () => {
      const pace = new Pace(allAndSearch)
      pace.pause(7_000, name)
      const started = performance.now()
      await Promise.all([pace.acquire('read', 1, minute()), pace.acquire('search', 1, minute())])
      expect(performance.now()).toBe(started + 7_000)
    }),
  )

  test('is never shortened by a later, shorter one', () =>
    inVirtualTime(async () => {
      const pace = new Pace([])
      pace.pause(7_000)
      pace.pause(1_000)
      expect(pace.pausedMs('read')).toBe(7_000)
    }))

  test('holds up who waits already, and sends away at once who has not that much time', () =>
    inVirtualTime(async () => {
      const pace = new Pace([{ name: 'all', callsMax: 1, intervalMs: 1_000 }])
      ;(await pace.acquire('read', 1, minute()))?.spent([])
      const started = performance.now()
      const patient = pace.acquire('read', 1, minute()).then((permit) => [permit !== undefined, performance.now()])
      const hasty = pace.acquire('read', 1, new Deadline(5_000)).then((permit) => [permit, performance.now()])
      await later(100)
      pace.pause(8_000)
      expect(await hasty).toEqual([undefined, started + 100])
      expect(await patient).toEqual([true, started + 8_100])
    }))
})

describe('what a provider tells of a window', () => {
  const ten: RateWindow = { name: 'all', callsMax: 10, intervalMs: 1_000 }

  test('makes room for the calls of others with the same credentials', () =>
    inVirtualTime(async () => {
      const pace = new Pace([ten])
      ;(await pace.acquire('read', 1, minute()))?.spent([{ name: 'all', remaining: 2 }])
      const started = performance.now()
      await pace.acquire('read', 2, minute())
      expect(performance.now()).toBe(started)
      await pace.acquire('read', 1, minute())
      expect(performance.now()).toBe(started + 1_000)
    }))

  test('does not count own calls as those of others, however late a reply tells of them', () =>
    inVirtualTime(async () => {
      const pace = new Pace([ten])
      const before = await pace.acquire('read', 8, minute())
      before?.spent([])
      const slow = await pace.acquire('read', 1, minute())
      // The provider counted nine when this call reached it; by now our eight are long forgotten.
      await later(5_000)
      ;(await pace.acquire('read', 1, minute()))?.unused()
      slow?.spent([{ name: 'all', remaining: 1 }])
      const started = performance.now()
      await pace.acquire('read', 9, minute())
      expect(performance.now()).toBe(started)
    }))

  test('is passed over when it speaks of more room than there can be, or of a window that is not kept', () =>
    inVirtualTime(async () => {
      const pace = new Pace([ten])
      const permit = await pace.acquire('read', 10, minute())
      permit?.spent([
        { name: 'all', remaining: 50 },
        { name: 'other', remaining: 0 },
      ])
      const started = performance.now()
      await pace.acquire('read', 1, minute())
      expect(performance.now()).toBe(started + 1_000)
    }))
})

test('a call that is dearer than a window ever allows is known beforehand', () => {
  const pace = new Pace(allAndSearch)
  expect(pace.neverFits('read', 3)).toBeUndefined()
  expect(pace.neverFits('read', 4)?.name).toBe('all')
  expect(pace.neverFits('search', 2)?.name).toBe('search')
})

/** Counts the timers that are set and neither fired nor cleared, from here on. */
function countTimers(): { running(): number; giveBack(): void } {
  const running = new Set<unknown>()
  const original = { setTimeout, clearTimeout }
  globalThis.setTimeout = ((task: () => void, waitMs: number) => {
    const timer = original.setTimeout(() => {
      running.delete(timer)
      task()
    }, waitMs)
    running.add(timer)
    return timer
  }) as typeof setTimeout
  globalThis.clearTimeout = ((timer: NodeJS.Timeout | undefined) => {
    running.delete(timer)
    original.clearTimeout(timer)
  }) as typeof clearTimeout
  return { running: () => running.size, giveBack: () => Object.assign(globalThis, original) }
}
