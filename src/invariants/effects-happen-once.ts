import * as z from 'zod'
import { defineInvariant, type Finding, type Invariant, type JudgedRun } from './invariant.ts'
import { effectInWords, intentInWords, outsideIntents, takenBack } from './tallies.ts'

const settings = z.strictObject({
  /**
   * What the effects are by which the subject takes back what it did: they may happen although no faultless run has
   * them, and each allows for one more effect on the same thing.
   */
  compensations: z.array(z.string().min(1)).readonly().default([]),
})

/** Nothing is done twice, and nothing that nobody asked for. */
export const effectsHappenOnce: Invariant = defineInvariant({
  name: 'effects-happen-once',
  settings,
  explain: () => 'No intent has an effect at a provider more often than it has without faults.',
  *check(run, baseline, { compensations }) {
    for (const [intent, counts] of run.effects.byIntent) {
      for (const [effect, count] of counts) {
        const faultless = baseline.effects.byIntent.get(intent)?.get(effect) ?? 0
        if (count <= faultless) continue
        // What another intent has without faults may fall to this one, once.
        const isMoreInAll = (run.effects.total.get(effect) ?? 0) > (baseline.effects.total.get(effect) ?? 0)
        if (count === 1 && (!isMoreInAll || baseline.failed.has(intent))) continue
        if (count <= faultless + takenBack(run.exchanges, intent, effect, compensations)) continue
        yield findingOf(run, intent, effect, count, faultless)
      }
    }
  },
})

function findingOf(run: JudgedRun, intent: string, effect: string, count: number, faultless: number): Finding {
  const struck = run.exchanges.filter(
    (exchange) =>
      (exchange.intent ?? outsideIntents) === intent &&
      exchange.effects.some((one) => effectInWords(exchange.provider, one) === effect),
  )
  const usual = faultless === 0 ? 'never' : times(faultless)
  // Without faults nothing is taken back, so only such an effect may be a compensation.
  const advice = faultless === 0 ? ' An effect that takes another back is to be named in `compensations`.' : ''
  return {
    message: `${intentInWords(intent)} had the effect ${effect} ${times(count)}, and ${usual} without faults.${advice}`,
    at: struck.at(-1)?.judgedAt ?? run.endedAt,
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}
