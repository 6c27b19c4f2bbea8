import type { Dispatcher } from 'undici'
import { request } from 'undici'
import type { Headers } from '../http/exchange.ts'
import type { IntegrationErrorCode } from './errors.ts'

/** A request, ready to be sent. */
export interface OutgoingRequest {
  readonly method: Dispatcher.HttpMethod
  /** Absolute. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** What one attempt may take. */
export interface AttemptBounds {
  readonly dispatcher: Dispatcher
  /** Milliseconds until the last byte of the reply. */
  readonly withinMs: number
  /** The caller's wish to give up. */
  readonly signal: AbortSignal | undefined
  readonly replyBytesMax: number
}

/** How a reply, or its body, did not come. */
export interface Breakage {
  readonly code: IntegrationErrorCode &
    ('unreachable' | 'insecure' | 'input_invalid' | 'reply_lost' | 'reply_late' | 'reply_invalid' | 'aborted')
  /** In one line. */
  readonly why: string
  readonly cause: unknown
  /** @defaultValue what holds of the code in general */
  readonly retriable?: boolean
}

/** What one attempt came to: headers with a body, headers with a broken body, or neither. */
export interface Attempt {
  readonly status: number | undefined
  readonly headers: Headers
  readonly body: Uint8Array
  /** Why it is not whole. */
  readonly broken: Breakage | undefined
}

/** Makes one call, and reads its whole reply. It never throws: what went wrong is in what it gives. */
export async function attempt(outgoing: OutgoingRequest, bounds: AttemptBounds): Promise<Attempt> {
  const { dispatcher, withinMs, signal, replyBytesMax } = bounds
  const controller = new AbortController()
  const giveUp = (): void => controller.abort(callerGaveUp)
  const timer = setTimeout(() => controller.abort(tooLate), withinMs)
  signal?.addEventListener('abort', giveUp)
  if (signal?.aborted) giveUp()
  let status: number | undefined
  let headers: Headers = {}
  try {
    const { method, url, body } = outgoing
    const response = await request(url, {
      ...{ method, dispatcher, headersTimeout: withinMs, bodyTimeout: withinMs, signal: controller.signal },
      headers: outgoing.headers,
      ...(body !== undefined && { body }),
    })
    status = response.statusCode
    headers = response.headers as Headers
    return { status, headers, body: await wholeBody(response.body, replyBytesMax), broken: undefined }
  } catch (error) {
    return { status, headers, body: new Uint8Array(0), broken: breakageOf(error, signal) }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', giveUp)
  }
}

const tooLate: unique symbol = Symbol('attempt too late')
const callerGaveUp: unique symbol = Symbol('caller gave up')
const tooLong: unique symbol = Symbol('reply too long')

async function wholeBody(body: Dispatcher.ResponseData['body'], bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > bytesMax) throw tooLong
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length)
}

/** Codes of errors before anything was sent, beside those of `connect` and of name resolution. */
const noConnection: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT'])
const beforeSending: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo'])
const untrusted = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_)/
const late: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

function breakageOf(error: unknown, signal: AbortSignal | undefined): Breakage {
  if (error === tooLate) return { code: 'reply_late', why: 'the time for one call was over', cause: undefined }
  if (error === callerGaveUp) return { code: 'aborted', why: 'its signal was aborted', cause: signal?.reason }
  if (error === tooLong) {
    // The next one will be as long.
    return { code: 'reply_invalid', why: 'it is longer than replyBytesMax', cause: undefined, retriable: false }
  }
  const { code, data, message } = (error ?? {}) as TransportError
  // A parser's error carries what was read: bytes of a reply, which are nobody's business in a log.
  const told = {
    why: typeof code === 'string' ? code : firstLineOf(message),
    cause: data === undefined ? error : undefined,
  }
  if (typeof code !== 'string') return { code: 'reply_lost', ...told }
  // What cannot be put on the wire: a line break in a header field, for one.
  if (code === 'UND_ERR_INVALID_ARG') return { code: 'input_invalid', why: String(message), cause: error }
  if (noConnection.has(code) || isBeforeSending(error)) return { code: 'unreachable', ...told }
  if (untrusted.test(code)) return { code: 'insecure', ...told }
  return { code: late.has(code) ? 'reply_late' : 'reply_lost', ...told }
}

function firstLineOf(message: unknown): string {
  return typeof message === 'string' ? (message.split('\n')[0] ?? '') : 'for no reason that was given'
}

/** Several addresses that were all tried in vain make one error of many. */
function isBeforeSending(error: unknown): boolean {
  const { syscall, errors } = error as TransportError
  return Array.isArray(errors) && errors.length > 0 ? errors.every(isBeforeSending) : beforeSending.has(syscall)
}

/** Members of the errors of undici and Node, as far as they are there. */
interface TransportError {
  readonly code?: unknown
  readonly syscall?: unknown
  readonly errors?: unknown
  readonly data?: unknown
  readonly message?: unknown
}
