import type { ConnectionReport } from '../doors/live-types.ts'
import { counted } from '../report/words.ts'
import type { DeliveryRecord, ExchangeRecord } from '../simulator/journal.ts'
import { WorldError } from '../world/world-error.ts'
import { boundsInWords, exchangesMeant, queryInWords, settleQuery } from './exchange-query.ts'
import { evidenceOf } from './judgeable.ts'

/** What was found, and what to say when that is not what was expected. */
export interface Judgement {
  readonly pass: boolean
  /** Why it did not hold; of one that held, why its negation does not. */
  message(): string
}

/** How connections are judged. */
export interface ReuseOptions {
  /** Connections that may be open at the same time: how far a client may fan out. @defaultValue any number */
  readonly openMax?: number
}

/** Were there as many exchanges of a kind as a query demands? */
export function judgeExchanged(judged: unknown, query: unknown): Judgement {
  const evidence = evidenceOf(judged)
  const settled = settleQuery(query, evidence)
  const found = exchangesMeant(settled, evidence).length
  const pass = found >= settled.timesMin && found <= settled.timesMax
  const what = `of ${queryInWords(settled)}`
  const bounds = boundsInWords(settled)
  const isPlain = bounds === 'at least 1'
  const expected = pass
    ? `Expected ${isPlain ? 'no exchange' : `a number of exchanges other than ${bounds}`} ${what}`
    : `Expected ${isPlain ? 'an exchange' : `${bounds} exchanges`.replace(/\b(none|1) exchanges/, oneOrNone)} ${what}`
  const were = found === 0 ? 'there was none' : found === 1 ? 'there was 1' : `there were ${found}`
  return { pass, message: () => `${expected}; ${were}.\n\n${evidence.timeline()}` }
}

const oneOrNone = (_: string, number: string): string => (number === 'none' ? 'no exchange' : '1 exchange')

/** Is nothing on its way any more, and has every intent ended? */
export function judgeSettled(judged: unknown): Judgement {
  const { journal, intents, timeline } = evidenceOf(judged)
  const open = [
    ...journal.exchanges().filter(isOpen).map(exchangeInWords),
    ...journal.deliveries().filter(isOpen).map(deliveryInWords),
    ...intents.filter(({ status }) => status === 'pending').map(({ name }) => `the intent "${name}" has not ended`),
  ]
  const pass = open.length === 0
  const expected = pass ? 'Expected something to be under way; all has settled.' : 'Expected all to have settled:'
  return { pass, message: () => `${[expected, ...open].join('\n  ')}\n\n${timeline()}` }
}

function isOpen({ outcome }: ExchangeRecord | DeliveryRecord): boolean {
  return outcome === 'pending'
}

function exchangeInWords({ operation, nth, provider }: ExchangeRecord): string {
  return `${operation ?? 'an unknown operation'} #${nth} of ${provider} has no outcome yet`
}

function deliveryInWords({ topic, nth, provider }: DeliveryRecord): string {
  return `the delivery ${topic} #${nth} of ${provider} is on its way`
}

/** Has every fault struck that was planned or injected? */
export function judgeFaultsUsed(judged: unknown): Judgement {
  const { unused, timeline } = evidenceOf(judged)
  const pass = unused.length === 0
  const lines = unused.map(({ fault, on }) => `${fault.fault} never struck: there was no ${on}`)
  const expected = pass
    ? 'Expected a fault that never struck; there is none.'
    : 'Expected every fault to have struck, since one that did not proves nothing:'
  return { pass, message: () => `${[expected, ...lines].join('\n  ')}\n\n${timeline()}` }
}

/** Did clients keep and reuse their connections, instead of making one for each call? */
export function judgeReuse(judged: unknown, { openMax = Number.POSITIVE_INFINITY }: ReuseOptions = {}): Judgement {
  const { connections, timeline } = evidenceOf(judged)
  if (!connections) {
    throw new WorldError(
      'options_invalid',
      'In a world, calls come over no connections that could be counted. Judge a server of simulators instead.',
    )
  }
  if (!(openMax >= 1)) throw new WorldError('options_invalid', `openMax: got ${openMax}. It must be 1 or more.`)
  const { calls, opened, openedNeedlessly, openPeak } = connections
  const complaints = [
    ...(calls === 0 ? ['No call came over a connection, so nothing was proved.'] : []),
    ...(openedNeedlessly > 0 ? [`${counted(openedNeedlessly, 'connection')} opened while another lay idle.`] : []),
    ...(openPeak > openMax ? [`${openPeak} were open at the same time; ${openMax} may be.`] : []),
  ]
  const pass = complaints.length === 0
  const seen = `${counted(calls, 'call')} came over ${counted(opened, 'connection')}.`
  const expected = pass ? 'Expected connections not to be reused.' : 'Expected connections to be reused.'
  const lines = [expected, seen, ...complaints, ...clientsInWords(connections)].join('\n  ')
  return { pass, message: () => `${lines}\n\n${timeline()}` }
}

/** Only where it helps: with one client, the sums have said it all. */
function clientsInWords({ clients }: ConnectionReport): string[] {
  if (clients.length < 2) return []
  return clients.map(({ address, userAgent, calls, opened, openedNeedlessly }) => {
    const needlessly = openedNeedlessly > 0 ? `, ${openedNeedlessly} of them needlessly` : ''
    return `${userAgent || 'no user-agent'} at ${address}: ${counted(calls, 'call')}, ${counted(opened, 'connection')}${needlessly}`
  })
}
