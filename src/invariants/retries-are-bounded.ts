import * as z from 'zod'
import { defineInvariant, type Invariant } from './invariant.ts'
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
        const callsMax = faultless + retriesMax
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
