import { createHmac } from 'node:crypto'
import * as z from 'zod'
import { callOf, jsonReply, textOf } from '../../src/http/messages.ts'
import { defineSimulator } from '../../src/simulator/define-simulator.ts'

/** The origin at which the subject of these tests hears news. */
export const reader = 'https://reader.example'

/** How the newsroom signs. */
export function signatureOf(body: string): string {
  return createHmac('sha256', 'newsroom-secret').update(body).digest('hex')
}

/**
 * Newsroom: tells its readers what was published, at once and signed. Tries again after 1 and 2 seconds.
 *
 * @source   made up for the tests
 * @diverges from nothing
 */
export const newsroom = defineSimulator({
  name: 'newsroom',
  version: '1',
  origins: ['https://newsroom.example'],
  state: () => ({
    readers: [] as readonly string[],
    published: [] as readonly number[],
    tries: [] as readonly string[],
  }),
  errors: { unreachable: { status: 422, text: 'reader said %s' } },
  faults: ['duplicated', 'delayed', 'reordered', 'lost', 'tampered', 'replayed-late', 'burst', 'stale-read'],
  secrets: () => ['newsroom-secret'],
  operations: (operation) => ({
    subscribe: operation('POST /readers', { body: z.object({ url: z.string() }), effect: 'create' }, async (ctx) => {
      const outcome = await ctx.send(callOf(ctx.body.url, { method: 'HEAD' }))
      const said = outcome.kind === 'replied' ? String(outcome.reply.status) : outcome.kind
      if (said !== '200') return ctx.fail('unreachable', said)
      ctx.state.readers = [...ctx.state.readers, ctx.body.url]
      return jsonReply(201, {})
    }),
    publish: operation('POST /news', { effect: 'create' }, (ctx) => {
      const number = ctx.state.published.length + 1
      ctx.state.published = [...ctx.state.published, number]
      ctx.emit('news.published', { number })
      return jsonReply(201, { number })
    }),
  }),
  webhooks: {
    retryDelaysMs: [1_000, 2_000],
    timeoutMs: 5_000,
    subscriptions: ({ state }) => state.readers.map((url) => ({ id: url, url })),
    isActive: () => true,
    request: (_ctx, { url }, { payload }) => {
      const body = JSON.stringify(payload)
      return callOf(url, { method: 'POST', headers: { 'x-signature': signatureOf(body) }, body })
    },
    accepts: (outcome) => outcome.kind === 'replied' && outcome.reply.status < 300,
    settled: (ctx, _subscription, { attempt, final, outcome }) => {
      const how = outcome === 'timed-out' ? outcome : outcome.kind === 'replied' ? outcome.reply.status : outcome.kind
      ctx.state.tries = [...ctx.state.tries, `${attempt}: ${how}${final ? ', final' : ''}`]
    },
  },
})

/** What a reader made of one request. */
export interface Told {
  readonly atMs: number
  readonly number: number
  readonly genuine: boolean
}

/** Reads a delivery as a careful reader would: verifies it over the raw bytes. */
export async function toldBy(request: Request, atMs: number): Promise<Told> {
  const body = textOf(await request.bytes())
  const { number } = JSON.parse(body) as { number: number }
  return { atMs, number, genuine: request.headers.get('x-signature') === signatureOf(body) }
}
