import type { Counterexample, ExploreResult, Violation } from '../explore/types.ts'
import type { FaultPlan } from '../faults/plan.ts'
import type { JournalRecord } from '../simulator/journal.ts'

/** Name and version of the JSON that `stuntdouble run --json` prints. The number rises when a reader could break. */
export type DocumentFormat = 'stuntdouble-run/1'

/** What `stuntdouble run --json` prints: plain JSON. `runDocument` is its schema. */
export interface RunDocument {
  readonly format: DocumentFormat
  /** Version of the toolkit that ran. */
  readonly version: string
  /** True when every scenario that was asked for ran, and every claim held. */
  readonly passed: boolean
  readonly totals: Totals
  readonly scenarios: readonly ScenarioReport[]
  /** What kept a scenario from being judged: a file that does not load, a scenario that throws without any fault. */
  readonly problems: readonly Problem[]
}

/** How many scenarios ran, and how they ended. */
export interface Totals {
  readonly scenarios: number
  readonly held: number
  readonly broken: number
  readonly problems: number
  /** Runs over all scenarios, shrinking included. */
  readonly runs: number
  readonly virtualMs: number
  /** From the start of the command to its end. */
  readonly realMs: number
}

/** One thing that kept a scenario, or a file of them, from being judged. */
export interface Problem {
  /** Path relative to the root; `null` when no file is to blame. */
  readonly file: string | null
  /** `null` when the whole file is concerned. */
  readonly scenario: string | null
  readonly message: string
}

/** Members of a search's result that are plain JSON as they are. */
type ResultAsItIs = Pick<
  ExploreResult,
  | 'scenario'
  | 'seed'
  | 'runs'
  | 'singles'
  | 'baseline'
  | 'coverage'
  | 'virtualMs'
  | 'realMs'
  | 'unreproducible'
  | 'cutShort'
  | 'optedOut'
>

/** What the search for one scenario came to. */
export interface ScenarioReport extends ResultAsItIs {
  /** Path of its file, relative to the root; `null` when it was explored outside of any. */
  readonly file: string | null
  readonly claim: string | null
  /** `search`: it was explored; `replay`: one plan was run, in `run`. */
  readonly mode: 'search' | 'replay'
  /** `held`: nothing found that breaks the claim. */
  readonly verdict: 'held' | 'broken'
  readonly counterexample: CounterexampleReport | null
  /** The counterexample's run, or the one that a plan asked for. */
  readonly run: RunReport | null
}

/** The smallest failing workload, fault plan and seed, and how to see it again. */
export interface CounterexampleReport extends Omit<Counterexample, 'scenario' | 'given'> {
  /** Absent: there is none. */
  readonly given?: unknown
  /** False: the workload is no plain JSON, so only the whole search finds this run again. */
  readonly givenIsJson: boolean
  /** Seed of the search that found it: the same search finds it again. */
  readonly searchSeed: number
}

/** One run, as plain JSON: what was asked, what happened, what did not hold. Credentials are replaced. */
export interface RunReport {
  readonly seed: number
  /** Absent: there is none. */
  readonly given?: unknown
  readonly plan: FaultPlan
  readonly violations: readonly Violation[]
  readonly intents: readonly IntentReport[]
  readonly records: readonly JournalRecord[]
  readonly fingerprint: string
  /** Virtual milliseconds since 1970 at which it started. */
  readonly startedAt: number
  readonly virtualMs: number
  readonly reproducible: boolean
  /** Why it is not reproducible. */
  readonly reasons: readonly string[]
  /** Faults of the plan that never struck. */
  readonly unused: readonly { readonly fault: string; readonly on: string }[]
}

/** One thing the subject was asked to achieve, and how it went. Times are virtual, since 1970. */
export interface IntentReport {
  readonly name: string
  readonly startedAt: number
  readonly endedAt: number | null
  readonly status: 'pending' | 'succeeded' | 'failed'
  /** What the subject threw, in one line: `IntegrationError reply_late: no reply within 10,000 ms.` */
  readonly error: string | null
}
