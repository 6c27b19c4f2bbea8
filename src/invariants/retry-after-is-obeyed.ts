import * as z from 'zod'
import { headerOf } from '../http/messages.ts'
import type { ExchangeRecord } from '../simulator/journal.ts'
import { defineInvariant, type Invariant } from './invariant.ts'
import { intentInWords, operationInWords, outsideIntents } from './tallies.ts'

const settings = z.strictObject({})

/** A provider that asks for patience gets it. */
export const retryAfterIsObeyed: Invariant = defineInvariant({
  name: 'retry-after-is-obeyed',
  settings,
  explain: () => 'After a reply with Retry-After, the intent that got it leaves that provider alone until then.',
  *check({ exchanges }) {
    const patience = new Map<string, { readonly from: number; readonly until: number; readonly asked: string }>()
    for (const exchange of inOrderOfSending(exchanges)) {
      const key = `${exchange.provider} ${exchange.intent ?? outsideIntents}`
      const due = patience.get(key)
      if (due && exchange.sentAt > due.from && exchange.sentAt < due.until) {
        const early = ((due.until - exchange.sentAt) / 1000).toFixed(1)
        yield {
          message: `${intentInWords(exchange.intent ?? outsideIntents)} called ${operationInWords(exchange)} ${early} s before ${due.asked} had passed.`,
          at: exchange.sentAt,
        }
      }
      const asked = retryAfterOf(exchange)
      if (asked && (!due || asked.until > due.until)) patience.set(key, asked)
    }
  },
})

function inOrderOfSending(exchanges: readonly ExchangeRecord[]): readonly ExchangeRecord[] {
  return exchanges.filter(({ duplicateOf }) => duplicateOf === undefined)
}

/** RFC 9110, section 10.2.3: seconds, or a date. */
function retryAfterOf({
  status,
  reply,
  endedAt,
}: ExchangeRecord): { from: number; until: number; asked: string } | undefined {
  if (status === undefined || status < 400 || endedAt === undefined || !reply) return undefined
  const value = headerOf(reply, 'retry-after')?.trim()
  if (!value) return undefined
  const until = /^\d+$/.test(value) ? endedAt + Number(value) * 1000 : Date.parse(value)
  return Number.isFinite(until)
    ? { from: endedAt, until, asked: `the "Retry-After: ${value}" of a ${status}` }
    : undefined
}
