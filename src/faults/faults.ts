import { faultDefaults } from './defaults.ts'
import type {
  Burst,
  GarbledReply,
  Hang,
  LateDelivery,
  Latency,
  LostConnection,
  MalformedBody,
  NetworkQuirk,
  NoConnection,
  PlainDeliveryFault,
  PlainRefusal,
  RateLimited,
  SchemaDrift,
  ServerError,
  SlowBody,
  TruncatedBody,
  When,
  WrongContentType,
} from './fault.ts'

/** How often a fault that is injected by hand strikes. */
export interface Times {
  /** Strikes, from the next call on. Absent: every call, until it is taken back. */
  readonly times?: number
}

type Settings<Fault> = Partial<Omit<Fault, 'fault'>> & Times

/** 429 in the provider's own form. */
export function rateLimited(settings: Settings<RateLimited> = {}): RateLimited & Times {
  return { fault: 'rate-limited', ...settings }
}

/** 400 in the provider's own form. */
export function badRequest(settings: Times = {}): PlainRefusal & Times {
  return { fault: 'bad-request', ...settings }
}

/** 401 in the provider's own form. */
export function unauthorized(settings: Times = {}): PlainRefusal & Times {
  return { fault: 'unauthorized', ...settings }
}

/** 403 in the provider's own form. */
export function forbidden(settings: Times = {}): PlainRefusal & Times {
  return { fault: 'forbidden', ...settings }
}

/** 404 in the provider's own form. */
export function notFound(settings: Times = {}): PlainRefusal & Times {
  return { fault: 'not-found', ...settings }
}

/** 409 in the provider's own form. */
export function conflict(settings: Times = {}): PlainRefusal & Times {
  return { fault: 'conflict', ...settings }
}

/** A 5xx: 503 before the effect, unless said otherwise. */
export function serverError(settings: Settings<ServerError> = {}): ServerError & Times {
  return { fault: 'server-error', ...faultDefaults['server-error'], ...settings }
}

/** The reply comes `ms` milliseconds late; 10,000 unless said otherwise. */
export function latency(settings: Settings<Latency> = {}): Latency & Times {
  return { fault: 'latency', ...faultDefaults.latency, ...settings }
}

/** Nothing ever comes back; the effect does not happen, unless `when: 'after'`. */
export function hang(settings: { readonly when?: When } & Times = {}): Hang & Times {
  return { fault: 'hang', ...faultDefaults.hang, ...settings }
}

/** The peer refuses the connection. */
export function connectionRefused(settings: Times = {}): NoConnection & Times {
  return { fault: 'connection-refused', ...settings }
}

/** Packets to the peer vanish: the client's connect timeout decides. */
export function connectionTimeout(settings: Times = {}): NoConnection & Times {
  return { fault: 'connection-timeout', ...settings }
}

/** No connection: the provider's certificate has expired. Strikes only calls by HTTPS. */
export function certificateExpired(settings: Times = {}): NoConnection & Times {
  return { fault: 'certificate-expired', ...settings }
}

/** The host name does not resolve. */
export function dnsFailure(settings: Times = {}): NoConnection & Times {
  return { fault: 'dns-failure', ...settings }
}

/** The connection is reset before the call had its effect. */
export function connectionReset(settings: Times = {}): LostConnection & Times {
  return { fault: 'connection-reset', ...settings }
}

/** The effect happens, and the connection is reset before a byte of the reply comes back. */
export function replyLost(settings: Times = {}): LostConnection & Times {
  return { fault: 'reply-lost', ...settings }
}

/** The effect happens; the body stops short of its content-length: at half, unless said otherwise. */
export function truncatedBody(settings: Settings<TruncatedBody> = {}): TruncatedBody & Times {
  return { fault: 'truncated-body', ...faultDefaults['truncated-body'], ...settings }
}

/** The effect happens; the body is not what its content-type says. */
export function malformedBody(settings: Times = {}): MalformedBody & Times {
  return { fault: 'malformed-body', ...settings }
}

/** The effect happens; what comes back is no HTTP: in place of the head, unless said otherwise. */
export function garbledReply(settings: Settings<GarbledReply> = {}): GarbledReply & Times {
  return { fault: 'garbled-reply', ...faultDefaults['garbled-reply'], ...settings }
}

/** The effect happens; the content-type says `text/html`, unless said otherwise. */
export function wrongContentType(settings: Settings<WrongContentType> = {}): WrongContentType & Times {
  return { fault: 'wrong-content-type', ...faultDefaults['wrong-content-type'], ...settings }
}

/** The effect happens; the body drips: ten pieces, a second apart, unless said otherwise. */
export function slowBody(settings: Settings<SlowBody> = {}): SlowBody & Times {
  return { fault: 'slow-body', ...faultDefaults['slow-body'], ...settings }
}

/** The effect happens; the reply's JSON has changed its shape: `id` is missing, unless said otherwise. */
export function schemaDrift(settings: Settings<SchemaDrift> = {}): SchemaDrift & Times {
  return { fault: 'schema-drift', ...faultDefaults['schema-drift'], ...settings }
}

/** A read is answered from before the latest change. */
export function staleRead(settings: Times = {}): NetworkQuirk & Times {
  return { fault: 'stale-read', ...settings }
}

/** Something between sends the call twice. */
export function callDuplicated(settings: Times = {}): NetworkQuirk & Times {
  return { fault: 'call-duplicated', ...settings }
}

/** A delivery arrives twice. */
export function duplicated(settings: Times = {}): PlainDeliveryFault & Times {
  return { fault: 'duplicated', ...settings }
}

/** A delivery arrives late: by a minute, unless said otherwise. */
export function delayed(settings: Settings<LateDelivery> = {}): LateDelivery & Times {
  return { fault: 'delayed', ...faultDefaults.delayed, ...settings }
}

/** A delivery arrives after the next one to the same address. */
export function reordered(settings: Times = {}): PlainDeliveryFault & Times {
  return { fault: 'reordered', ...settings }
}

/** A delivery never arrives, and the provider believes that it did. */
export function lost(settings: Times = {}): PlainDeliveryFault & Times {
  return { fault: 'lost', ...settings }
}

/** A delivery's body was changed on the way, so its signature no longer fits. */
export function tampered(settings: Times = {}): PlainDeliveryFault & Times {
  return { fault: 'tampered', ...settings }
}

/** A delivery arrives, and once more after a long while: an hour, unless said otherwise. */
export function replayedLate(settings: Settings<LateDelivery> = {}): LateDelivery & Times {
  return { fault: 'replayed-late', ...faultDefaults['replayed-late'], ...settings }
}

/** A delivery arrives many times at one instant: twenty times, unless said otherwise. */
export function burst(settings: Settings<Burst> = {}): Burst & Times {
  return { fault: 'burst', ...faultDefaults.burst, ...settings }
}
