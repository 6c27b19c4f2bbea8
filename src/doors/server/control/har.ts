import { STATUS_CODES } from 'node:http'
import * as z from 'zod'
import type { Headers } from '../../../http/exchange.ts'
import type { DeliveryRecord, ExchangeRecord, JournalRecord } from '../../../simulator/journal.ts'

const pairs = z.array(z.strictObject({ name: z.string(), value: z.string() }))
const cookies = z.array(z.never()).describe('Always empty: cookies are credentials.')
const size = z.int().min(-1)

/** HTTP Archive 1.2, as browsers and proxies read it. */
export const harDocument: z.ZodType = z.strictObject({
  log: z.strictObject({
    version: z.literal('1.2'),
    creator: z.strictObject({ name: z.string(), version: z.string() }),
    entries: z.array(
      z.strictObject({
        startedDateTime: z.iso.datetime(),
        time: z.number().min(0).describe('Milliseconds; 0 while it is under way.'),
        request: z.strictObject({
          ...{ method: z.string(), url: z.string(), httpVersion: z.string() },
          ...{ cookies, headers: pairs, queryString: pairs },
          postData: z.strictObject({ mimeType: z.string(), text: z.string() }).optional(),
          ...{ headersSize: size, bodySize: size },
        }),
        response: z.strictObject({
          status: z.int().describe('0 when none was seen.'),
          ...{ statusText: z.string(), httpVersion: z.string(), cookies, headers: pairs },
          content: z.strictObject({
            size,
            mimeType: z.string(),
            text: z.string().optional(),
            encoding: z.literal('base64').optional(),
          }),
          ...{ redirectURL: z.string(), headersSize: size, bodySize: size },
        }),
        cache: z.strictObject({}),
        timings: z.strictObject({ send: z.number(), wait: z.number(), receive: z.number() }),
        comment: z.string().describe('Operation or topic, how it ended, and the faults that struck it.'),
      }),
    ),
  }),
})

/**
 * Puts exchanges and deliveries into an HTTP Archive; notes have no place there.
 *
 * @param version  Of the toolkit.
 */
export function harOf(records: readonly JournalRecord[], version: string): object {
  const entries = records.filter((record) => record.kind !== 'note').map(entryOf)
  return { log: { version: '1.2', creator: { name: 'stuntdouble', version }, entries } }
}

function entryOf(record: ExchangeRecord | DeliveryRecord): object {
  const { sentAt, endedAt = sentAt, call, outcome, status, injected } = record
  const time = Math.max(0, endedAt - sentAt)
  const what = record.kind === 'exchange' ? (record.operation ?? 'no operation') : `delivery of ${record.topic}`
  const struck = injected.length === 0 ? '' : `, struck by ${injected.map(({ fault }) => fault).join(', ')}`
  return {
    startedDateTime: new Date(sentAt).toISOString(),
    time,
    request: {
      ...{ method: call.method, url: call.url, httpVersion: 'HTTP/1.1', cookies: [] },
      ...{ headers: pairsOf(call.headers), queryString: queryOf(call.url) },
      ...(call.body !== '' && { postData: { mimeType: typeOf(call.headers), text: call.body } }),
      ...{ headersSize: -1, bodySize: sizeOf(call.body) },
    },
    response: responseOf(status, record.kind === 'exchange' ? record.reply : undefined),
    cache: {},
    timings: { send: 0, wait: time, receive: 0 },
    comment: `${record.provider}: ${what}, ${outcome}${struck}`,
  }
}

function responseOf(status: number | undefined, reply: ExchangeRecord['reply']): object {
  const { headers = {}, body = '' } = reply ?? {}
  const bytes = sizeOf(body)
  const location = headers['location']
  return {
    ...{ status: status ?? 0, statusText: STATUS_CODES[status ?? 0] ?? '', httpVersion: 'HTTP/1.1', cookies: [] },
    headers: pairsOf(headers),
    content: { size: bytes, mimeType: typeOf(headers), ...(body !== '' && contentOf(body)) },
    ...{ redirectURL: typeof location === 'string' ? location : '', headersSize: -1, bodySize: reply ? bytes : -1 },
  }
}

const base64 = 'base64:'

function contentOf(body: string): { readonly text: string; readonly encoding?: 'base64' } {
  return body.startsWith(base64) ? { text: body.slice(base64.length), encoding: 'base64' } : { text: body }
}

function sizeOf(body: string): number {
  return body.startsWith(base64) ? Buffer.byteLength(body.slice(base64.length), 'base64') : Buffer.byteLength(body)
}

function pairsOf(headers: Headers): { readonly name: string; readonly value: string }[] {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => ({ name, value: one })))
}

function queryOf(url: string): { readonly name: string; readonly value: string }[] {
  const query = URL.canParse(url) ? new URL(url).searchParams : []
  return [...query].map(([name, value]) => ({ name, value }))
}

function typeOf(headers: Headers): string {
  return [headers['content-type'] ?? 'application/octet-stream'].flat().join(', ')
}
