import * as z from 'zod'
import { defineInvariant, type Invariant } from './invariant.ts'
import { intentInWords } from './tallies.ts'

const settings = z.strictObject({})

/** Nothing is lost silently. */
export const successMeansEffects: Invariant = defineInvariant({
  name: 'success-means-effects',
  settings,
  explain: () => 'An intent that reports success has all the effects that it has without faults.',
  *check(run, baseline) {
    const failed = new Set(run.intents.filter(({ status }) => status !== 'succeeded').map(({ name }) => name))
    for (const { name, status, endedAt } of run.intents) {
      if (status !== 'succeeded' || failed.has(name)) continue
      for (const [effect, faultless] of baseline.effects.byIntent.get(name) ?? []) {
        const count = run.effects.byIntent.get(name)?.get(effect) ?? 0
        // Another intent may have brought it about: an earlier one whose reply was lost, say.
        const isThere = (run.effects.total.get(effect) ?? 0) >= (baseline.effects.total.get(effect) ?? 0)
        if (count >= faultless || isThere) continue
        const missing = count === 0 ? 'never happened' : `happened ${count} of ${faultless} times`
        yield {
          message: `${intentInWords(name)} reports success, and its effect ${effect} ${missing}.`,
          at: endedAt ?? run.endedAt,
        }
      }
    }
  },
})
