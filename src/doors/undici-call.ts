import { stringify } from 'node:querystring'
import { Readable } from 'node:stream'
import { type Dispatcher, errors } from 'undici'
import { type Call, emptyBody } from '../http/exchange.ts'
import { appendHeader } from '../http/messages.ts'

/** What undici is asked to send, as a call. A promise when the body comes bit by bit. */
export function callOfDispatch(opts: Dispatcher.DispatchOptions, origin: string): Call | Promise<Call> {
  const { method } = opts
  if (typeof opts.path !== 'string') throw new errors.InvalidArgumentError('path must be a string')
  if (typeof method !== 'string') throw new errors.InvalidArgumentError('method must be a string')
  const target = pathOf(opts)
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const query = mark < 0 ? '' : target.slice(mark + 1)
  const headers = headersOf(opts.headers as unknown, origin)
  const withBody = (body: Uint8Array): Call => {
    if (body.length > 0) headers['content-length'] ??= String(body.length)
    return { method, origin, path, query, headers, body }
  }
  const body = bytesNow(opts.body as unknown)
  return body ? withBody(body) : collected(opts.body as unknown, headers).then(withBody)
}

/** An absolute path is what a proxy is sent; the origin has been taken from it already. */
function pathOf({ path, query }: Dispatcher.DispatchOptions): string {
  const relative = path.startsWith('/') ? path : path.replace(/^https?:\/\/[^/]*/, '') || '/'
  if (!path.startsWith('/') && !/^https?:\/\//.test(path)) {
    throw new errors.InvalidArgumentError('path must be an absolute URL or start with a slash')
  }
  const encoded = query ? stringify(query as Record<string, string>) : ''
  return encoded === '' ? relative : `${relative}?${encoded}`
}

type HeadersUnderWay = Record<string, string | readonly string[]>

/** undici takes a flat array, an iterable of pairs, or an object, each with values that may be arrays. */
function headersOf(given: unknown, origin: string): HeadersUnderWay {
  const headers: HeadersUnderWay = {}
  const add = (name: unknown, value: unknown): void => {
    if (value === undefined || value === null) return
    appendHeader(headers, String(name).toLowerCase(), Array.isArray(value) ? value.map(String) : String(value))
  }
  if (Array.isArray(given)) {
    if (given.length % 2 !== 0) throw new errors.InvalidArgumentError('headers array must be even')
    for (let at = 0; at < given.length; at += 2) add(given[at], given[at + 1])
  } else if (typeof given === 'object' && given !== null) {
    const pairs: Iterable<unknown> = Symbol.iterator in given ? (given as Iterable<unknown>) : Object.entries(given)
    for (const pair of pairs) {
      if (!Array.isArray(pair)) throw new errors.InvalidArgumentError('headers must be in key-value pair format')
      add(pair[0], pair[1])
    }
  } else if (given !== undefined && given !== null) {
    throw new errors.InvalidArgumentError('headers must be an object or an array')
  }
  headers['host'] ??= origin.slice(origin.indexOf('//') + 2)
  return headers
}

/** The bytes of a body that is all there; `undefined` when it has to be awaited. */
function bytesNow(body: unknown): Uint8Array | undefined {
  if (body === undefined || body === null) return emptyBody
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return body
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (body instanceof ArrayBuffer) return Buffer.from(body)
  return undefined
}

async function collected(body: unknown, headers: HeadersUnderWay): Promise<Uint8Array> {
  if (body instanceof Readable || isIterable(body)) {
    const chunks: Uint8Array[] = []
    for await (const chunk of body) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array))
    return Buffer.concat(chunks)
  }
  const response = new Response(body as ConstructorParameters<typeof Response>[0])
  const type = response.headers.get('content-type')
  if (type !== null) headers['content-type'] ??= type
  return response.bytes()
}

function isIterable(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === 'object' && body !== null && (Symbol.asyncIterator in body || Symbol.iterator in body)
}
