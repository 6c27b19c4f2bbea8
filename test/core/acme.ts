import * as z from 'zod'
import { type Client, type ClientSettings, createClient, operation, type Provider } from '../../src/core/index.ts'
import type { Headers, Reply } from '../../src/http/exchange.ts'
import { headerOf, jsonReply } from '../../src/http/messages.ts'
import type { FaultName } from '../../src/simulator/fault-names.ts'
import { defineSimulator } from '../../src/simulator/index.ts'

/** Something that Acme keeps. */
export interface Thing {
  readonly id: string
  readonly name: string
  readonly version: number
}

const faults: readonly FaultName[] = [
  ...(['rate-limited', 'bad-request', 'unauthorized', 'forbidden', 'not-found', 'conflict', 'server-error'] as const),
  ...(['latency', 'hang', 'connection-refused', 'connection-timeout', 'dns-failure', 'connection-reset'] as const),
  ...(['reply-lost', 'truncated-body', 'malformed-body', 'slow-body', 'schema-drift', 'stale-read'] as const),
]

/**
 * Acme: keeps things, and answers with what a test put into `state.script` as long as there is any.
 *
 * @source   made up for the tests
 * @diverges from nothing: there is no such provider
 */
export const acme = defineSimulator({
  name: 'acme',
  version: '1',
  origins: ['https://api.acme.example'],
  state: () => ({
    things: new Map<string, Thing>([['t1', { id: 't1', name: 'first', version: 1 }]]),
    script: [] as Reply[],
    reads: [] as { readonly name: string; readonly query: object }[],
  }),
  errors: { no_thing: { status: 404 } },
  faults,
  operations: (op) => ({
    read: op('GET /v1/things/:id', {}, ({ state, params, fail }) => {
      const scripted = state.script.shift()
      if (scripted) return scripted
      const thing = state.things.get(params.id)
      return thing ? jsonReply(200, thing) : fail('no_thing')
    }),
    list: op('GET /v1/things', {}, ({ state }) => jsonReply(200, [...state.things.values()])),
    create: op('POST /v1/things', { effect: 'create' }, ({ state, body, ids }) => {
      const scripted = state.script.shift()
      if (scripted) return scripted
      const thing = { id: ids.next(), name: String((body as { name?: unknown }).name), version: 1 }
      state.things.set(thing.id, thing)
      return jsonReply(201, thing)
    }),
    rename: op('PUT /v1/things/:id', { effect: 'update' }, ({ state, params, body, fail }) => {
      const scripted = state.script.shift()
      if (scripted) return scripted
      const thing = state.things.get(params.id)
      if (!thing) return fail('no_thing')
      const renamed = { ...thing, name: String((body as { name?: unknown }).name), version: thing.version + 1 }
      state.things.set(thing.id, renamed)
      return jsonReply(200, renamed)
    }),
    remove: op('DELETE /v1/things/:id', { effect: 'delete' }, ({ state, params, fail }) =>
      state.things.delete(params.id) ? { status: 204, headers: {}, body: new Uint8Array(0) } : fail('no_thing'),
    ),
    say: op('GET /v1/words/:name/said', {}, ({ state, params, queryFields }) => {
      state.reads.push({ name: params.name, query: queryFields })
      return jsonReply(200, { name: params.name })
    }),
    work: op('POST /v1/work', {}, ({ call }) => jsonReply(200, { of: headerOf(call, 'authorization') })),
  }),
})

/** Credentials that show wherever they leak. */
export const credentials: { readonly token: string } = { token: 'acme-secret/4711+Ü' }

/** The token as it goes over the wire. */
export const tokenInHeader: string = Buffer.from(credentials.token).toString('base64')

const authorization = `Bearer ${tokenInHeader}`

/** Acme as the core speaks to it; no windows of its own. */
export const acmeProvider: Provider<typeof credentials> = {
  name: 'acme',
  origin: 'https://api.acme.example',
  authenticate: () => ({ authorization }),
  windows: [],
}

/** A client of Acme. It tries three times and waits from nothing to 100 ms first, unless a test says otherwise. */
export function acmeClient(settings: ClientSettings = {}, provider: Partial<typeof acmeProvider> = {}): Client {
  const ours = { callsMax: 3, waitMsFirst: 100, totalMsMax: 60_000, attemptMsMax: 10_000 }
  return createClient({ ...acmeProvider, ...provider }, { ...ours, ...settings, credentials })
}

const thing: z.ZodType<Thing> = z.object({ id: z.string(), name: z.string(), version: z.number() })
const byId = z.object({ params: z.object({ id: z.string() }) })
const named = z.object({ body: z.object({ name: z.string().min(2, 'must have two letters') }) })

/** Reads one thing. */
export const read = operation({
  ...{ name: 'read', method: 'GET', path: '/v1/things/:id', effect: 'none', input: byId, reply: thing },
})

/** Reads all things. */
export const list = operation({
  ...{ name: 'list', method: 'GET', path: '/v1/things', effect: 'none', input: z.object({}), reply: z.array(thing) },
})

/** Makes a thing, a further one each time. */
export const create = operation({
  ...{ name: 'create', method: 'POST', path: '/v1/things', effect: 'unsafe', input: named, reply: thing },
})

/** Makes a thing; asks by name whether it is there when that is not clear. */
export const createKnowingly = operation({
  ...create,
  reconcile: async (ask, { body: { name } }) => {
    const found = (await ask(list, {})).find((one) => one.name === name)
    return found ? { applied: 'yes', value: found } : { applied: 'no' }
  },
})

/** Names a thing anew: twice comes to the same. */
export const rename = operation({
  ...{ name: 'rename', method: 'PUT', path: '/v1/things/:id', effect: 'idempotent', reply: thing },
  input: byId.extend({ body: z.object({ name: z.string() }) }),
})

/** Takes a thing away; the reply has no body. */
export const remove = operation({
  ...{ name: 'remove', method: 'DELETE', path: '/v1/things/:id', effect: 'idempotent' },
  ...{ input: byId, reply: z.undefined() },
})

/** Asks whether a thing is there. */
export const look = operation({
  ...{ name: 'look', method: 'HEAD', path: '/v1/things/:id', effect: 'none', input: byId, reply: z.undefined() },
})

/** The thing that stands in Acme from the start. */
export const first = { params: { id: 't1' } } as const

/** A reply of a status, with what a test says of it. */
export function answer(status: number, body: string | object = '', headers: Headers = {}): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: Buffer.from(text) }
}
