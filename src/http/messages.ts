import { type Call, emptyBody, type Headers, type Reply } from './exchange.ts'

const utf8 = new TextEncoder()
const utf8Lenient = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })

/** What `callOf` takes: a URL, and only what differs from a plain `GET`. */
export interface CallInit {
  /** @defaultValue `'GET'` */
  readonly method?: string
  /** Names in any case. */
  readonly headers?: Headers
  /** A string becomes UTF-8. */
  readonly body?: Uint8Array | string
}

const absoluteUrl = /^[^:/?#]+:\/\/[^/?#]*(?<path>[^?#]*)(?:\?(?<query>[^#]*))?/

/**
 * Builds a call from an absolute URL. Path and query stay as they were written, percent-encoding included.
 *
 * @throws TypeError  when `url` is not absolute
 */
export function callOf(url: string, init: CallInit = {}): Call {
  const { origin } = new URL(url)
  const parts = absoluteUrl.exec(url)?.groups
  if (!parts) throw new TypeError(`A call needs an absolute URL, as in "https://api.acme.example/v1"; got "${url}".`)
  return {
    method: (init.method ?? 'GET').toUpperCase(),
    origin,
    path: parts['path'] || '/',
    query: parts['query'] ?? '',
    headers: lowerCased(init.headers ?? {}),
    body: bytesOf(init.body),
  }
}

/** A body's bytes: a string as UTF-8, `undefined` as none. */
export function bytesOf(body: Uint8Array | string | undefined): Uint8Array {
  if (body === undefined) return emptyBody
  return typeof body === 'string' ? utf8.encode(body) : body
}

/** A body as text; bytes that are no UTF-8 become U+FFFD. */
export function textOf(body: Uint8Array): string {
  return utf8Lenient.decode(body)
}

/** The value of a header, the first one when there are several; `name` in lower case. */
export function headerOf(message: { readonly headers: Headers }, name: string): string | undefined {
  const value = message.headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

/** A reply with a JSON body, and the `content-type` that says so. */
export function jsonReply(status: number, value: unknown, headers: Headers = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  }
}

/** A reply with a plain-text body. */
export function textReply(status: number, text: string, headers: Headers = {}): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: Buffer.from(text) }
}

/** A header map with every name in lower case; fields that differ in case only are joined, in order. */
export function lowerCased(headers: Headers): Headers {
  const lower: Record<string, string | readonly string[]> = {}
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value !== undefined) appendHeader(lower, name.toLowerCase(), value)
  }
  return lower
}

/** Adds a field to a header map under construction; a second one of the same name makes an array. */
export function appendHeader(
  headers: Record<string, string | readonly string[]>,
  name: string,
  value: string | readonly string[],
): void {
  append(headers, name, value)
}

/** Query or form fields by name; a name that stands several times holds an array, in order. */
export type Fields = Readonly<Record<string, string | readonly string[]>>

/** Parses `application/x-www-form-urlencoded` text: a query, or a form body. */
export function fieldsOf(encoded: string): Fields {
  const fields: Record<string, string | readonly string[]> = {}
  if (encoded === '') return fields
  if (!encodedSigns.test(encoded)) return plainFieldsOf(encoded, fields)
  // URLSearchParams drops a leading "?", which here is part of the first name.
  const pairs = new URLSearchParams(encoded.startsWith('?') ? `&${encoded}` : encoded)
  for (const [name, value] of pairs) append(fields, name, value)
  return fields
}

/** What needs decoding; most queries hold none of it. */
const encodedSigns = /[^!-~]|[%+]/

function plainFieldsOf(plain: string, fields: Record<string, string | readonly string[]>): Fields {
  for (const pair of plain.split('&')) {
    if (pair === '') continue
    const mark = pair.indexOf('=')
    if (mark < 0) append(fields, pair, '')
    else append(fields, pair.slice(0, mark), pair.slice(mark + 1))
  }
  return fields
}

/** Sets a member, or adds to it. Names come from outside: `constructor` and `__proto__` are names like any other. */
export function append(record: Record<string, unknown>, name: string, value: unknown): void {
  const joined = Object.hasOwn(record, name) ? [record[name], value].flat() : value
  if (name !== '__proto__') record[name] = joined
  else Object.defineProperty(record, name, { value: joined, enumerable: true, configurable: true, writable: true })
}
