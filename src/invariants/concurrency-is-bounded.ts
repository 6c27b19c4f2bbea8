import * as z from 'zod'
import type { ExchangeRecord } from '../simulator/journal.ts'
import { defineInvariant, type Invariant } from './invariant.ts'

const settings = z.strictObject({
  /** Calls in flight to one origin. */
  callsMax: z.int().min(1).default(20),
})

/** Nobody floods a provider. */
export const concurrencyIsBounded: Invariant = defineInvariant({
  name: 'concurrency-is-bounded',
  settings,
  explain: ({ callsMax }) => `Never more than ${callsMax} calls are in flight to one origin.`,
  *check({ exchanges }, _, { callsMax }) {
    const tooMany = (calls: readonly ExchangeRecord[]): Peak | undefined => {
      const peak = calls.length > callsMax ? peakOf(calls) : undefined
      return peak && peak.calls > callsMax ? peak : undefined
    }
    // Copies that something on the way made are not the subject's.
    const sent = exchanges.filter(({ duplicateOf }) => duplicateOf === undefined)
    for (const [provider, calls] of Map.groupBy(sent, (exchange) => exchange.provider)) {
      // Most providers have one origin, and an origin's share is never larger than the whole.
      if (!tooMany(calls)) continue
      for (const [origin, own] of Map.groupBy(calls, ({ call }) => new URL(call.url).origin)) {
        const peak = tooMany(own)
        if (!peak) continue
        yield {
          message: `${peak.calls} calls were in flight to ${origin} (${provider}): ${callsMax} are allowed.`,
          at: peak.at,
        }
      }
    }
  },
})

interface Peak {
  readonly calls: number
  readonly at: number
}

/** The most calls in flight at one instant; a call that ends as another begins does not overlap it. */
function peakOf(exchanges: readonly ExchangeRecord[]): Peak {
  const begins = exchanges.map(({ sentAt }) => sentAt).sort((a, b) => a - b)
  const ends = exchanges.map(({ endedAt }) => endedAt ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b)
  let peak: Peak = { calls: 0, at: 0 }
  let ended = 0
  for (const [begun, at] of begins.entries()) {
    while ((ends[ended] ?? Number.POSITIVE_INFINITY) <= at) ended++
    const calls = begun + 1 - ended
    if (calls > peak.calls) peak = { calls, at }
  }
  return peak
}
