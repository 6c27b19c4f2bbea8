import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explore } from '../../src/explore/explore.ts'
import type { ExploreResult, RunRequest } from '../../src/explore/types.ts'
import { fake, point } from './fakes.ts'

/** A result without what real time decides. */
const timeless = ({ realMs: _, ...result }: ExploreResult): object => result

describe('random plans', () => {
  const points = [point('read'), point('write'), point('write', 2)]

  test('find what only several faults together break, and shrink to just these', async () => {
    const seen = fake({
      faults: ['hang', 'connection-reset', 'latency'],
      run: ({ plan }) => {
        const resets = plan.faults.some(({ fault }) => fault === 'connection-reset')
        const late = plan.faults.some(({ fault }) => fault === 'latency')
        return { points, broken: resets && late ? ['claim'] : [] }
      },
    })
    const { counterexample, singles } = await explore(seen, { seed: 2, runs: 300 })
    expect(singles.tried).toBe(singles.known)
    expect(counterexample?.phase).toBe('random')
    expect(counterexample?.plan.faults.map(({ fault }) => fault).sort()).toEqual(['connection-reset', 'latency'])
  })

  test('draw workload, seed, points beyond the known ones, windows of time and chances', async () => {
    const seen = fake({ given: fc.nat(), faults: ['hang'], run: () => ({ points }) })
    const { runs } = await explore(seen, { runs: 300 })
    expect(runs.random).toBe(300)
    const random = seen.requests.slice(-300)
    const targets = random.flatMap(({ plan }) => plan.faults.map(({ on }) => on))
    expect(new Set(random.map(({ seed }) => seed)).size).toBeGreaterThan(200)
    expect(new Set(random.map(({ given }) => given)).size).toBeGreaterThan(100)
    expect(Math.max(...targets.map(({ nth = 0 }) => nth))).toBe(4)
    expect(
      targets.some(({ fromMs, untilMs }) => fromMs !== undefined && untilMs !== undefined && untilMs > fromMs),
    ).toBe(true)
    expect(targets.some(({ probability, times }) => probability !== undefined && times !== undefined)).toBe(true)
    expect(Math.max(...random.map(({ plan }) => plan.faults.length))).toBe(4)
  })

  test('are none when no run is asked for, and have no fault when there is nothing to strike', async () => {
    const none = fake({ run: () => ({ points }) })
    expect((await explore(none, { runs: 0 })).runs.random).toBe(0)
    const empty = fake({ faults: [] })
    expect((await explore(empty, { runs: 5 })).runs.random).toBe(5)
    expect(empty.requests.every(({ plan }) => plan.faults.length === 0)).toBe(true)
  })
})

describe('a counterexample', () => {
  /** Breaks when the workload is 3 or more and at least two different calls of `write` are struck. */
  const needy = (over: (struck: number, given: number) => boolean) =>
    fake({
      given: fc.integer({ min: 0, max: 100 }),
      faults: ['hang', 'connection-reset', 'latency', 'server-error'],
      run: ({ plan, given }) => {
        const points = [point('read'), point('write'), point('write', 2), point('write', 3)]
        const struck = new Set(
          plan.faults.flatMap(({ on }) => ('operation' in on && on.operation === 'write' && on.nth ? [on.nth] : [])),
        )
        return { points, broken: over(struck.size, given as number) ? ['claim'] : [] }
      },
    })

  test('is a local minimum: no fault of it can be left out, and the workload cannot be smaller', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.nat(60), fc.nat(1_000), async (count, least, seed) => {
        const subject = needy((struck, given) => struck >= count && given >= least)
        const { counterexample } = await explore(subject, { seed, runs: 2_000 })
        // A workload as large as this is not always drawn.
        if (!counterexample) return
        expect(counterexample.plan.faults).toHaveLength(count)
        for (const index of counterexample.plan.faults.keys()) {
          const plan = { faults: counterexample.plan.faults.toSpliced(index, 1) }
          expect((await subject.run({ ...counterexample, plan })).violations).toEqual([])
        }
        expect(counterexample.given).toBe(least)
      }),
      { numRuns: 25, seed: 11 },
    )
  })

  test('has its faults in their plainest form and at the first call that will do', async () => {
    const subject = fake({
      faults: ['latency'],
      run: ({ plan }) => ({
        points: [point('read'), point('read', 2), point('read', 3)],
        broken: plan.faults.some((fault) => fault.fault === 'latency' && fault.ms > 5_000 && (fault.on.nth ?? 0) >= 2)
          ? ['claim']
          : [],
      }),
    })
    const { counterexample } = await explore(subject, { runs: 0 })
    expect(counterexample?.plan).toEqual({
      faults: [{ fault: 'latency', ms: 10_000, on: { provider: 'fake', operation: 'read', nth: 2 } }],
    })
  })

  test('is one of the same invariant: another one on the way does not lead it astray', async () => {
    let found = false
    const subject = fake({
      faults: ['hang', 'connection-reset'],
      run: ({ plan: { faults } }) => {
        found ||= faults.length >= 2
        return { points: [point('write')], broken: faults.length >= 2 ? ['first'] : found ? ['second'] : [] }
      },
    })
    const result = await explore(subject, { runs: 200 })
    expect(result.counterexample?.violations.map(({ invariant }) => invariant)).toEqual(['first'])
    expect(result.counterexample?.plan.faults).toHaveLength(2)
  })

  test('tells how long it took, and its run is the failure', async () => {
    const result = await explore(
      needy((struck) => struck >= 1),
      { runs: 10 },
    )
    expect(result.counterexample?.foundAfterRuns).toBe(result.runs.baseline + result.runs.singles)
    expect(result.counterexample?.shrinkRuns).toBeGreaterThan(0)
    expect(result.failure?.fingerprint).toBe(result.counterexample?.fingerprint)
  })
})

describe('the same seed', () => {
  test('searches the same way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), async (seed, breaks) => {
        const make = () =>
          fake({
            given: fc.record({ moves: fc.nat(5) }),
            faults: ['hang', 'latency', 'reply-lost'],
            run: ({ plan }) => ({
              points: [point('read'), point('write')],
              broken: breaks && plan.faults.length > 2 ? ['claim'] : [],
            }),
          })
        const [first, second] = [make(), make()]
        expect(timeless(await explore(first, { seed, runs: 60 }))).toEqual(
          timeless(await explore(second, { seed, runs: 60 })),
        )
        expect(first.requests).toEqual(second.requests)
      }),
      { numRuns: 10 },
    )
  })

  test('is 1 when nothing is said, and another searches another way', async () => {
    const requestsOf = async (seed?: number): Promise<readonly RunRequest[]> => {
      const seen = fake({ given: fc.nat(), run: () => ({ points: [point('read')] }) })
      await explore(seen, { runs: 20, ...(seed !== undefined && { seed }) })
      return seen.requests
    }
    expect(await requestsOf()).toEqual(await requestsOf(1))
    expect(await requestsOf(2)).not.toEqual(await requestsOf(1))
  })
})
