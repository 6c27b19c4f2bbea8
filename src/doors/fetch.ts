import { STATUS_CODES } from 'node:http'
import { type Call, emptyBody, type Headers as HeaderMap, type Outcome, type Reply } from '../http/exchange.ts'
import type { Network, Ticket } from './network.ts'
import type { NetworkClock } from './network-parts.ts'
import { withLength } from './reply-body.ts'
import { undiciBodyTimeout, undiciError } from './undici-errors.ts'

/** What the fetch door needs of the world it opens into. */
export interface FetchDoorParts {
  readonly network: Network
  readonly clock: NetworkClock
  readonly intent: () => string | undefined
  /** Node's own `fetch`, for what is not plain; it comes in by the dispatcher door. */
  readonly original: typeof fetch
}

/** Node's own waits, in milliseconds. */
const patience = { connectMs: 10_000, headersMs: 300_000, bodyMs: 300_000 } as const

const plainMembers = new Set(['method', 'headers', 'body', 'signal', 'redirect'])
const tokenName = /^[\w!#$%&'*+.^`|~-]+$/
const visibleValue = /^[\t\x20-\x7e]*$/

/**
 * A `fetch` that answers plain calls straight from a network: several times as quick as the algorithm of Node's own.
 * What is not plain (a body that is a stream or a form, `cache`, `integrity`, a `Request` with a body) takes Node's own.
 */
export function openFetchDoor(parts: FetchDoorParts): typeof fetch {
  return (input, init) => {
    const plain = plainCall(input, init as PlainInit | undefined)
    return plain && parts.network.providerAt(plain.call.origin)
      ? answered(parts, plain, 0)
      : parts.original(input, init)
  }
}

/** What answers calls as `fetch` would, without a `fetch` to go on to. */
export type FetchSource = Pick<FetchDoorParts, 'network' | 'clock'>

/** Answers one call as `fetch` would that follows no redirect: by a response, or by an error as Node's own raises it. */
export function fetched(source: FetchSource, call: Call, signal: AbortSignal | undefined): Promise<Response> {
  const nobody = (): never => {
    throw new TypeError(`No simulator serves ${call.origin}.`)
  }
  const { network, clock } = source
  return answered({ network, clock, intent: noIntent, original: nobody }, { call, signal, redirect: 'manual' }, 0)
}

const noIntent = (): undefined => undefined

const redirectsMax = 20

function answered(parts: FetchDoorParts, plain: PlainCall, redirects: number): Promise<Response> {
  const { call, signal } = plain
  const provider = parts.network.providerAt(call.origin)
  if (!provider) return parts.original(urlOf(call), { method: call.method, signal: signal ?? null })
  if (signal?.aborted) return Promise.reject(signal.reason)
  return new Promise((resolve, reject) => {
    let ticket: Ticket | undefined
    const giveUp = (): void => {
      ticket?.giveUp('aborted')
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    ticket = parts.network.send(provider, call, patience, parts.intent(), (outcome) => {
      signal?.removeEventListener('abort', giveUp)
      const location = plain.redirect === 'follow' ? redirectOf(outcome) : undefined
      if (location === undefined) settle(parts, plain, outcome, redirects > 0, resolve, reject)
      else resolve(follow(parts, plain, location, outcome, redirects))
    })
  })
}

/** Follows a redirect as far as the Fetch standard lets it. */
async function follow(
  parts: FetchDoorParts,
  plain: PlainCall,
  location: string,
  outcome: Outcome,
  redirects: number,
): Promise<Response> {
  const to = await new Promise<URL>((resolve) => resolve(new URL(location, urlOf(plain.call)))).catch(
    (error: Error) => {
      throw fetchFailed(error)
    },
  )
  if (!/^https?:$/.test(to.protocol)) throw fetchFailed(new Error('URL scheme must be a HTTP(S) scheme'))
  if (redirects >= redirectsMax) throw fetchFailed(new Error('redirect count exceeded'))
  return answered(parts, redirected(plain, to, outcome), redirects + 1)
}

function settle(
  parts: FetchDoorParts,
  { call, signal }: PlainCall,
  outcome: Outcome,
  wasRedirected: boolean,
  resolve: (response: Response) => void,
  reject: (error: unknown) => void,
): void {
  const reply = 'reply' in outcome ? outcome.reply : undefined
  if (outcome.kind === 'replied') {
    resolve(responseOf(bodyFor(call, outcome.reply), outcome.reply, call, wasRedirected, signal))
  } else if (!reply) {
    const { kind } = outcome
    if (kind !== 'dripped') reject(fetchFailed(undiciError(outcome, call.origin, patience.connectMs)))
  } else {
    resolve(responseOf(brokenBody(parts.clock, outcome, reply, call, signal), reply, call, wasRedirected, undefined))
  }
}

function urlOf({ origin, path, query }: Call): string {
  return `${origin}${path}${query === '' ? '' : `?${query}`}`
}

function fetchFailed(cause: Error): TypeError {
  return new TypeError('fetch failed', { cause })
}

/** Where a reply sends the client on to. */
function redirectOf(outcome: Outcome): string | undefined {
  if (outcome.kind !== 'replied' || ![301, 302, 303, 307, 308].includes(outcome.reply.status)) return undefined
  const location = outcome.reply.headers['location']
  return typeof location === 'string' ? location : undefined
}

/** The call that follows a redirect (Fetch standard, HTTP-redirect fetch). */
function redirected(plain: PlainCall, { origin, host, pathname, search }: URL, outcome: Outcome): PlainCall {
  const { call } = plain
  const status = outcome.kind === 'replied' ? outcome.reply.status : 0
  const toGet = (status === 303 && call.method !== 'HEAD') || ([301, 302].includes(status) && call.method === 'POST')
  const headers: Record<string, string | readonly string[]> = { ...call.headers, host }
  if (toGet) for (const name of ['content-type', 'content-length']) delete headers[name]
  if (origin !== call.origin) for (const name of ['authorization', 'cookie']) delete headers[name]
  return {
    ...plain,
    call: {
      method: toGet ? 'GET' : call.method,
      origin,
      path: pathname,
      query: search.slice(1),
      headers,
      body: toGet ? emptyBody : call.body,
    },
  }
}

type ResponseBody = ConstructorParameters<typeof Response>[0]

/** A reply as fetch shows it: with its URL, and of the type that replies from a server have. */
function responseOf(
  body: ResponseBody,
  reply: Reply,
  call: Call,
  redirected: boolean,
  signal: AbortSignal | undefined,
): Response {
  const { status } = reply
  const headers = pairsOf(withLength(reply, call.method))
  const response = new Response(body, { status, statusText: STATUS_CODES[status] ?? '', headers })
  const members = { url: { value: urlOf(call) }, redirected: { value: redirected }, type: { value: 'basic' } }
  return asFetched(response, members, body === null ? undefined : signal)
}

function asFetched(response: Response, members: PropertyDescriptorMap, signal: AbortSignal | undefined): Response {
  const clone = (): Response => asFetched(Response.prototype.clone.call(response), members, signal)
  if (signal) breakOnAbort(new WeakRef(response), signal)
  return Object.defineProperties(response, { ...members, clone: { value: clone, configurable: true } })
}

const reading = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const

/**
 * An abort that comes after the head still breaks a body that nobody has begun to read, although all of it is here.
 * A body that is a stream would break by itself, but costs more than all the rest of the exchange.
 */
function breakOnAbort(held: WeakRef<Response>, signal: AbortSignal): void {
  signal.addEventListener(
    'abort',
    () => {
      const response = held.deref()
      if (!response || response.bodyUsed) return
      const broken = new ReadableStream({ start: (controller) => controller.error(signal.reason) })
      const fail = { value: () => Promise.reject(signal.reason), configurable: true }
      Object.defineProperties(response, {
        ...Object.fromEntries(reading.map((name) => [name, fail])),
        body: { value: broken, configurable: true },
      })
    },
    { once: true },
  )
}

function pairsOf(headers: HeaderMap): [string, string][] {
  const pairs: [string, string][] = []
  for (const name in headers) {
    const value = headers[name]
    if (typeof value === 'string') pairs.push([name, value])
    else for (const one of value ?? []) pairs.push([name, one])
  }
  return pairs
}

function bodyFor(call: Call, reply: Reply): ResponseBody {
  const bodiless = call.method === 'HEAD' || [204, 205, 304].includes(reply.status)
  return bodiless ? null : (reply.body as Uint8Array<ArrayBuffer>)
}

/** A body that breaks off, or drips. */
function brokenBody(
  clock: NetworkClock,
  outcome: Outcome,
  reply: Reply,
  call: Call,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  const terminated = (cause: Error): TypeError => new TypeError('terminated', { cause })
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      if (outcome.kind !== 'dripped') {
        const bytes = 'bytes' in outcome ? (outcome.bytes ?? 0) : 0
        if (bytes > 0) controller.enqueue(reply.body.subarray(0, bytes))
        const error = terminated(
          undiciError(outcome as Extract<Outcome, { kind: 'reset' }>, call.origin, patience.connectMs),
        )
        // A stream that has failed drops what it holds: the reader gets its turn first.
        clock.schedule(0, () => controller.error(error))
        return
      }
      const size = Math.max(1, Math.ceil(reply.body.length / outcome.chunks))
      const impatient = outcome.intervalMs > patience.bodyMs
      const drip = (at: number): { cancel(): void } =>
        clock.schedule(impatient ? patience.bodyMs : outcome.intervalMs, () => {
          if (impatient) return controller.error(terminated(undiciBodyTimeout()))
          controller.enqueue(reply.body.subarray(at, at + size))
          if (at + size >= reply.body.length) controller.close()
          else next = drip(at + size)
        })
      let next = drip(0)
      signal?.addEventListener('abort', () => {
        next.cancel()
        controller.error(signal.reason)
      })
    },
  })
}

interface PlainInit {
  readonly method?: string
  readonly headers?: unknown
  readonly body?: unknown
  readonly signal?: AbortSignal | null
  readonly redirect?: string
}

interface PlainCall {
  readonly call: Call
  readonly signal: AbortSignal | undefined
  readonly redirect: string
}

/** The call, when nothing about it needs the whole of the fetch algorithm. */
function plainCall(input: unknown, init: PlainInit = {}): PlainCall | undefined {
  for (const member in init) if (!plainMembers.has(member)) return undefined
  const request = input instanceof Request ? input : undefined
  if (request && (request.body || Object.keys(init).length > 0 || request.redirect !== 'follow')) return undefined
  const url = request?.url ?? (typeof input === 'string' || input instanceof URL ? String(input) : undefined)
  if (url === undefined || !URL.canParse(url)) return undefined
  const method = normalMethod(request?.method ?? init.method ?? 'GET')
  const body = plainBody(init.body)
  if (!method || !body || (body.bytes.length > 0 && (method === 'GET' || method === 'HEAD'))) return undefined
  const parsed = new URL(url)
  const { origin, pathname, search, username } = parsed
  const headers = plainHeaders(request?.headers ?? init.headers, parsed, method, body)
  if (!headers || username !== '' || (init.redirect ?? 'follow') === 'error') return undefined
  const call: Call = { method, origin, path: pathname, query: search.slice(1), headers, body: body.bytes }
  return { call, signal: request?.signal ?? init.signal ?? undefined, redirect: init.redirect ?? 'follow' }
}

/** Fetch puts these in upper case and leaves every other as it is; `patch` is none of them. */
function normalMethod(method: string): string | undefined {
  const upper = method.toUpperCase()
  if (/^(GET|HEAD|POST|PUT|DELETE|OPTIONS)$/.test(upper)) return upper
  return method === 'PATCH' ? method : undefined
}

interface PlainBody {
  readonly bytes: Uint8Array
  readonly type: string | undefined
}

function plainBody(body: unknown): PlainBody | undefined {
  if (body === undefined || body === null) return { bytes: emptyBody, type: undefined }
  if (typeof body === 'string') return { bytes: Buffer.from(body), type: 'text/plain;charset=UTF-8' }
  if (body instanceof URLSearchParams) {
    return { bytes: Buffer.from(String(body)), type: 'application/x-www-form-urlencoded;charset=UTF-8' }
  }
  return body instanceof Uint8Array ? { bytes: Uint8Array.from(body), type: undefined } : undefined
}

/** With what Node's own fetch adds; `undefined` when a name or value is not plain, so that its own errors show. */
function plainHeaders(given: unknown, { host, protocol }: URL, method: string, body: PlainBody): HeaderMap | undefined {
  const headers: Record<string, string> = {}
  const secure = protocol === 'https:'
  if (given instanceof Headers || Array.isArray(given)) {
    for (const pair of given as Iterable<readonly unknown[]>)
      if (!addHeader(headers, pair[0], pair[1])) return undefined
  } else if (typeof given === 'object' && given !== null) {
    for (const name of Object.keys(given)) if (!addHeader(headers, name, Reflect.get(given, name))) return undefined
  }
  headers['host'] = host
  headers['connection'] = 'keep-alive'
  if (body.type !== undefined) headers['content-type'] ??= body.type
  headers['accept'] ??= '*/*'
  headers['accept-language'] ??= '*'
  headers['sec-fetch-mode'] ??= 'cors'
  headers['user-agent'] ??= 'node'
  headers['accept-encoding'] ??= secure ? 'br, gzip, deflate' : 'gzip, deflate'
  if (body.bytes.length > 0 || method === 'POST' || method === 'PUT' || method === 'PATCH')
    headers['content-length'] = String(body.bytes.length)
  return headers
}

function addHeader(headers: Record<string, string>, name: unknown, value: unknown): boolean {
  if (typeof name !== 'string' || !tokenName.test(name)) return false
  const text = String(value).trim()
  if (!visibleValue.test(text)) return false
  const lower = name.toLowerCase()
  headers[lower] = headers[lower] === undefined ? text : `${headers[lower]}, ${text}`
  return true
}
