/** Header fields by lower-case name. A field that stands on several lines holds an array, in wire order. */
export type Headers = Readonly<Record<string, string | readonly string[]>>

/** A request, as every door and every simulator sees it. */
export interface Call {
  /** Upper case: `GET`. */
  readonly method: string
  /** Scheme, host and port: `https://api.trello.com`. No trailing slash. */
  readonly origin: string
  /** Path as it was sent, still percent-encoded: `/1/cards/abc`. */
  readonly path: string
  /** Query as it was sent, without `?`, still percent-encoded; `''` when there is none. */
  readonly query: string
  readonly headers: Headers
  /** The bytes as they were sent; empty when the request has no body. */
  readonly body: Uint8Array
}

/** What answers a call. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  /** The bytes as they go out: never compressed by a simulator. */
  readonly body: Uint8Array
}

/**
 * What a call comes to on the wire. `replied` is the ordinary case; the others are what only a transport can do.
 * Each door renders each of them as its transport really shows it.
 */
export type Outcome =
  | { readonly kind: 'replied'; readonly reply: Reply }
  /** The connection stands and nothing ever comes back. */
  | { readonly kind: 'hung' }
  /** No connection: the peer refused it. */
  | { readonly kind: 'refused' }
  /** No connection: packets to the peer vanish, so the client's connect timeout decides. */
  | { readonly kind: 'unreachable' }
  /** The host name does not resolve. */
  | { readonly kind: 'unresolved' }
  /** No connection: the client does not trust the peer's certificate, which has expired. */
  | { readonly kind: 'untrusted' }
  /** The connection is reset: before the headers when `reply` is absent, else after `bytes` of its body. */
  | { readonly kind: 'reset'; readonly reply?: Reply; readonly bytes?: number }
  /** The connection closes after `bytes` of the body, short of what `content-length` promised. */
  | { readonly kind: 'truncated'; readonly reply: Reply; readonly bytes: number }
  /** What comes is no HTTP: in place of the head when `reply` is absent, else of the next chunk after `bytes` of its body. */
  | { readonly kind: 'garbled'; readonly reply?: Reply; readonly bytes?: number }
  /** The body arrives in `chunks` pieces of about the same size, `intervalMs` apart. */
  | { readonly kind: 'dripped'; readonly reply: Reply; readonly chunks: number; readonly intervalMs: number }

/** A request and what became of it. */
export interface Exchange {
  readonly call: Call
  readonly outcome: Outcome
}

const noBytes: Uint8Array = new Uint8Array(0)

/** The body of a message that has none. */
export const emptyBody: Uint8Array = noBytes
