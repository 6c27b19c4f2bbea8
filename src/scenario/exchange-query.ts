import * as z from 'zod'
import { callFaultNames } from '../faults/catalogue.ts'
import { complaintsOf } from '../faults/complaints.ts'
import { didYouMean } from '../simulator/did-you-mean.ts'
import type { CallFaultName } from '../simulator/fault-names.ts'
import type { ExchangeRecord, JournalOutcome } from '../simulator/journal.ts'
import { WorldError } from '../world/world-error.ts'
import type { Evidence, Names } from './judgeable.ts'

/**
 * Which exchanges are meant, and how many of them there must be: at least one, unless it says otherwise. Copies that a
 * fault made on the way do not count: the subject sent none of them.
 */
export interface ExchangeQuery<Known extends Names = Names> {
  /** Name of the provider, as the world has it. @defaultValue any */
  readonly provider?: Known['provider']
  /** @defaultValue any, those included that no operation matched */
  readonly operation?: Known['operation']
  /** Status that the subject saw. @defaultValue any, or none */
  readonly status?: number
  /** How it ended, as the subject saw it. @defaultValue in any way */
  readonly outcome?: JournalOutcome
  /** The fault that struck it; `true` for any, `false` for none. @defaultValue struck or not */
  readonly injected?: CallFaultName | boolean
  /** Name of the intent that it served. @defaultValue any, or none */
  readonly intent?: string
  /** How many there must be, exactly. */
  readonly times?: number
  /** How many there must be at least. @defaultValue 1, unless `times` or `timesMax` is given */
  readonly timesMin?: number
  /** How many there may be. */
  readonly timesMax?: number
}

const outcomes = {
  ...{ pending: true, replied: true, hung: true, refused: true, unreachable: true, unresolved: true, untrusted: true },
  ...{ reset: true, truncated: true, garbled: true, dripped: true, aborted: true, 'timed-out': true },
} as const satisfies Record<JournalOutcome, true>

const count = z.int().min(0).optional()
const querySchema = z.strictObject({
  provider: z.string().optional(),
  operation: z.string().optional(),
  status: z.int().min(100).max(599).optional(),
  outcome: z.enum(Object.keys(outcomes) as [JournalOutcome, ...JournalOutcome[]]).optional(),
  injected: z.union([z.boolean(), z.enum(callFaultNames as [CallFaultName, ...CallFaultName[]])]).optional(),
  intent: z.string().optional(),
  ...{ times: count, timesMin: count, timesMax: count },
})

/** A query that fits the simulators, with both of its bounds. */
export interface SettledQuery extends Omit<ExchangeQuery, 'times' | 'timesMin' | 'timesMax'> {
  readonly timesMin: number
  readonly timesMax: number
}

/**
 * Checks a query against the simulators: one that names what does not exist would match nothing, and its negation hold
 * for ever.
 *
 * @throws WorldError  `options_invalid`, with the nearest name
 */
export function settleQuery(given: unknown, { simulators }: Pick<Evidence, 'simulators'>): SettledQuery {
  const parsed = querySchema.safeParse(given)
  if (!parsed.success) throw misfit(complaintsOf(parsed.error, querySchema, given, '', 'the query'))
  const { provider, operation, times, timesMin, timesMax, ...rest } = parsed.data
  const names = Object.keys(simulators)
  if (provider !== undefined && !names.includes(provider)) {
    throw misfit([`provider: there is no "${provider}". ${didYouMean(provider, names)}`])
  }
  const asked = Object.entries(simulators).filter(([name]) => provider === undefined || name === provider)
  const operations = asked.flatMap(([, simulator]) => Object.keys(simulator.operations))
  if (operation !== undefined && !operations.includes(operation)) {
    const at = asked.map(([name]) => name).join(' or ')
    throw misfit([`operation: ${at} has no "${operation}". ${didYouMean(operation, operations)}`])
  }
  if (times !== undefined && (timesMin !== undefined || timesMax !== undefined)) {
    throw misfit(['times is exact: give it alone, or timesMin and timesMax.'])
  }
  const min = times ?? timesMin ?? (timesMax === undefined ? 1 : 0)
  const max = times ?? timesMax ?? Number.POSITIVE_INFINITY
  if (min > max) throw misfit([`timesMin: got ${min}, which is more than timesMax, ${max}.`])
  return { ...rest, provider, operation, timesMin: min, timesMax: max } as SettledQuery
}

function misfit(complaints: readonly string[]): WorldError {
  return new WorldError('options_invalid', ['Which exchanges are meant?', ...complaints].join('\n  '))
}

/** The exchanges that a query means, whatever their number. */
export function exchangesMeant(query: SettledQuery, { journal }: Pick<Evidence, 'journal'>): readonly ExchangeRecord[] {
  const { provider, operation, status, outcome, injected, intent } = query
  return journal
    .exchanges()
    .filter(
      (exchange) =>
        exchange.duplicateOf === undefined &&
        (provider === undefined || exchange.provider === provider) &&
        (operation === undefined || exchange.operation === operation) &&
        (status === undefined || exchange.status === status) &&
        (outcome === undefined || exchange.outcome === outcome) &&
        (intent === undefined || exchange.intent === intent) &&
        (injected === undefined || isStruck(exchange, injected)),
    )
}

function isStruck({ injected: faults }: ExchangeRecord, by: CallFaultName | boolean): boolean {
  return typeof by === 'boolean' ? faults.length > 0 === by : faults.some(({ fault }) => fault === by)
}

/** `cards.update of trello with status 200, struck by rate-limited` */
export function queryInWords({ provider, operation, status, outcome, injected, intent }: SettledQuery): string {
  const parts = [
    `${operation ?? 'any operation'}${provider === undefined ? '' : ` of ${provider}`}`,
    ...(status === undefined ? [] : [`with status ${status}`]),
    ...(outcome === undefined ? [] : [`with the outcome "${outcome}"`]),
    ...(injected === undefined ? [] : [struckInWords(injected)]),
    ...(intent === undefined ? [] : [`in the intent "${intent}"`]),
  ]
  return parts.join(', ').replace(', ', ' ')
}

function struckInWords(injected: CallFaultName | boolean): string {
  if (typeof injected === 'string') return `struck by ${injected}`
  return injected ? 'struck by a fault' : 'struck by no fault'
}

/** `exactly 1`, `at least 2`, `2 to 4` */
export function boundsInWords({ timesMin, timesMax }: SettledQuery): string {
  if (timesMin === timesMax) return timesMin === 0 ? 'none' : `exactly ${timesMin}`
  if (timesMax === Number.POSITIVE_INFINITY) return `at least ${timesMin}`
  return timesMin === 0 ? `at most ${timesMax}` : `${timesMin} to ${timesMax}`
}
