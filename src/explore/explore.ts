import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { FaultPlan } from '../faults/plan.ts'
import { didYouMean } from '../simulator/did-you-mean.ts'
import type { Explorable } from './explorable.ts'
import { minimise, sharesViolation } from './minimise.ts'
import { randomPlans } from './random-plans.ts'
import { type Search, startSearch } from './search.ts'
import { startFrontier } from './singles.ts'
import type { Counterexample, ExploreOptions, ExploreResult, Phase, RunResult } from './types.ts'

/** Workloads of which the baseline is chosen. */
const candidates = 5
/** A baseline with more strike points than this makes singles slow; a smaller workload shows the same code. */
const baselinePointsMax = 60

interface SettledOptions {
  readonly seed: number
  readonly runsMax: number
  readonly realMsMax: number
}

/** What broke, in which phase. */
interface Failure {
  readonly phase: Phase
  readonly result: RunResult
}

/**
 * Searches for the smallest fault plan that breaks a scenario: a run without faults, every single fault at every strike
 * point, then random plans; what fails is made smaller.
 *
 * The same seed searches the same way, unless a budget of real time cuts it short; the result says so.
 *
 * @throws ScenarioError  when what the scenario brings fails without any fault
 *
 * @example
 * import assert from 'node:assert/strict'
 * import { explore, scenario } from 'stuntdouble'
 * import { kanban, trello } from 'stuntdouble/simulators/trello'
 *
 * const boardStands = scenario('Test_BoardStands', {
 *   claim: 'the board is there',
 *   simulators: { trello: trello({ boards: [kanban] }) },
 *   subject: () => ({}),
 *   play: () => undefined,
 *   eventually: { 'it is': ({ trello }) => trello.board('Kanban').lists.length === 3 },
 * })
 * assert.ok((await explore(boardStands, { runs: 5 })).passed)
 */
export async function explore(explorable: Explorable, options: ExploreOptions = {}): Promise<ExploreResult> {
  const settled = settleOptions(options)
  const search = startSearch(explorable, settled.realMsMax, options.onProgress)
  const baseline = await runBaseline(explorable, search, settled.seed)
  const frontier = startFrontier(explorable, baseline.strikePoints)
  const failure: Failure | undefined =
    asFailure('baseline', baseline) ??
    (await runSingles(search, frontier, baseline)) ??
    (await runRandom(explorable, search, settled, baseline))
  const found = failure && (await shrink(explorable, search, settled, failure))
  return {
    scenario: explorable.name,
    claim: explorable.claim,
    passed: failure === undefined,
    seed: settled.seed,
    runs: search.runs,
    singles: {
      tried: frontier.tried,
      known: frontier.known,
      strikePoints: frontier.points,
      revealed: frontier.revealed,
    },
    baseline: {
      intents: baseline.intents.length,
      failed: baseline.intents.filter(({ status }) => status !== 'succeeded').length,
    },
    coverage: search.coverage.cells(),
    virtualMs: search.virtualMs,
    realMs: search.budget.elapsedMs(),
    counterexample: found?.counterexample,
    failure: found?.result,
    unreproducible: search.unreproducible,
    cutShort: search.cutShort,
    optedOut: explorable.optedOut,
  }
}

const optionNames = ['seed', 'runs', 'realMsMax', 'onProgress'] satisfies (keyof ExploreOptions)[]

function settleOptions(options: ExploreOptions): SettledOptions {
  for (const name of Object.keys(options)) {
    assert(
      (optionNames as string[]).includes(name),
      `Exploration option ${name}: there is none. ${didYouMean(name, optionNames)}`,
    )
  }
  const { seed = 1, runs = 300, realMsMax = 120_000 } = options
  const whole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least
  const said = (name: string, value: number, right: string): string =>
    `Exploration option ${name}: got ${value}; must be ${right}.`
  assert(whole(seed, Number.MIN_SAFE_INTEGER), said('seed', seed, 'a whole number'))
  assert(whole(runs, 0), said('runs', runs, 'a whole number of 0 or more'))
  assert(realMsMax >= 0, said('realMsMax', realMsMax, 'milliseconds, 0 or more'))
  return { seed, runsMax: runs, realMsMax }
}

/** The first workload that a seed draws. */
export function firstWorkload({ given }: Pick<Explorable, 'given'>, seed: number): unknown {
  return fc.sample(given, { seed, numRuns: 1 })[0]
}

/** Of some workloads the one that calls most, short of too much: the more it does, the more can go wrong. */
async function runBaseline(explorable: Explorable, search: Search, seed: number): Promise<RunResult> {
  const workloads = fc.sample(explorable.given, { seed, numRuns: candidates })
  const distinct = [...new Map(workloads.map((given) => [fc.stringify(given), given])).values()]
  let best: RunResult | undefined
  for (const given of distinct) {
    const result = await search.run('baseline', { seed, given, plan: { faults: [] } }, distinct.length)
    if (result.violations.length > 0) return result
    if (!best || isBetter(result, best)) best = result
  }
  return best as RunResult
}

function isBetter({ strikePoints: { length: points } }: RunResult, { strikePoints: { length: best } }: RunResult) {
  if (points > baselinePointsMax) return points < best
  return points > best || best > baselinePointsMax
}

function asFailure(phase: Phase, result: RunResult): Failure | undefined {
  return result.violations.length > 0 ? { phase, result } : undefined
}

async function runSingles(
  search: Search,
  frontier: ReturnType<typeof startFrontier>,
  { request: { seed, given } }: RunResult,
): Promise<Failure | undefined> {
  for (;;) {
    const isLeft = frontier.tried < frontier.known
    if (isLeft && search.budget.spent()) {
      search.cut('singles', `${frontier.tried} of ${frontier.known} known single faults were tried`)
      return undefined
    }
    const plan = frontier.next()
    if (!plan) return undefined
    const result = await search.run('singles', { seed, given, plan }, frontier.known)
    if (result.violations.length > 0) return { phase: 'singles', result }
    frontier.learn(result)
  }
}

/** Draws workload, plan and seed; fast-check makes what fails smaller by its own means first. */
async function runRandom(
  explorable: Explorable,
  search: Search,
  { seed, runsMax }: SettledOptions,
  baseline: RunResult,
): Promise<Failure | undefined> {
  if (runsMax === 0) return undefined
  let failing: RunResult | undefined
  let thrown: { readonly error: unknown } | undefined
  let isCut = false
  const plans = randomPlans(explorable, baseline.strikePoints, baseline.virtualMs)
  const seeds = fc.noShrink(fc.nat())
  await fc.check(
    fc.asyncProperty(explorable.given, plans, seeds, async (given, plan, runSeed) => {
      const shrinks = failing !== undefined
      // A run that is under way cannot be interrupted, so the budget is asked before each.
      if (shrinks && search.shrinkBudget().spent()) return true
      if (!shrinks && search.budget.spent()) {
        isCut = true
        // Passing over the rest would draw every one of them, and there may be a million.
        throw new fc.PreconditionFailure(true)
      }
      if (thrown) return true
      const request = { seed: runSeed, given, plan }
      try {
        const result = shrinks ? await search.shrinkRun(request) : await search.run('random', request, runsMax)
        const fails = failing ? sharesViolation(result, failing) : result.violations.length > 0
        if (fails) failing = result
        return !fails
      } catch (error) {
        // fast-check would take it for a property that fails. What only a smaller workload throws is no smaller failure.
        if (!shrinks) thrown = { error }
        return true
      }
    }),
    { seed, numRuns: runsMax },
  )
  if (thrown) throw thrown.error
  if (isCut) search.cut('random', `${search.runs.random} of ${runsMax} random runs were made`)
  return failing && { phase: 'random', result: failing }
}

async function shrink(
  explorable: Explorable,
  search: Search,
  { seed }: SettledOptions,
  { phase, result: first }: Failure,
): Promise<{ readonly counterexample: Counterexample; readonly result: RunResult }> {
  const budget = search.shrinkBudget()
  const foundAfterRuns = search.total
  const rerunWith = (given: unknown) => (plan: FaultPlan) => search.shrinkRun({ seed: first.request.seed, given, plan })
  let result = await minimise(first, rerunWith(first.request.given), budget)
  if (phase !== 'random') {
    result = await shrinkWorkload(explorable, search, seed, result)
    // A smaller workload may do with a smaller plan.
    result = await minimise(result, rerunWith(result.request.given), budget)
  }
  if (budget.spent()) search.cut('shrink', 'the counterexample may not be the smallest')
  const { request, violations, fingerprint } = result
  const counterexample: Counterexample = {
    scenario: explorable.name,
    phase,
    ...request,
    violations,
    fingerprint,
    foundAfterRuns,
    shrinkRuns: search.shrinkRuns,
  }
  return { counterexample, result }
}

/** Shrinks the workload alone: fast-check remembers how a drawn one came about only while it draws it. */
async function shrinkWorkload(
  explorable: Explorable,
  search: Search,
  seed: number,
  failing: RunResult,
): Promise<RunResult> {
  let smallest = failing
  const wanted = fc.stringify(failing.request.given)
  const isDrawn = (given: unknown): boolean => fc.stringify(given) === wanted
  let found = false
  await fc.check(
    fc.asyncProperty(explorable.given, async (given) => {
      // The draws before the failing one are passed over; from it on, fast-check offers smaller ones.
      if (!found) {
        found = isDrawn(given)
        return !found
      }
      if (search.shrinkBudget().spent()) return true
      const result = await search.shrinkRun({ ...failing.request, given }).catch(() => undefined)
      if (!result || !sharesViolation(result, failing)) return true
      smallest = result
      return false
    }),
    { seed, numRuns: candidates },
  )
  return smallest
}
