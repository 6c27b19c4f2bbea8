import { inspect } from 'node:util'
import type { ExchangeRecord } from '../simulator/journal.ts'

/** Calls and effects that no intent covers are counted under this name. */
export const outsideIntents = ''

/** How often each effect happened, by intent and in all. An effect is its provider, what it is, and its key. */
export interface EffectTally {
  readonly byIntent: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly total: ReadonlyMap<string, number>
}

/** How many calls each operation got, by intent. */
export type CallTally = ReadonlyMap<string, ReadonlyMap<string, number>>

type Counts = Map<string, number>

/** An effect in words, which also tell it from any other: `card moved (ship it to Done) at trello`. */
export function effectInWords(provider: string, effect: { readonly what: string; readonly key: string }): string {
  return `${effect.what}${effect.key && ` (${effect.key})`} at ${provider}`
}

/** What somebody threw, in one line. */
export function errorInBrief(error: unknown): string {
  const text = error instanceof Error ? String(error) : inspect(error, { depth: 2, breakLength: Infinity })
  return text.split('\n')[0] ?? ''
}

/** An operation in words: `cards.update of trello`. */
export function operationInWords({ provider, operation }: Pick<ExchangeRecord, 'provider' | 'operation'>): string {
  return `${operation ?? 'no known operation'} of ${provider}`
}

/** An intent in words, at the start of a sentence. */
export function intentInWords(intent: string): string {
  return intent === outsideIntents ? 'What ran outside of any intent' : `The intent "${intent}"`
}

/** Methods that whatever lies between client and server may repeat by itself (RFC 9110, section 9.2.2). */
const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])

/**
 * Counts the effects of a run. Those of a copy that something on the way made of a call count only if it should not
 * have made one: that a repeated PUT has its effect again is nobody's fault.
 */
export function tallyEffects(exchanges: readonly ExchangeRecord[]): EffectTally {
  const byIntent = new Map<string, Counts>()
  const total: Counts = new Map()
  for (const exchange of exchanges) {
    const { provider, intent, effects } = exchange
    if (exchange.duplicateOf !== undefined && repeatable.has(exchange.call.method)) continue
    for (const effect of effects) {
      const words = effectInWords(provider, effect)
      increment(countsOf(byIntent, intent), words)
      increment(total, words)
    }
  }
  return { byIntent, total }
}

/** How often an intent took back the very thing that an effect is about. */
export function takenBack(
  exchanges: readonly ExchangeRecord[],
  intent: string,
  effect: string,
  compensations: readonly string[],
): number {
  if (compensations.length === 0) return 0
  const all = exchanges
    .filter((exchange) => (exchange.intent ?? outsideIntents) === intent)
    .flatMap(({ provider, effects }) =>
      effects.map((one) => ({ ...one, provider, words: effectInWords(provider, one) })),
    )
  const about = all.find(({ words }) => words === effect)
  return all.filter(
    ({ what, key, provider }) => compensations.includes(what) && key === about?.key && provider === about.provider,
  ).length
}

/** Counts the calls of a run; copies that something on the way made are not the subject's. */
export function tallyCalls(exchanges: readonly ExchangeRecord[]): CallTally {
  const byIntent = new Map<string, Counts>()
  for (const exchange of exchanges) {
    if (exchange.duplicateOf === undefined) increment(countsOf(byIntent, exchange.intent), operationInWords(exchange))
  }
  return byIntent
}

function countsOf(byIntent: Map<string, Counts>, intent: string = outsideIntents): Counts {
  let counts = byIntent.get(intent)
  if (!counts) {
    counts = new Map()
    byIntent.set(intent, counts)
  }
  return counts
}

function increment(counts: Counts, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
