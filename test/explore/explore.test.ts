import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explore, firstWorkload } from '../../src/explore/explore.ts'
import type { Progress, RunRequest } from '../../src/explore/types.ts'
import { ScenarioError } from '../../src/scenario/scenario-error.ts'
import { type FakeRun, fake, point } from './fakes.ts'

const names = ({ plan }: RunRequest): readonly string[] =>
  plan.faults.map(({ fault, on }) => `${fault} ${'operation' in on ? on.operation : '-'} ${on.nth ?? '*'}`)

describe('the baseline', () => {
  test('is the workload that calls most', async () => {
    const seen = fake({
      given: fc.integer({ min: 1, max: 40 }),
      run: ({ given }) => ({ points: Array.from({ length: given as number }, (_, n) => point('read', n + 1)) }),
    })
    await explore(seen, { seed: 3, runs: 0 })
    const faultless = seen.requests.filter(({ plan }) => plan.faults.length === 0)
    const single = seen.requests.find(({ plan }) => plan.faults.length === 1)
    expect(faultless.length).toBeGreaterThan(1)
    expect(single?.given).toBe(Math.max(...faultless.map(({ given }) => given as number)))
  })

  test('is the smallest when all of them call too much', async () => {
    const seen = fake({
      given: fc.integer({ min: 61, max: 90 }),
      run: ({ given }) => ({ points: Array.from({ length: given as number }, (_, n) => point('read', n + 1)) }),
    })
    await explore(seen, { seed: 3, runs: 0 })
    const faultless = seen.requests.filter(({ plan }) => plan.faults.length === 0)
    const single = seen.requests.find(({ plan }) => plan.faults.length === 1)
    expect(single?.given).toBe(Math.min(...faultless.map(({ given }) => given as number)))
  })

  test('runs each of its workloads once, also when the same one is drawn again', async () => {
    const seen = fake({ given: fc.constant({ moves: 2 }) })
    const { runs } = await explore(seen, { runs: 0 })
    expect([runs.baseline, seen.requests.length]).toEqual([1, 1])
  })

  test('that fails is the counterexample, with no fault in it', async () => {
    const result = await explore(fake({ run: () => ({ points: [point('read')], broken: ['claim'] }) }), { runs: 5 })
    expect(result.passed).toBe(false)
    expect(result.counterexample).toMatchObject({
      phase: 'baseline',
      plan: { faults: [] },
      violations: [{ invariant: 'claim' }],
    })
    expect(result.runs).toMatchObject({ singles: 0, random: 0 })
  })

  test('starts from the first workload that the seed draws', async () => {
    const seen = fake({ given: fc.integer() })
    await explore(seen, { seed: 9, runs: 0 })
    expect(seen.requests[0]?.given).toBe(firstWorkload(seen, 9))
  })
})

describe('single faults', () => {
  const points = [point('read'), point('write'), point('read', 2)]

  test('are tried each in each of its forms, at each point where it can strike', async () => {
    const seen = fake({ faults: ['hang', 'server-error', 'stale-read', 'lost'], run: () => ({ points }) })
    const { singles, runs } = await explore(seen, { runs: 0 })
    const tried = seen.requests.filter(({ plan }) => plan.faults.length > 0)
    // A read: one hang, four server errors, one stale read. A write: two hangs, eight server errors. Two reads and a
    // write, and each form once more at its operation: lasting.
    const known = 6 + 10 + 6 + (6 + 10)
    expect(singles).toEqual({ tried: known, known, strikePoints: 3, revealed: 0 })
    expect(runs.singles).toBe(known)
    expect(new Set(tried.map(({ plan }) => JSON.stringify(plan))).size).toBe(known)
    expect(tried.filter(({ plan }) => plan.faults[0]?.on.nth === undefined)).toHaveLength(16)
    const count = (name: string): number => tried.filter((request) => names(request)[0] === name).length
    expect([count('hang read 1'), count('hang read 2'), count('hang write 1')]).toEqual([1, 1, 2])
    expect([count('server-error read 1'), count('server-error write 1'), count('stale-read read 2')]).toEqual([4, 8, 1])
  })

  test('leave out what the scenario does not admit', async () => {
    const seen = fake({
      faults: ['hang', 'connection-reset'],
      admits: (name) => name !== 'hang',
      run: () => ({ points }),
    })
    expect((await explore(seen, { runs: 20 })).singles.known).toBe(3 + 2)
    expect(seen.requests.flatMap(names).some((name) => name.startsWith('hang'))).toBe(false)
  })

  test('strike deliveries too', async () => {
    const seen = fake({
      faults: ['hang', 'lost', 'duplicated'],
      run: () => ({ points: [{ provider: 'fake', topic: 'made', nth: 1 }, point('read')] }),
    })
    const { singles } = await explore(seen, { runs: 0 })
    expect(singles.known).toBe(3 + 3)
    expect(seen.requests.flatMap(({ plan }) => plan.faults)).toContainEqual({
      fault: 'lost',
      on: { provider: 'fake', topic: 'made', nth: 1 },
    })
  })

  test('keep the seed and the workload of the baseline', async () => {
    const seen = fake({ given: fc.nat(), run: () => ({ points }) })
    await explore(seen, { seed: 6, runs: 0 })
    const singles = seen.requests.filter(({ plan }) => plan.faults.length > 0)
    expect(new Set(singles.map(({ seed, given }) => `${seed} ${given}`)).size).toBe(1)
    expect(singles[0]?.seed).toBe(6)
  })

  test('end at the first that breaks an invariant', async () => {
    const seen = fake({
      run: (request) => ({ points, broken: names(request).includes('hang read 2') ? ['claim'] : [] }),
    })
    const result = await explore(seen, { runs: 50 })
    expect(result.passed).toBe(false)
    expect(result.counterexample).toMatchObject({ phase: 'singles', plan: { faults: [{ fault: 'hang' }] } })
    expect(result.runs.random).toBe(0)
    expect(result.failure?.request).toEqual({ seed: 1, given: undefined, plan: result.counterexample?.plan })
  })
})

describe('points that only a fault reveals', () => {
  /** A client that repeats a write once when anything strikes it. */
  const retrying = ({ plan }: RunRequest): FakeRun => ({
    points: plan.faults.length === 0 ? [point('write')] : [point('write'), point('write', 2)],
  })

  test('are struck too, on top of a fault before the effect and of one after it', async () => {
    const seen = fake({ faults: ['hang', 'connection-reset'], run: retrying })
    const { singles } = await explore(seen, { runs: 0 })
    // Three forms at the known point, three that last; the revealed one gets its three twice.
    expect(singles).toEqual({ tried: 12, known: 12, strikePoints: 2, revealed: 1 })
    const pairs = seen.requests.filter(({ plan }) => plan.faults.length === 2)
    expect(
      pairs.map(({ plan }) => plan.faults.map((fault) => ('when' in fault ? `hang ${fault.when}` : fault.fault))),
    ).toEqual([
      ['hang before', 'hang before'],
      ['hang before', 'hang after'],
      ['hang before', 'connection-reset'],
      ['hang after', 'hang before'],
      ['hang after', 'hang after'],
      ['hang after', 'connection-reset'],
    ])
    expect(pairs.every(({ plan }) => plan.faults[1]?.on.nth === 2)).toBe(true)
  })

  test('find what breaks only when the retry is struck as well, with both faults in the counterexample', async () => {
    const seen = fake({
      faults: ['hang'],
      run: (request) => {
        const [first, second] = request.plan.faults
        const isBroken =
          first?.on.nth === 1 &&
          second?.on.nth === 2 &&
          'when' in first &&
          first.when === 'before' &&
          'when' in second &&
          second.when === 'after'
        return { ...retrying(request), broken: isBroken ? ['claim'] : [] }
      },
    })
    const { counterexample } = await explore(seen, { runs: 0 })
    expect(counterexample?.plan.faults).toMatchObject([
      { when: 'before', on: { nth: 1 } },
      { when: 'after', on: { nth: 2 } },
    ])
  })
})

describe('a budget of real time', () => {
  test('that is used up cuts every phase short, and the result says of each how far it came', async () => {
    const seen = fake({ faults: ['hang', 'server-error'], run: () => ({ points: [point('read'), point('write')] }) })
    const result = await explore(seen, { runs: 40, realMsMax: 0 })
    expect(result.runs).toMatchObject({ baseline: 1, singles: 0, random: 0 })
    expect(result.singles).toMatchObject({ tried: 0, known: 30 })
    expect(result.cutShort).toEqual([
      'singles: out of time, 0 of 30 known single faults were tried',
      'random: out of time, 0 of 40 random runs were made',
    ])
  })

  test('that is used up while singles run leaves the count of those that were tried', async () => {
    let runs = 0
    const seen = fake({
      faults: ['server-error'],
      run: () => {
        if (++runs === 6) block(60)
        return { points: [point('read'), point('write')] }
      },
    })
    const result = await explore(seen, { runs: 40, realMsMax: 50 })
    expect(result.singles.tried).toBe(result.runs.singles)
    expect(result.singles.tried).toBeLessThan(result.singles.known)
    expect(result.cutShort[0]).toContain(`${result.singles.tried} of 24 known`)
  })

  test('that suffices cuts nothing', async () => {
    expect((await explore(fake({ run: () => ({ points: [point('read')] }) }), { runs: 5 })).cutShort).toEqual([])
  })
})

describe('a scenario that throws', () => {
  const broken = new ScenarioError('baseline_throws', 'play threw')
  const throwing = (when: (request: RunRequest, n: number) => boolean) => {
    let n = 0
    return fake({
      given: fc.nat(9),
      faults: ['connection-reset', 'latency'],
      run: (request) => {
        if (when(request, ++n)) throw broken
        return { points: [point('read'), point('write')] }
      },
    })
  }

  test('ends the search with its error, in whichever phase it throws', async () => {
    await expect(
      explore(
        throwing(() => true),
        { runs: 5 },
      ),
    ).rejects.toBe(broken)
    await expect(
      explore(
        throwing(({ plan }) => plan.faults.length === 1),
        { runs: 5 },
      ),
    ).rejects.toBe(broken)
    await expect(
      explore(
        throwing(({ plan }) => plan.faults.length > 2),
        { runs: 300 },
      ),
    ).rejects.toBe(broken)
  })

  test('runs no more once it has thrown', async () => {
    const seen = throwing(({ plan }) => plan.faults.length > 2)
    await expect(explore(seen, { runs: 300 })).rejects.toBe(broken)
    expect(seen.requests.filter(({ plan }) => plan.faults.length > 2)).toHaveLength(1)
  })

  test('for a smaller workload only keeps the counterexample that was found', async () => {
    const seen = fake({
      given: fc.integer({ min: 0, max: 50 }),
      faults: ['connection-reset'],
      run: ({ plan, given }) => {
        const isStruck = plan.faults.length > 0
        if (isStruck && (given as number) < 5) throw broken
        return { points: [point('read')], broken: isStruck ? ['claim'] : [] }
      },
    })
    const seed = Array.from({ length: 50 }, (_, n) => n).find((n) => (firstWorkload(seen, n) as number) > 20) ?? 0
    const { counterexample } = await explore(seen, { seed, runs: 5 })
    expect(counterexample?.given).toBe(5)
  })
})

describe('coverage', () => {
  test('counts of each operation and fault what passed, failed and could not strike', async () => {
    const seen = fake({
      faults: ['hang', 'connection-reset'],
      run: ({ plan }) => ({
        // Once a read hangs, nothing is written.
        points: plan.faults.some(({ fault, on }) => fault === 'hang' && 'operation' in on && on.operation === 'read')
          ? [point('read')]
          : [point('read'), point('write')],
        broken: plan.faults.some(
          ({ fault, on }) => fault === 'connection-reset' && 'operation' in on && on.operation === 'write',
        )
          ? ['claim']
          : [],
      }),
    })
    const { coverage } = await explore(seen, { runs: 0 })
    expect(coverage).toEqual([
      { provider: 'fake', target: 'read', fault: 'hang', passed: 1, failed: 0, notStruck: 0 },
      { provider: 'fake', target: 'read', fault: 'connection-reset', passed: 1, failed: 0, notStruck: 0 },
      { provider: 'fake', target: 'write', fault: 'hang', passed: 2, failed: 0, notStruck: 0 },
      { provider: 'fake', target: 'write', fault: 'connection-reset', passed: 0, failed: 1, notStruck: 0 },
    ])
  })

  test('says of a fault that its point did not come', async () => {
    const seen = fake({
      faults: ['hang'],
      run: ({ plan }) => ({ points: plan.faults.length === 0 ? [point('read'), point('read', 2)] : [point('read')] }),
    })
    const { coverage } = await explore(seen, { runs: 0 })
    expect(coverage).toEqual([{ provider: 'fake', target: 'read', fault: 'hang', passed: 2, failed: 0, notStruck: 1 }])
  })
})

test('progress tells of each run in its phase, and how many are known', async () => {
  const told: Progress[] = []
  const seen = fake({
    faults: ['connection-reset'],
    run: ({ plan }) => ({ points: [point('read')], broken: plan.faults.length > 1 ? ['claim'] : [] }),
  })
  const result = await explore(seen, { runs: 50, onProgress: (progress) => told.push(progress) })
  expect(told.slice(0, 2)).toMatchObject([
    { scenario: 'Test_Fake', phase: 'baseline', runs: 1, runsKnown: 1, virtualMs: 1_000 },
    { scenario: 'Test_Fake', phase: 'singles', runs: 1, runsKnown: 2, virtualMs: 2_000 },
  ])
  expect(told.filter(({ phase }) => phase === 'random').at(-1)).toMatchObject({
    runs: result.runs.random,
    runsKnown: 50,
  })
  expect(told.at(-1)?.phase).toBe('shrink')
  expect(told).toHaveLength(seen.requests.length)
  expect(result.virtualMs).toBe(seen.requests.length * 1_000)
})

test('runs that are not reproducible are told, each reason once', async () => {
  const seen = fake({ run: () => ({ points: [point('read')], reasons: ['reads a socket'] }) })
  expect((await explore(seen, { runs: 5 })).unreproducible).toEqual(['reads a socket'])
})

test.each([{ runs: -1 }, { runs: 1.5 }, { seed: Number.NaN }, { realMsMax: -1 }, { seed: 0.5 }])(
  'options that cannot be are refused: %j',
  async (options) => {
    await expect(explore(fake(), options)).rejects.toThrow(/^Exploration option (runs|seed|realMsMax): got /)
  },
)

test('an option that there is not is refused, with the nearest one', async () => {
  await expect(explore(fake(), { run: 5 } as object)).rejects.toThrow(
    'Exploration option run: there is none. Did you mean "runs"? Known: seed, runs, realMsMax, onProgress.',
  )
})

function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}
