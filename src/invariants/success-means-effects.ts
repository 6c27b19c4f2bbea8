import * as z from 'zod'
import { defineInvariant, type Invariant } from './invariant.ts'
import { intentInWords, takenBack } from './tallies.ts'

const settings = z.strictObject({
  /** What the effects are by which the subject takes back what it did; settled with `effects-happen-once`. */
  compensations: z.array(z.string().min(1)).readonly().default([]),
})

/** Nothing is lost silently. */
export const successMeansEffects: Invariant = defineInvariant({
  name: 'success-means-effects',
  settings,
  explain: () => 'An intent that reports success has all the effects that it has without faults.',
  *check(run, baseline, { compensations }) {
    const failed = new Set(run.intents.filter(({ status }) => status !== 'succeeded').map(({ name }) => name))
    for (const { name, status, endedAt } of run.intents) {
      if (status !== 'succeeded' || failed.has(name)) continue
      for (const [effect, faultless] of baseline.effects.byIntent.get(name) ?? []) {
        const back = takenBack(run.exchanges, name, effect, compensations)
        const count = (run.effects.byIntent.get(name)?.get(effect) ?? 0) - back
        // Another intent may have brought it about: an earlier one whose reply was lost, say.
        const isThere = (run.effects.total.get(effect) ?? 0) - back >= (baseline.effects.total.get(effect) ?? 0)
        if (count >= faultless || isThere) continue
        const missing =
          back > 0 ? 'was taken back' : count === 0 ? 'never happened' : `happened ${count} of ${faultless} times`
        yield {
          message: `${intentInWords(name)} reports success, and its effect ${effect} ${missing}.`,
          at: endedAt ?? run.endedAt,
        }
      }
    }
  },
})
