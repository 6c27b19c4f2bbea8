import { inspect, isDeepStrictEqual, types } from 'node:util'
import type { Counterexample, ExploreResult, RunResult } from '../explore/types.ts'
import { createRedactor } from '../simulator/redact.ts'
import type { IntentRecord } from '../world/types.ts'
import type { CounterexampleReport, IntentReport, RunReport, ScenarioReport } from './document.ts'

/** What a report says of a scenario beside its result. */
export interface ReportFacts {
  /** Path of the scenario's file, relative to the root. */
  readonly file: string | undefined
  /** The claim, where the result has none. */
  readonly claim: string | undefined
}

/** Makes the report of an exploration: plain JSON, without credentials. */
export function reportOf(result: ExploreResult, facts: ReportFacts): ScenarioReport {
  const { scenario, passed, seed, runs, singles, baseline, coverage, virtualMs, realMs } = result
  const { counterexample, failure, unreproducible, cutShort, optedOut } = result
  return plain({
    scenario,
    file: facts.file ?? null,
    claim: result.claim ?? facts.claim ?? null,
    mode: 'search',
    verdict: passed ? 'held' : 'broken',
    seed,
    runs,
    singles,
    baseline,
    coverage,
    virtualMs,
    realMs,
    counterexample: counterexample ? counterexampleReportOf(counterexample, seed, failure?.secrets ?? []) : null,
    run: failure ? runReportOf(failure) : null,
    unreproducible,
    cutShort,
    optedOut,
  })
}

/** Makes the report of a scenario of which only one plan was run. */
export function replayReportOf(
  scenario: string,
  run: RunResult,
  facts: ReportFacts & { readonly realMs: number },
): ScenarioReport {
  return plain({
    scenario,
    file: facts.file ?? null,
    claim: facts.claim ?? null,
    mode: 'replay',
    verdict: run.violations.length === 0 ? 'held' : 'broken',
    seed: run.request.seed,
    runs: { baseline: 0, singles: 0, random: 0, replay: 1 },
    singles: { tried: 0, known: 0, strikePoints: run.strikePoints.length, revealed: 0 },
    baseline: { intents: 0, failed: 0 },
    coverage: [],
    virtualMs: run.virtualMs,
    realMs: facts.realMs,
    counterexample: null,
    run: runReportOf(run),
    unreproducible: run.reproducibility.reasons,
    cutShort: [],
    optedOut: [],
  })
}

/** Makes the report of one run. */
export function runReportOf(run: RunResult): RunReport {
  const mask = maskOf(run.secrets)
  return plain({
    seed: run.request.seed,
    given: run.request.given,
    plan: run.request.plan,
    violations: run.violations.map((violation) => ({ ...violation, message: mask(violation.message) })),
    intents: run.intents.map((intent) => intentReportOf(intent, mask)),
    records: run.records,
    fingerprint: run.fingerprint,
    startedAt: run.startedAt,
    virtualMs: run.virtualMs,
    reproducible: run.reproducibility.reproducible,
    reasons: run.reproducibility.reasons,
    unused: run.unused.map(({ fault, on }) => ({ fault: fault.fault, on })),
  })
}

/** What was thrown, in one line: the error's name, its code and its message. */
export function errorInWords(error: unknown): string {
  // An error of another realm is one as well: Node's own are, where a runner gives tests a context of their own.
  if (!(error instanceof Error || types.isNativeError(error)))
    return `threw ${inspect(error, { breakLength: Number.POSITIVE_INFINITY })}`
  const code = (error as Error & { readonly code?: unknown }).code
  const head = typeof code === 'string' && !error.message.includes(code) ? `${error.name} ${code}` : error.name
  return `${head}: ${error.message.split('\n')[0]}`
}

function counterexampleReportOf(
  found: Counterexample,
  searchSeed: number,
  secrets: readonly string[],
): CounterexampleReport {
  const { phase, seed, given, plan, violations, fingerprint, foundAfterRuns, shrinkRuns } = found
  const mask = maskOf(secrets)
  return {
    phase,
    seed,
    given,
    givenIsJson: isJson(given),
    plan,
    violations: violations.map((violation) => ({ ...violation, message: mask(violation.message) })),
    fingerprint,
    foundAfterRuns,
    shrinkRuns,
    searchSeed,
  }
}

/** Makes the report of one intent; `mask` replaces credentials. */
export function intentReportOf(intent: IntentRecord, mask: (text: string) => string): IntentReport {
  return {
    name: intent.name,
    startedAt: intent.startedAt,
    endedAt: intent.endedAt ?? null,
    status: intent.status,
    error: intent.status === 'failed' ? mask(errorInWords(intent.error)) : null,
  }
}

/** Replaces credentials: journals redact themselves; what the subject threw, and what was said of it, does not. */
export function maskOf(secrets: readonly string[]): (text: string) => string {
  return createRedactor(() => secrets).text
}

/**
 * A workload that JSON changes (a date, a bigint, `-0`) would replay as another one. The clone gives records without
 * a prototype, as fast-check draws them, the usual one.
 */
function isJson(value: unknown): boolean {
  try {
    return value === undefined || isDeepStrictEqual(JSON.parse(JSON.stringify(value)), structuredClone(value))
  } catch {
    return false
  }
}

/** Journal records are objects with getters: only as JSON do they cross to another thread whole. */
function plain<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value, (_, member) => (typeof member === 'bigint' ? `${member}n` : member)))
}
