import type { Fault } from '../faults/fault.ts'
import type { FaultPlan } from '../faults/plan.ts'
import type { JournalRecord, StrikePoint } from '../simulator/journal.ts'
import type { IntentRecord, Reproducibility } from '../world/types.ts'

/** Phases of an exploration, in order. */
export type Phase = 'baseline' | 'singles' | 'random' | 'replay'

/** One run of a scenario: enough to repeat it to the byte. */
export interface RunRequest {
  readonly seed: number
  readonly given: unknown
  readonly plan: FaultPlan
}

/** An invariant that did not hold. */
export interface Violation {
  /** Name of the invariant: a built-in one, or the scenario's own words. */
  readonly invariant: string
  readonly kind: 'always' | 'eventually' | 'built-in' | 'world'
  /** One sentence: what happened, where. */
  readonly message: string
  /** Virtual milliseconds since the start at which it was seen. */
  readonly atMs: number
}

/** What one run came to. */
export interface RunResult {
  readonly request: RunRequest
  /** Virtual milliseconds since 1970 at which it started: times in the journal count from 1970 too. */
  readonly startedAt: number
  readonly violations: readonly Violation[]
  readonly records: readonly JournalRecord[]
  readonly strikePoints: readonly StrikePoint[]
  readonly intents: readonly IntentRecord[]
  readonly fingerprint: string
  readonly virtualMs: number
  readonly reproducibility: Reproducibility
  /** Faults of the plan that never struck. */
  readonly unused: readonly { readonly fault: Fault; readonly on: string }[]
  /** Strings that a report must not print: errors of the subject are not redacted as the journal is. */
  readonly secrets: readonly string[]
}

/** The smallest failing workload, fault plan and seed found. */
export interface Counterexample {
  readonly scenario: string
  readonly phase: Phase
  readonly seed: number
  readonly given: unknown
  readonly plan: FaultPlan
  readonly violations: readonly Violation[]
  readonly fingerprint: string
  /** Runs it took to find, and to make small. */
  readonly foundAfterRuns: number
  readonly shrinkRuns: number
}

/** One cell of the matrix operation × fault. */
export interface CoverageCell {
  readonly provider: string
  /** Operation, or topic of a delivery. */
  readonly target: string
  readonly fault: string
  readonly passed: number
  readonly failed: number
  /** The plan named it and it never struck. */
  readonly notStruck: number
}

/** What an exploration came to. */
export interface ExploreResult {
  readonly scenario: string
  readonly claim: string | undefined
  readonly passed: boolean
  readonly seed: number
  /** Runs by phase. */
  readonly runs: Readonly<Record<Phase, number>>
  /** Single faults: tried, of how many known, over how many strike points. */
  readonly singles: {
    readonly tried: number
    readonly known: number
    readonly strikePoints: number
    readonly revealed: number
  }
  /** Intents of the run without faults, and how many of them fail even so. */
  readonly baseline: { readonly intents: number; readonly failed: number }
  readonly coverage: readonly CoverageCell[]
  readonly virtualMs: number
  readonly realMs: number
  readonly counterexample: Counterexample | undefined
  /** The counterexample's run, with its journal. */
  readonly failure: RunResult | undefined
  /** Runs that were not reproducible, and why. */
  readonly unreproducible: readonly string[]
  /** Phases that a budget cut short, with how much was left. */
  readonly cutShort: readonly string[]
  /** Built-in invariants that the scenario switched off or tuned, with its reason. */
  readonly optedOut: readonly { readonly invariant: string; readonly reason: string }[]
}

/** How the search goes, while it goes. */
export interface Progress {
  readonly scenario: string
  readonly phase: Phase | 'shrink'
  readonly runs: number
  /** Runs this phase will take, when that is known. */
  readonly runsKnown: number | undefined
  readonly realMs: number
  readonly virtualMs: number
}

/** How far to search. */
export interface ExploreOptions {
  /** @defaultValue 1 */
  readonly seed?: number
  /** Random runs. @defaultValue 300 */
  readonly runs?: number
  /** Real milliseconds for the whole search. @defaultValue 120_000 */
  readonly realMsMax?: number
  /** Is told how far the search is, after every run. @defaultValue nobody is told */
  readonly onProgress?: (progress: Progress) => void
}
