import * as z from 'zod'
import type { Phase } from '../explore/types.ts'
import type { FaultPlan } from '../faults/plan.ts'
import type { JournalOutcome } from '../simulator/journal.ts'
import type { RunDocument, ScenarioReport } from './document.ts'

const count = z.number().int().min(0)
const milliseconds = z.number().min(0)
const phase = z.enum(['baseline', 'singles', 'random', 'replay'] satisfies Phase[])

/** The plan was checked when it was read; here it only has to be one. */
const plan = z.strictObject({
  faults: z.array(z.looseObject({ fault: z.string() })),
}) as unknown as z.ZodType<FaultPlan>

const violation = z.strictObject({
  invariant: z.string(),
  kind: z.enum(['always', 'eventually', 'built-in', 'world']),
  message: z.string(),
  atMs: milliseconds,
})

const headers = z.record(z.string(), z.union([z.string(), z.array(z.string())]))
const journalCall = z.strictObject({ method: z.string(), url: z.string(), headers, body: z.string() })
const injected = z.array(z.looseObject({ fault: z.string() }))
const outcome = z.enum([
  'pending',
  'replied',
  'hung',
  'refused',
  'unreachable',
  'unresolved',
  'untrusted',
  'reset',
  'truncated',
  'garbled',
  'dripped',
  'aborted',
  'timed-out',
] satisfies JournalOutcome[])
const attempt = {
  n: count,
  provider: z.string(),
  nth: count,
  sentAt: z.number(),
  endedAt: z.number().optional(),
  call: journalCall,
  outcome,
  status: z.number().int().optional(),
  injected,
  duplicateOf: count.optional(),
}
const record = z.discriminatedUnion('kind', [
  z.strictObject({
    ...attempt,
    kind: z.literal('exchange'),
    operation: z.string().optional(),
    nearest: z.array(z.string()),
    judgedAt: z.number().optional(),
    endedAfter: count.optional(),
    reply: z.strictObject({ headers, body: z.string() }).optional(),
    effects: z.array(z.strictObject({ what: z.string(), key: z.string() })),
    intent: z.string().optional(),
  }),
  z.strictObject({ ...attempt, kind: z.literal('delivery'), topic: z.string(), attempt: count }),
  z.strictObject({
    kind: z.literal('note'),
    n: count,
    at: z.number(),
    topic: z.enum(['log', 'intent-started', 'intent-ended', 'escaped', 'unhandled-rejection']),
    text: z.string(),
    intent: z.string().optional(),
  }),
])

const run = z.strictObject({
  seed: z.number(),
  given: z.unknown().optional(),
  plan,
  violations: z.array(violation),
  intents: z.array(
    z.strictObject({
      name: z.string(),
      startedAt: z.number(),
      endedAt: z.number().nullable(),
      status: z.enum(['pending', 'succeeded', 'failed']),
      error: z.string().nullable(),
    }),
  ),
  records: z.array(record),
  fingerprint: z.string(),
  startedAt: z.number(),
  virtualMs: milliseconds,
  reproducible: z.boolean(),
  reasons: z.array(z.string()),
  unused: z.array(z.strictObject({ fault: z.string(), on: z.string() })),
})

const counterexample = z.strictObject({
  phase,
  seed: z.number(),
  given: z.unknown().optional(),
  givenIsJson: z.boolean(),
  plan,
  violations: z.array(violation),
  fingerprint: z.string(),
  foundAfterRuns: count,
  shrinkRuns: count,
  searchSeed: z.number(),
})

const scenario = z.strictObject({
  scenario: z.string(),
  file: z.string().nullable(),
  claim: z.string().nullable(),
  mode: z.enum(['search', 'replay']),
  verdict: z.enum(['held', 'broken']),
  seed: z.number(),
  runs: z.record(phase, count),
  baseline: z.strictObject({ intents: count, failed: count }),
  singles: z.strictObject({ tried: count, known: count, strikePoints: count, revealed: count }),
  coverage: z.array(
    z.strictObject({
      provider: z.string(),
      target: z.string(),
      fault: z.string(),
      passed: count,
      failed: count,
      notStruck: count,
    }),
  ),
  virtualMs: milliseconds,
  realMs: milliseconds,
  counterexample: counterexample.nullable(),
  run: run.nullable(),
  unreproducible: z.array(z.string()),
  cutShort: z.array(z.string()),
  optedOut: z.array(z.strictObject({ invariant: z.string(), reason: z.string() })),
})

/** Schema of one scenario's part of the document: what a worker hands to the command. */
export const scenarioReport: z.ZodType<ScenarioReport> = scenario as unknown as z.ZodType<ScenarioReport>

/** Schema of what `stuntdouble run --json` prints. */
export const runDocument: z.ZodType<RunDocument> = z.strictObject({
  format: z.literal('stuntdouble-run/1'),
  version: z.string(),
  passed: z.boolean(),
  totals: z.strictObject({
    scenarios: count,
    held: count,
    broken: count,
    problems: count,
    runs: count,
    virtualMs: milliseconds,
    realMs: milliseconds,
  }),
  scenarios: z.array(scenarioReport),
  problems: z.array(
    z.strictObject({ file: z.string().nullable(), scenario: z.string().nullable(), message: z.string() }),
  ),
})
