import * as z from 'zod'
import { defineInvariant, type Invariant } from './invariant.ts'
import { intentInWords } from './tallies.ts'

const settings = z.strictObject({
  /** Virtual milliseconds. Below the 300 s for which undici and `fetch` wait by themselves: that is no deadline. */
  virtualMsMax: z.number().positive().default(240_000),
})

/** Whoever asked gets an answer. */
export const intentsSettle: Invariant = defineInvariant({
  name: 'intents-settle',
  settings,
  explain: ({ virtualMsMax }) => `Every intent succeeds or fails within ${virtualMsMax / 1000} s.`,
  *check({ intents, endedAt }, _, { virtualMsMax }) {
    for (const intent of intents) {
      const tookMs = (intent.endedAt ?? endedAt) - intent.startedAt
      if (intent.endedAt !== undefined && tookMs <= virtualMsMax) continue
      const after = `after ${(tookMs / 1000).toFixed(1)} s`
      const message =
        intent.endedAt === undefined
          ? `${intentInWords(intent.name)} had not settled ${after}, when the run ended.`
          : `${intentInWords(intent.name)} settled ${after}: ${virtualMsMax / 1000} s are allowed.`
      yield { message, at: Math.min(intent.startedAt + virtualMsMax, intent.endedAt ?? endedAt) }
    }
  },
})
