import { stringify } from 'node:querystring'
import { type Dispatcher, errors, Response, FormData as UndiciFormData } from 'undici'
import { type Call, emptyBody } from '../http/exchange.ts'
import { appendHeader } from '../http/messages.ts'

/**
 * What undici is asked to send, as a call with the header fields that undici adds. A promise when the body comes bit
 * by bit.
 *
 * @throws InvalidArgumentError  undici's own, where undici would refuse
 */
export function callOfDispatch(opts: Dispatcher.DispatchOptions, origin: string): Call | Promise<Call> {
  const { method } = opts
  const target = targetOf(opts)
  if (typeof method !== 'string') throw new errors.InvalidArgumentError('method must be a string')
  if (!token.test(method)) throw new errors.InvalidArgumentError('invalid request method')
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const query = mark < 0 ? '' : target.slice(mark + 1)
  const headers = headersOf(opts.headers as unknown, origin)
  headers['connection'] ??= opts.reset ? 'close' : 'keep-alive'
  const body = bytesNow(opts.body as unknown)
  if (body) {
    if (body.length > 0 || expectsPayload.has(method)) setLength(headers, body.length)
    return { method, origin, path, query, headers, body }
  }
  return collected(opts.body as unknown, headers).then((whole) => ({
    ...{ method, origin, path, query, headers, body: whole },
  }))
}

const token = /^[\w!#$%&'*+.^`|~-]+$/
const forbiddenInPath = /[^\x21-\xff]/
const forbiddenInValue = /[^\t\x20-\x7e\x80-\xff]/
const expectsPayload: ReadonlySet<string> = new Set(['PUT', 'POST', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH'])

/** An absolute path is what a proxy is sent; the origin has been taken from it already. */
function targetOf({ path, query }: Dispatcher.DispatchOptions): string {
  if (typeof path !== 'string') throw new errors.InvalidArgumentError('path must be a string')
  const absolute = /^https?:\/\//.test(path)
  if (!absolute && !path.startsWith('/')) {
    throw new errors.InvalidArgumentError('path must be an absolute URL or start with a slash')
  }
  if (forbiddenInPath.test(path)) throw new errors.InvalidArgumentError('invalid request path')
  const relative = absolute ? path.replace(/^https?:\/\/[^/]*/, '') || '/' : path
  const encoded = query ? stringify(query as Record<string, string>) : ''
  return encoded === '' ? relative : `${relative}?${encoded}`
}

type HeadersUnderWay = Record<string, string | readonly string[]>

/** undici takes a flat array, an iterable of pairs, or an object, each with values that may be arrays. */
function headersOf(given: unknown, origin: string): HeadersUnderWay {
  const headers: HeadersUnderWay = {}
  if (Array.isArray(given)) {
    if (given.length % 2 !== 0) throw new errors.InvalidArgumentError('headers array must be even')
    for (let at = 0; at < given.length; at += 2) addHeader(headers, given[at], given[at + 1])
  } else if (typeof given === 'object' && given !== null) {
    const pairs: Iterable<unknown> = Symbol.iterator in given ? (given as Iterable<unknown>) : Object.entries(given)
    for (const pair of pairs) {
      if (!Array.isArray(pair)) throw new errors.InvalidArgumentError('headers must be in key-value pair format')
      addHeader(headers, pair[0], pair[1])
    }
  } else if (given !== undefined && given !== null) {
    throw new errors.InvalidArgumentError('headers must be an object or an array')
  }
  headers['host'] ??= origin.slice(origin.indexOf('//') + 2)
  return headers
}

/** Node sends these by itself, and undici lets nobody else set them. */
const ofTheConnection: ReadonlySet<string> = new Set(['transfer-encoding', 'keep-alive', 'upgrade'])

function addHeader(headers: HeadersUnderWay, name: unknown, value: unknown): void {
  if (value === undefined) return
  const given = String(name)
  const lower = given.toLowerCase()
  if (!token.test(given)) throw new errors.InvalidArgumentError('invalid header key')
  if (ofTheConnection.has(lower)) throw new errors.InvalidArgumentError(`invalid ${lower} header`)
  appendHeader(headers, lower, Array.isArray(value) ? value.map((one) => textOf(one, given)) : textOf(value, given))
}

function textOf(value: unknown, name: string): string {
  const text = value === null ? '' : String(value)
  if ((typeof value === 'object' && value !== null) || forbiddenInValue.test(text)) {
    throw new errors.InvalidArgumentError(`invalid ${name} header`)
  }
  return text
}

/** A length that the caller has given has to be the true one. */
function setLength(headers: HeadersUnderWay, length: number): void {
  const given = headers['content-length']
  if (given !== undefined && Number(given) !== length) throw new errors.RequestContentLengthMismatchError()
  headers['content-length'] = String(length)
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

/** Reads a body to its end, and sets the fields that tell its type and how its end is found. */
async function collected(body: unknown, headers: HeadersUnderWay): Promise<Uint8Array> {
  if (body instanceof UndiciFormData || isBlob(body)) {
    const response = new Response(body as ConstructorParameters<typeof Response>[0])
    const type = response.headers.get('content-type')
    if (type !== null) headers['content-type'] ??= type
    const bytes = new Uint8Array(await response.arrayBuffer())
    setLength(headers, bytes.length)
    return bytes
  }
  if (isFormLike(body)) {
    throw new errors.InvalidArgumentError(
      'body must be a FormData created by this undici package instance; FormData from other sources, ' +
        'such as the built-in FormData provided by Node.js, is not supported',
    )
  }
  if (!isIterable(body)) {
    throw new errors.InvalidArgumentError(
      'body must be a string, a Buffer, a Readable stream, an iterable, or an async iterable',
    )
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array))
  const whole = Buffer.concat(chunks)
  if (headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked'
  else setLength(headers, whole.length)
  return whole
}

function isBlob(body: unknown): boolean {
  return (
    body instanceof Blob || (typeof body === 'object' && body !== null && 'stream' in body && 'arrayBuffer' in body)
  )
}

function isFormLike(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Reflect.get(body, Symbol.toStringTag) === 'FormData'
}

function isIterable(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === 'object' && body !== null && (Symbol.asyncIterator in body || Symbol.iterator in body)
}
