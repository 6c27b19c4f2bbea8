import ky from 'ky'
import {
  Agent,
  Client,
  type Dispatcher,
  Dispatcher1Wrapper,
  interceptors,
  Pool,
  request,
  fetch as undiciFetch,
} from 'undici'
import { nodeClientKinds } from './node-clients.ts'

/** How long a client waits, in milliseconds. */
export interface Patience {
  readonly connectMs: number
  readonly headersMs: number
  readonly bodyMs: number
}

/** What a client is asked to send; each renders it in its own terms. */
export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: unknown
  readonly signal?: AbortSignal
  /** For clients that follow redirects. */
  readonly redirect?: 'follow' | 'manual' | 'error'
}

/** The head of an answer, and how to read on. */
export interface Answered {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  /** Where it came from and how, as far as the client says so. */
  readonly about: object
  body(): Promise<Buffer>
}

/** Something that sends calls. */
export interface HttpClient {
  ask(url: string, asked?: Asked): Promise<Answered>
  close(): Promise<unknown>
}

/** How a client tells of what went wrong; each family in words of its own. */
export type Family = 'undici' | 'fetch' | 'ky' | 'node' | 'axios' | 'got'

/** A kind of client, and how it is made. */
export interface ClientKind {
  readonly name: string
  /** How it tells of what went wrong: undici as it is, fetch wrapped in an error of its own. */
  readonly family: Family
  readonly followsRedirects: boolean
  /** True for clients whose TLS differs from what they do without: they go through the suites both ways. */
  readonly speaksTls?: true
  /** How long it waits when told to wait `patience`: some cannot be told, or cannot be seen to have been. */
  patienceIn(where: 'world' | 'reality', patience: Patience): Patience
  open(origin: string, patience: Patience): HttpClient
}

const defaults: Patience = { connectMs: 10_000, headersMs: 300_000, bodyMs: 300_000 }

/** Every client that a world answers. A client to come joins the suites by its entry here, or in `ways`. */
export const clientKinds: readonly ClientKind[] = [
  {
    ...{ name: 'undici.request', family: 'undici', followsRedirects: false },
    patienceIn: (where, patience) => (where === 'world' ? { ...patience, connectMs: defaults.connectMs } : patience),
    open: (origin, patience) => {
      // In reality it must not wait for the default ten seconds to connect.
      const dispatcher = origin.includes('127.0.0.1') ? { dispatcher: agentOf(patience) } : {}
      const timeouts = { headersTimeout: patience.headersMs, bodyTimeout: patience.bodyMs }
      return requesting((url, asked) => request(url, { ...asked, ...timeouts, ...dispatcher }))
    },
  },
  {
    ...{ name: 'undici.request through an Agent', family: 'undici', followsRedirects: false },
    patienceIn: (_where, patience) => patience,
    open: (_origin, patience) => {
      const dispatcher = agentOf(patience)
      return requesting((url, asked) => request(url, { ...asked, dispatcher }), dispatcher)
    },
  },
  {
    ...{ name: 'an undici Agent with interceptors', family: 'undici', followsRedirects: false },
    patienceIn: (_where, patience) => patience,
    open: (_origin, patience) => {
      const agent = agentOf(patience)
      const dispatcher = agent.compose(
        interceptors.retry({ maxRetries: 0, statusCodes: [], errorCodes: [] }),
        interceptors.redirect({ maxRedirections: 0 }),
      )
      return requesting((url, asked) => request(url, { ...asked, dispatcher }), agent)
    },
  },
  {
    ...{ name: 'an undici Pool', family: 'undici', followsRedirects: false },
    patienceIn: withoutConnect,
    open: (origin, patience) => {
      const pool = new Pool(origin, optionsOf(patience))
      return requesting((url, asked) => pool.request({ ...asked, path: url.slice(origin.length) }), pool)
    },
  },
  {
    ...{ name: 'an undici Client', family: 'undici', followsRedirects: false },
    patienceIn: withoutConnect,
    open: (origin, patience) => {
      const client = new Client(origin, optionsOf(patience))
      return requesting((url, asked) => client.request({ ...asked, path: url.slice(origin.length) }), client)
    },
  },
  {
    ...{ name: 'undici.fetch', family: 'fetch', followsRedirects: true },
    patienceIn: (_where, patience) => patience,
    open: (_origin, patience) => {
      const dispatcher = agentOf(patience)
      return fetching((url, init) => undiciFetch(url, { ...init, dispatcher } as never) as never, dispatcher)
    },
  },
  {
    ...{ name: 'fetch', family: 'fetch', followsRedirects: true },
    patienceIn: (where, patience) => (where === 'world' ? defaults : patience),
    open: (origin, patience) => fetching((url, init) => fetch(url, { ...init, ...toldInReality(origin, patience) })),
  },
  {
    ...{ name: 'fetch with settings that are not plain', family: 'fetch', followsRedirects: true },
    patienceIn: (where, patience) => (where === 'world' ? defaults : patience),
    open: (origin, patience) =>
      fetching((url, init) => fetch(url, { ...init, mode: 'cors', ...toldInReality(origin, patience) })),
  },
  {
    ...{ name: 'fetch through a dispatcher of the older interface', family: 'fetch', followsRedirects: true },
    patienceIn: (_where, patience) => patience,
    open: (_origin, patience) => {
      const dispatcher = new Dispatcher1Wrapper(agentOf(patience))
      return fetching((url, init) => fetch(url, { ...init, dispatcher } as never))
    },
  },
  {
    ...{ name: 'ky', family: 'ky', followsRedirects: true },
    patienceIn: (where, patience) => (where === 'world' ? defaults : patience),
    open: (origin, patience) => {
      const asItIs = { retry: 0, timeout: false, throwHttpErrors: false } as const
      return fetching((url, init) => ky(url, { ...init, ...toldInReality(origin, patience), ...asItIs } as never))
    },
  },
  ...nodeClientKinds,
]

/** What its connector closes over cannot be read from outside. */
function withoutConnect(where: 'world' | 'reality', patience: Patience): Patience {
  return where === 'world' ? { ...patience, connectMs: defaults.connectMs } : patience
}

/** Node's own fetch waits for minutes unless it is given a dispatcher that does not. */
function toldInReality(origin: string, patience: Patience): object {
  return origin.includes('127.0.0.1') ? { dispatcher: new Dispatcher1Wrapper(agentOf(patience)) } : {}
}

function optionsOf({ connectMs, headersMs, bodyMs }: Patience): Agent.Options {
  return { connect: { timeout: connectMs }, headersTimeout: headersMs, bodyTimeout: bodyMs }
}

function agentOf(patience: Patience): Agent {
  return new Agent(optionsOf(patience))
}

type Requests = (url: string, asked: { method: Dispatcher.HttpMethod }) => Promise<Dispatcher.ResponseData>

function requesting(send: Requests, closing?: { destroy(): Promise<unknown> }): HttpClient {
  return {
    ask: async (url, { method = 'GET', redirect: _, ...asked } = {}) => {
      const { statusCode, headers, body } = await send(url, { method: method as Dispatcher.HttpMethod, ...asked })
      const pairs = Object.entries(headers).flatMap(([name, value]) =>
        [value ?? ''].flat().map((one) => [name, one] as const),
      )
      return { status: statusCode, headers: pairs, about: {}, body: async () => Buffer.from(await body.arrayBuffer()) }
    },
    close: async () => closing?.destroy(),
  }
}

function fetching(send: (url: string, init: RequestInit) => Promise<Response>, closing?: Agent): HttpClient {
  return {
    ask: async (url, { headers, ...asked } = {}) => {
      const pairs = Object.entries(headers ?? {}).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, String(one)]),
      )
      const streams = asked.body instanceof ReadableStream ? { duplex: 'half' } : {}
      const response = await send(url, { ...asked, ...streams, headers: pairs } as RequestInit)
      const { type, redirected, statusText, ok } = response
      return {
        status: response.status,
        headers: [...response.headers],
        about: { type, redirected, statusText, ok, path: response.url.replace(/^\w+:\/\/[^/]+/, '') },
        body: async () => Buffer.from(await response.arrayBuffer()),
      }
    },
    close: async () => closing?.destroy(),
  }
}
