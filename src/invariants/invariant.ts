import type * as z from 'zod'
import { membersAt } from '../simulator/did-you-mean.ts'
import type { ExchangeRecord, NoteRecord } from '../simulator/journal.ts'
import type { IntentRecord } from '../world/types.ts'
import type { CallTally, EffectTally } from './tallies.ts'

/** What the built-in invariants look at: one run, and what it came to. Times are virtual, since 1970. */
export interface JudgedRun {
  readonly startedAt: number
  readonly endedAt: number
  readonly exchanges: readonly ExchangeRecord[]
  /** What the world noticed, and when: escapes, log lines, errors that nobody handled. */
  readonly notes: readonly NoteRecord[]
  readonly intents: readonly IntentRecord[]
  readonly effects: EffectTally
  readonly calls: CallTally
  /** Addresses that were called and that nobody serves. */
  readonly escapes: readonly string[]
  /** Errors that the subject left unhandled. */
  readonly unhandled: readonly unknown[]
  /** Log lines in which a credential stood, with the credential replaced. */
  readonly leaks: readonly string[]
  /** Credentials of the world. */
  readonly secrets: readonly string[]
}

/** What is known of the run of the same workload and seed without faults. */
export interface Baseline extends Pick<JudgedRun, 'effects' | 'calls'> {
  /** Names of intents that fail even so: they show no success to compare with. */
  readonly failed: ReadonlySet<string>
}

/** One breach of an invariant. */
export interface Finding {
  /** One sentence: what happened, where. */
  readonly message: string
  /** Virtual milliseconds since 1970. */
  readonly at: number
}

/** Something that must hold in every run of every scenario. */
export interface Invariant {
  /** Kebab-case, as a claim: `retries-are-bounded`. */
  readonly name: string
  /** Names of what can be tuned. */
  readonly settings: readonly string[]
  /**
   * Makes it ready to judge.
   *
   * @param tuning   Settings that differ from its defaults.
   * @throws ZodError  when it has no such setting, or the setting no such value
   */
  settle(tuning: unknown): SettledInvariant
}

/** An invariant with its settings. */
export interface SettledInvariant {
  readonly name: string
  /** What it demands, in one sentence. */
  readonly explanation: string
  check(run: JudgedRun, baseline: Baseline): Iterable<Finding>
}

/** What an invariant is made from. */
export interface InvariantDefinition<Settings> {
  readonly name: string
  /** What can be tuned, with its defaults. */
  readonly settings: z.ZodType<Settings>
  readonly explain: (settings: Settings) => string
  readonly check: (run: JudgedRun, baseline: Baseline, settings: Settings) => Iterable<Finding>
}

/** Makes an invariant. */
export function defineInvariant<Settings>(definition: InvariantDefinition<Settings>): Invariant {
  const { name, settings, explain, check } = definition
  return {
    name,
    settings: membersAt(settings, []),
    settle: (tuning) => {
      const settled = settings.parse(tuning)
      return { name, explanation: explain(settled), check: (run, baseline) => check(run, baseline, settled) }
    },
  }
}
