import { type Explorable, explore } from 'stuntdouble'
import { describe, expect, test } from 'vitest'
import cardReachesItsListOnce from '../../scenarios/Test_CardReachesItsListOnce.scenario.ts'
import newCardHasNoTwin from '../../scenarios/Test_NewCardHasNoTwin.scenario.ts'
import rateLimitedBoardKeepsItsPace from '../../scenarios/Test_RateLimitedBoardKeepsItsPace.scenario.ts'
import slowBoardDoesNotHangTheWorkflow from '../../scenarios/Test_SlowBoardDoesNotHangTheWorkflow.scenario.ts'
import { HandMade } from './hand-made.ts'
import * as wrong from './wrong-adapters.ts'

type Adapter = new (board: string) => HandMade

/** Each scenario with its subject exchanged for a hand-made adapter. */
const claims = {
  card: (Made: Adapter) => cardReachesItsListOnce.against(({ trello }) => new Made(trello.board().id)),
  twin: (Made: Adapter) => newCardHasNoTwin.against(({ trello }) => new Made(trello.board().id)),
  pace: (Made: Adapter) => rateLimitedBoardKeepsItsPace.against(({ trello }) => new Made(trello.board().id)),
  slow: (Made: Adapter) => slowBoardDoesNotHangTheWorkflow.against(({ trello }) => new Made(trello.board().id)),
} satisfies Record<string, (Made: Adapter) => Explorable>

/** A wrong adapter, the claim that it breaks, the invariant that says so, and the faults that it takes. */
interface Defect {
  readonly adapter: Adapter
  readonly claim: keyof typeof claims
  readonly invariant: string
  /** Names of the faults of the smallest plan: any of these. */
  readonly faults: RegExp
}

const defects: readonly Defect[] = [
  {
    adapter: wrong.RetriesBlindly,
    claim: 'twin',
    invariant: 'effects-happen-once',
    faults: /^(server-error|reply-lost|hang)$/,
  },
  {
    adapter: wrong.ChangesTheKey,
    claim: 'twin',
    invariant: 'no order has two cards',
    faults: /./,
  },
  {
    adapter: wrong.TrustsTruncatedBodies,
    claim: 'twin',
    invariant: 'no order has two cards',
    faults: /^truncated-body$/,
  },
  { adapter: wrong.HasNoDeadline, claim: 'slow', invariant: 'intents-settle', faults: /^(hang|latency)$/ },
  {
    adapter: wrong.RetriesForEver,
    claim: 'slow',
    invariant: 'retries-are-bounded',
    faults: /^(rate-limited|server-error)$/,
  },
  {
    adapter: wrong.TakesRefusedCredentialsForTransient,
    claim: 'slow',
    invariant: 'retries-are-bounded',
    faults: /^unauthorized$/,
  },
  { adapter: wrong.IgnoresRetryAfter, claim: 'pace', invariant: 'retry-after-is-obeyed', faults: /^rate-limited$/ },
  { adapter: wrong.FloodsAfterFailure, claim: 'pace', invariant: 'concurrency-is-bounded', faults: /./ },
  { adapter: wrong.SwallowsErrors, claim: 'card', invariant: 'success-means-effects', faults: /./ },
  { adapter: wrong.LeaksCredentials, claim: 'card', invariant: 'no-secret-leaks', faults: /./ },
  { adapter: wrong.ThrowsText, claim: 'card', invariant: 'failure-is-reported', faults: /./ },
  { adapter: wrong.StartsAndForgets, claim: 'slow', invariant: 'no-unhandled-rejection', faults: /./ },
]

describe('a wrong adapter is caught, by the smallest plan that breaks its claim', () => {
  test.each(defects)('$adapter.name', async ({ adapter, claim, invariant, faults }) => {
    const { passed, counterexample, failure } = await explore(claims[claim](adapter))
    expect(passed).toBe(false)
    expect(counterexample?.violations.map((violation) => violation.invariant)).toContain(invariant)
    const plan = counterexample?.plan.faults ?? []
    expect(plan.length).toBeGreaterThanOrEqual(1)
    expect(plan.length).toBeLessThanOrEqual(2)
    for (const { fault } of plan) expect(fault).toMatch(faults)
    expect(failure?.unused).toEqual([])
  })
})

describe('a race is caught without any fault', () => {
  test.each([
    { adapter: wrong.LooksThenLeaps, claim: 'twin', invariant: 'no order has two cards' },
    { adapter: wrong.StartsAndForgets, claim: 'pace', invariant: 'concurrency-is-bounded' },
  ] satisfies Omit<Defect, 'faults'>[])('$adapter.name', async ({ adapter, claim, invariant }) => {
    const { passed, counterexample } = await explore(claims[claim](adapter))
    expect(passed).toBe(false)
    expect(counterexample?.plan.faults).toEqual([])
    expect(counterexample?.violations.map((violation) => violation.invariant)).toContain(invariant)
  })
})

describe('an adapter without a defect is not accused', () => {
  test.each(['card', 'twin', 'slow'] as const)('by the claim about the %s', async (claim) => {
    expect((await explore(claims[claim](HandMade))).counterexample).toBeUndefined()
  })
})
