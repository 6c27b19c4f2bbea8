import type { CallFaultName } from '../simulator/fault-names.ts'

/** Whether a fault strikes before the call has its effect, or after. */
export type When = 'before' | 'after'

/** Refusals in the provider's own form, before the effect, that need no more than their name. */
export interface PlainRefusal {
  readonly fault: 'bad-request' | 'unauthorized' | 'forbidden' | 'not-found' | 'conflict'
}

/** The provider's own refusal of a client that is too fast. */
export interface RateLimited {
  readonly fault: 'rate-limited'
  /** Seconds in `Retry-After`; absent: the provider's habit. */
  readonly retryAfterS?: number | undefined
}

/** A 5xx from the provider or its edge. */
export interface ServerError {
  readonly fault: 'server-error'
  /** Status of the reply. */
  readonly status: 500 | 502 | 503 | 504
  /** Whether the call has had its effect by then. */
  readonly when: When
}

/** The reply comes late, by `ms` milliseconds. */
export interface Latency {
  readonly fault: 'latency'
  /** Milliseconds on top of the time that the message takes anyway. */
  readonly ms: number
}

/** The connection stands, nothing ever comes back. */
export interface Hang {
  readonly fault: 'hang'
  /** Whether the call has had its effect by then. */
  readonly when: When
}

/**
 * No connection: refused, vanishing packets, a name that does not resolve, or a certificate that has expired. The last
 * strikes only calls by HTTPS.
 */
export interface NoConnection {
  readonly fault: 'connection-refused' | 'connection-timeout' | 'dns-failure' | 'certificate-expired'
}

/** The connection is reset: before the effect, or after it, before a byte of the reply came back. */
export interface LostConnection {
  readonly fault: 'connection-reset' | 'reply-lost'
}

/** The effect happened; the body stops short of its content-length. */
export interface TruncatedBody {
  readonly fault: 'truncated-body'
  /** Share of the body that arrives, from 0 to 1. */
  readonly keep: number
}

/** The effect happened; what comes back is no HTTP, as from a broken proxy. */
export interface GarbledReply {
  readonly fault: 'garbled-reply'
  /** In place of the head, or in the midst of the body, where the next chunk should begin. */
  readonly where: 'head' | 'body'
}

/** The effect happened; the body arrives whole by its length, but is not what its content-type says. */
export interface MalformedBody {
  readonly fault: 'malformed-body'
}

/** The effect happened; the body is right, its content-type says something else. */
export interface WrongContentType {
  readonly fault: 'wrong-content-type'
  /** The whole header field: `text/html; charset=utf-8`. */
  readonly contentType: string
}

/** The effect happened; the body drips. */
export interface SlowBody {
  readonly fault: 'slow-body'
  /** Pieces that the body comes in. */
  readonly chunks: number
  /** Milliseconds between two pieces. */
  readonly intervalMs: number
}

/** The effect happened; the reply's JSON has changed its shape. */
export interface SchemaDrift {
  readonly fault: 'schema-drift'
  /** What becomes of the member: it is missing, null, of another type, an unknown enum member, or joined by an extra one. */
  readonly change: 'missing' | 'null' | 'type' | 'enum' | 'extra'
  /** Member of the reply that changes, `.`-separated; absent: `id`, or else the first member. */
  readonly field?: string | undefined
}

/** A read is answered from before the latest change; or something between sends a call twice. */
export interface NetworkQuirk {
  readonly fault: 'stale-read' | 'call-duplicated'
}

/** A complete fault on a call, as plain data. */
export type CallFault =
  | PlainRefusal
  | RateLimited
  | ServerError
  | Latency
  | Hang
  | NoConnection
  | LostConnection
  | TruncatedBody
  | GarbledReply
  | MalformedBody
  | WrongContentType
  | SlowBody
  | SchemaDrift
  | NetworkQuirk

/** A delivery that arrives twice, never, changed on the way, or after the next one. */
export interface PlainDeliveryFault {
  readonly fault: 'duplicated' | 'lost' | 'tampered' | 'reordered'
}

/** A delivery that arrives late, or once more after a long while. */
export interface LateDelivery {
  readonly fault: 'delayed' | 'replayed-late'
  /** Milliseconds by which it, or its second arrival, is late. */
  readonly ms: number
}

/** A delivery that arrives many times at one instant. */
export interface Burst {
  readonly fault: 'burst'
  /** Times that it arrives, the first one included. */
  readonly copies: number
}

/** A complete fault on a delivery, as plain data. */
export type DeliveryFault = PlainDeliveryFault | LateDelivery | Burst

/** A complete fault, as plain data. */
export type Fault = CallFault | DeliveryFault

/** Says whether the effect of the struck call happens. */
export function comesAfterEffect(fault: CallFault): boolean {
  if ('when' in fault) return fault.when === 'after'
  return afterEffect.has(fault.fault)
}

const afterEffect: ReadonlySet<CallFaultName> = new Set<CallFaultName>([
  'latency',
  'reply-lost',
  'truncated-body',
  'garbled-reply',
  'malformed-body',
  'wrong-content-type',
  'slow-body',
  'schema-drift',
  'stale-read',
  'call-duplicated',
])
