import * as z from 'zod'
import { type Baseline, defineInvariant, type Invariant, type JudgedRun } from './invariant.ts'
import { intentInWords, operationInWords, outsideIntents } from './tallies.ts'

const settings = z.strictObject({
  /** Calls of one operation in one intent, beyond those of the faultless run. */
  retriesMax: z.int().min(0).default(8),
})

/** Nobody retries for ever. */
export const retriesAreBounded: Invariant = defineInvariant({
  name: 'retries-are-bounded',
  settings,
  explain: ({ retriesMax }) =>
    `No intent calls an operation more than ${retriesMax} times beyond what it does without faults.`,
  *check(run, baseline, { retriesMax }) {
    for (const [intent, counts] of run.calls) {
      for (const [operation, count] of counts) {
        const faultless = baseline.calls.get(intent)?.get(operation) ?? 0
        if (count <= faultless + retriesMax) continue
        const callsMax = faultless + retriesMax + savedByOthers(run, baseline, intent, operation)
        if (count <= callsMax) continue
        const excess = run.exchanges.filter(
          (exchange) =>
            exchange.duplicateOf === undefined &&
            (exchange.intent ?? outsideIntents) === intent &&
            operationInWords(exchange) === operation,
        )[callsMax]
        yield {
          message: `${intentInWords(intent)} called ${operation} ${count} times, ${faultless} without faults: ${retriesMax} more are allowed.`,
          at: excess?.sentAt ?? run.endedAt,
        }
      }
    }
  },
})

/** Calls that other intents make without faults and left out here: that work may have fallen to this one. */
function savedByOthers(run: JudgedRun, baseline: Baseline, intent: string, operation: string): number {
  let saved = 0
  for (const [other, counts] of baseline.calls) {
    if (other === intent) continue
    saved += Math.max(0, (counts.get(operation) ?? 0) - (run.calls.get(other)?.get(operation) ?? 0))
  }
  return saved
}
