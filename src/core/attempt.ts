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
    ('unreachable' | 'insecure' | 'reply_lost' | 'reply_late' | 'reply_invalid' | 'aborted')
  /** In one line. */
  readonly why: string
  readonly cause: unknown
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
    return { status, headers, body: new Uint8Array(0), broken: breakageOf(error) }
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

/** Codes of errors before anything was sent. */
const noConnection: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
])
const untrusted = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_)/
const late: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

function breakageOf(error: unknown): Breakage {
  if (error === tooLate) return { code: 'reply_late', why: 'the time for one call was over', cause: undefined }
  if (error === callerGaveUp) return { code: 'aborted', why: 'its signal was aborted', cause: undefined }
  if (error === tooLong) return { code: 'reply_invalid', why: 'it is longer than replyBytesMax', cause: undefined }
  const code = codeOf(error)
  const told = { why: code ?? String(error).split('\n')[0] ?? '', cause: error }
  if (code === undefined) return { code: 'reply_lost', ...told }
  if (noConnection.has(code)) return { code: 'unreachable', ...told }
  if (untrusted.test(code)) return { code: 'insecure', ...told }
  return { code: late.has(code) ? 'reply_late' : 'reply_lost', ...told }
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = (error as { readonly code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}
