import type { Call, Reply } from '../../src/http/exchange.ts'
import { emptyBody } from '../../src/http/exchange.ts'
import { jsonReply, textReply } from '../../src/http/messages.ts'
import { defineSimulator } from '../../src/simulator/define-simulator.ts'

/** Every byte there is, so that no text conversion on the way goes unnoticed. */
export const everyByte: Uint8Array = Uint8Array.from({ length: 256 }, (_, value) => value)

/** What the parrot heard, as it tells it. */
export interface Heard {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly bodyBase64: string
}

/**
 * Parrot: repeats every call that it has no operation for, learns words, and shows every fault there is.
 *
 * @source   made up for the tests
 * @diverges from nothing
 */
export const parrot = defineSimulator({
  name: 'parrot',
  version: '1',
  origins: ['http://parrot.localhost', 'http://parrot.example', 'https://parrot.example'],
  state: () => ({ words: ['hello'] as readonly string[] }),
  errors: {},
  unknownRoute: (call) => jsonReply(200, heard(call)),
  faults: [
    ...(['rate-limited', 'bad-request', 'unauthorized', 'forbidden', 'not-found', 'conflict', 'server-error'] as const),
    ...(['latency', 'hang', 'connection-refused', 'connection-timeout', 'dns-failure', 'connection-reset'] as const),
    ...(['reply-lost', 'truncated-body', 'malformed-body', 'wrong-content-type', 'slow-body', 'schema-drift'] as const),
    ...(['stale-read', 'call-duplicated', 'certificate-expired', 'garbled-reply'] as const),
  ],
  operations: (operation) => ({
    say: operation('GET /words', {}, ({ state }) => jsonReply(200, spoken(state.words))),
    learn: operation('POST /words', { effect: 'create' }, (ctx) => {
      ctx.state.words = [...ctx.state.words, `word ${ctx.state.words.length}`]
      return jsonReply(201, spoken(ctx.state.words))
    }),
    replace: operation('PUT /words', { effect: 'update' }, (ctx) => {
      ctx.state.words = [...ctx.state.words, `word ${ctx.state.words.length}`]
      return jsonReply(200, spoken(ctx.state.words))
    }),
    cookies: operation('GET /cookies', {}, () => textReply(200, '', { 'set-cookie': ['a=1; Path=/', 'b=2, 3'] })),
    bytes: operation('GET /bytes', {}, () => ({
      status: 200,
      headers: { 'content-type': 'application/octet-stream' },
      body: everyByte,
    })),
    head: operation('HEAD /words', {}, () => ({ status: 200, headers: { 'x-words': '1' }, body: emptyBody })),
    nothing: operation('DELETE /words', {}, () => ({ status: 204, headers: { 'x-gone': 'yes' }, body: emptyBody })),
    unchanged: operation('GET /unchanged', {}, () => ({ status: 304, headers: { etag: '"1"' }, body: emptyBody })),
    teapot: operation('GET /teapot', {}, () => textReply(418, 'short and stout')),
    moved: operation('GET /moved/:status', {}, (ctx) => moved(ctx.params.status, ctx.queryFields['to'])),
    movedPost: operation('POST /moved/:status', {}, (ctx) => moved(ctx.params.status, ctx.queryFields['to'])),
    movedPut: operation('PUT /moved/:status', {}, (ctx) => moved(ctx.params.status, ctx.queryFields['to'])),
  }),
})

function spoken(words: readonly string[]): object {
  return { id: words.length, words, mood: 'calm' }
}

function moved(status: string, to: unknown): Reply {
  const headers = typeof to === 'string' ? { location: to } : {}
  return textReply(Number(status), 'elsewhere', headers)
}

function heard({ method, path, query, headers, body }: Call): Heard {
  return { method, path, query, headers, bodyBase64: Buffer.from(body).toString('base64') }
}
