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
    const asked = new Map<string, Patience[]>()
    for (const exchange of exchanges) {
      if (exchange.duplicateOf !== undefined) continue
      const key = `${exchange.provider} ${exchange.intent ?? outsideIntents}`
      const open = asked.get(key) ?? []
      const broken = open.filter(({ knownAfter, until }) => exchange.n > knownAfter && exchange.sentAt < until)
      const [longest] = broken.toSorted((a, b) => b.until - a.until)
      if (longest) {
        yield {
          message: `${intentInWords(exchange.intent ?? outsideIntents)} called ${operationInWords(exchange)} ${inSeconds(longest.until - exchange.sentAt)} before ${longest.words} had passed.`,
          at: exchange.sentAt,
        }
      }
      const patience = retryAfterOf(exchange)
      // Once is enough: whoever hammers breaks the same demand again and again.
      const kept = broken.length > 0 ? open.filter((one) => !broken.includes(one)) : open
      if (patience || kept !== open) asked.set(key, patience ? [...kept, patience] : kept)
    }
  },
})

/** What a provider has asked for. */
interface Patience {
  /** Records of a higher number were begun by a subject that knew. */
  readonly knownAfter: number
  readonly until: number
  readonly words: string
}

function inSeconds(ms: number): string {
  return ms < 100 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** RFC 9110, section 10.2.3: seconds, or a date. */
function retryAfterOf({ status, reply, endedAt, endedAfter }: ExchangeRecord): Patience | undefined {
  if (status === undefined || status < 400 || endedAt === undefined || endedAfter === undefined) return undefined
  const value = reply && headerOf(reply, 'retry-after')?.trim()
  if (!value) return undefined
  const until = /^\d+$/.test(value) ? endedAt + Number(value) * 1000 : Date.parse(value)
  if (!Number.isFinite(until)) return undefined
  return { knownAfter: endedAfter, until, words: `the "Retry-After: ${value}" of a ${status}` }
}
