import * as z from 'zod'
import type { CallFaultName, DeliveryFaultName } from '../simulator/fault-names.ts'

const when = z.enum(['before', 'after'])
const milliseconds = z.number().int().min(1).max(86_400_000)
const fractionOfBody = z.number().min(0).max(1)

/** Faults that strike one call. Each schema fills in its defaults, so a parsed fault is complete. */
export const callFaults = {
  /** The provider's own refusal of a client that is too fast. */
  'rate-limited': z.strictObject({
    fault: z.literal('rate-limited'),
    /** Seconds in `Retry-After`; absent: the provider's habit. */
    retryAfterS: z.number().int().min(0).max(86_400).optional(),
  }),
  /** 400 in the provider's own form, before the effect. */
  'bad-request': z.strictObject({ fault: z.literal('bad-request') }),
  /** 401 in the provider's own form, before the effect. */
  unauthorized: z.strictObject({ fault: z.literal('unauthorized') }),
  /** 403 in the provider's own form, before the effect. */
  forbidden: z.strictObject({ fault: z.literal('forbidden') }),
  /** 404 in the provider's own form, before the effect. */
  'not-found': z.strictObject({ fault: z.literal('not-found') }),
  /** 409 in the provider's own form, before the effect. */
  conflict: z.strictObject({ fault: z.literal('conflict') }),
  /** A 5xx from the provider or its edge, before or after the effect. */
  'server-error': z.strictObject({
    fault: z.literal('server-error'),
    status: z.union([z.literal(500), z.literal(502), z.literal(503), z.literal(504)]).default(503),
    when: when.default('before'),
  }),
  /** The reply comes, late. */
  latency: z.strictObject({ fault: z.literal('latency'), ms: milliseconds.default(10_000) }),
  /** The connection stands, nothing ever comes back. */
  hang: z.strictObject({ fault: z.literal('hang'), when: when.default('before') }),
  /** The peer refuses the connection. */
  'connection-refused': z.strictObject({ fault: z.literal('connection-refused') }),
  /** Packets to the peer vanish: no connection before the client's connect timeout. */
  'connection-timeout': z.strictObject({ fault: z.literal('connection-timeout') }),
  /** The host name does not resolve. */
  'dns-failure': z.strictObject({ fault: z.literal('dns-failure') }),
  /** The connection is reset before the call had its effect. */
  'connection-reset': z.strictObject({ fault: z.literal('connection-reset') }),
  /** The effect happened, then the connection was reset before a byte of the reply came back. */
  'reply-lost': z.strictObject({ fault: z.literal('reply-lost') }),
  /** The effect happened; the body stops short of its content-length. */
  'truncated-body': z.strictObject({ fault: z.literal('truncated-body'), keep: fractionOfBody.default(0.5) }),
  /** The effect happened; the body arrives whole by its length, but is not what its content-type says. */
  'malformed-body': z.strictObject({ fault: z.literal('malformed-body') }),
  /** The effect happened; the body is right, its content-type says something else. */
  'wrong-content-type': z.strictObject({
    fault: z.literal('wrong-content-type'),
    contentType: z.string().min(1).default('text/html; charset=utf-8'),
  }),
  /** The effect happened; the body drips. */
  'slow-body': z.strictObject({
    fault: z.literal('slow-body'),
    chunks: z.number().int().min(2).max(100_000).default(10),
    intervalMs: milliseconds.default(1_000),
  }),
  /** The effect happened; the reply's JSON has changed its shape. */
  'schema-drift': z.strictObject({
    fault: z.literal('schema-drift'),
    change: z.enum(['missing', 'null', 'type', 'enum', 'extra']).default('missing'),
    /** Member of the reply that changes, `.`-separated; absent: `id`, or else the first member. */
    field: z.string().min(1).optional(),
  }),
  /** A read is answered from before the latest change. */
  'stale-read': z.strictObject({ fault: z.literal('stale-read') }),
  /** Something between sends the call twice; the subject sees the second reply. */
  'call-duplicated': z.strictObject({ fault: z.literal('call-duplicated') }),
} as const satisfies Record<CallFaultName, z.ZodType>

/** Faults that strike one delivery, on its way from a provider to the subject. */
export const deliveryFaults = {
  /** It arrives twice. */
  duplicated: z.strictObject({ fault: z.literal('duplicated') }),
  /** It arrives late. */
  delayed: z.strictObject({ fault: z.literal('delayed'), ms: milliseconds.default(60_000) }),
  /** It arrives after the next delivery to the same address. */
  reordered: z.strictObject({ fault: z.literal('reordered') }),
  /** It never arrives, and the provider believes that it did. */
  lost: z.strictObject({ fault: z.literal('lost') }),
  /** Its body was changed on the way, so its signature no longer fits. */
  tampered: z.strictObject({ fault: z.literal('tampered') }),
  /** It arrives, and once more after a long while. */
  'replayed-late': z.strictObject({ fault: z.literal('replayed-late'), ms: milliseconds.default(3_600_000) }),
  /** It arrives many times at one instant. */
  burst: z.strictObject({ fault: z.literal('burst'), copies: z.number().int().min(2).max(1_000).default(20) }),
} as const satisfies Record<DeliveryFaultName, z.ZodType>

/** A complete fault on a call, as plain data. */
export type CallFault = { [Name in CallFaultName]: z.output<(typeof callFaults)[Name]> }[CallFaultName]
/** A complete fault on a delivery, as plain data. */
export type DeliveryFault = { [Name in DeliveryFaultName]: z.output<(typeof deliveryFaults)[Name]> }[DeliveryFaultName]
/** A complete fault, as plain data. */
export type Fault = CallFault | DeliveryFault

/** Every fault name that strikes a call, in the order of the catalogue. */
export const callFaultNames: readonly CallFaultName[] = Object.keys(callFaults) as CallFaultName[]
/** Every fault name that strikes a delivery, in the order of the catalogue. */
export const deliveryFaultNames: readonly DeliveryFaultName[] = Object.keys(deliveryFaults) as DeliveryFaultName[]

/** Says whether a fault strikes calls; else it strikes deliveries. */
export function strikesCalls(fault: Fault): fault is CallFault {
  return Object.hasOwn(callFaults, fault.fault)
}
