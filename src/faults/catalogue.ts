import * as z from 'zod'
import type { CallFaultName, DeliveryFaultName, FaultName } from '../simulator/fault-names.ts'
import { faultDefaults as defaults } from './defaults.ts'
import type { CallFault, Fault } from './fault.ts'

const when = z.enum(['before', 'after'])
const milliseconds = z.number().int().min(1).max(86_400_000)
const plain = <Name extends FaultName>(name: Name) => z.strictObject({ fault: z.literal(name) })

const callFaultSchemas = {
  'rate-limited': z.strictObject({
    fault: z.literal('rate-limited'),
    retryAfterS: z.number().int().min(0).max(86_400).optional(),
  }),
  'bad-request': plain('bad-request'),
  unauthorized: plain('unauthorized'),
  forbidden: plain('forbidden'),
  'not-found': plain('not-found'),
  conflict: plain('conflict'),
  'server-error': z.strictObject({
    fault: z.literal('server-error'),
    status: z
      .union([z.literal(500), z.literal(502), z.literal(503), z.literal(504)])
      .default(defaults['server-error'].status),
    when: when.default(defaults['server-error'].when),
  }),
  latency: z.strictObject({ fault: z.literal('latency'), ms: milliseconds.default(defaults.latency.ms) }),
  hang: z.strictObject({ fault: z.literal('hang'), when: when.default(defaults.hang.when) }),
  'connection-refused': plain('connection-refused'),
  'connection-timeout': plain('connection-timeout'),
  'dns-failure': plain('dns-failure'),
  'certificate-expired': plain('certificate-expired'),
  'connection-reset': plain('connection-reset'),
  'reply-lost': plain('reply-lost'),
  'truncated-body': z.strictObject({
    fault: z.literal('truncated-body'),
    keep: z.number().min(0).max(1).default(defaults['truncated-body'].keep),
  }),
  'garbled-reply': z.strictObject({
    fault: z.literal('garbled-reply'),
    where: z.enum(['head', 'body']).default(defaults['garbled-reply'].where),
  }),
  'malformed-body': plain('malformed-body'),
  'wrong-content-type': z.strictObject({
    fault: z.literal('wrong-content-type'),
    contentType: z.string().min(1).default(defaults['wrong-content-type'].contentType),
  }),
  'slow-body': z.strictObject({
    fault: z.literal('slow-body'),
    chunks: z.number().int().min(2).max(100_000).default(defaults['slow-body'].chunks),
    intervalMs: milliseconds.default(defaults['slow-body'].intervalMs),
  }),
  'schema-drift': z.strictObject({
    fault: z.literal('schema-drift'),
    change: z.enum(['missing', 'null', 'type', 'enum', 'extra']).default(defaults['schema-drift'].change),
    field: z.string().min(1).optional(),
  }),
  'stale-read': plain('stale-read'),
  'call-duplicated': plain('call-duplicated'),
} satisfies Record<CallFaultName, z.ZodType>

const deliveryFaultSchemas = {
  duplicated: plain('duplicated'),
  delayed: z.strictObject({ fault: z.literal('delayed'), ms: milliseconds.default(defaults.delayed.ms) }),
  reordered: plain('reordered'),
  lost: plain('lost'),
  tampered: plain('tampered'),
  'replayed-late': z.strictObject({
    fault: z.literal('replayed-late'),
    ms: milliseconds.default(defaults['replayed-late'].ms),
  }),
  burst: z.strictObject({
    fault: z.literal('burst'),
    copies: z.number().int().min(2).max(1_000).default(defaults.burst.copies),
  }),
} satisfies Record<DeliveryFaultName, z.ZodType>

const faultSchemas: Readonly<Record<FaultName, z.ZodObject>> = { ...callFaultSchemas, ...deliveryFaultSchemas }

/** Schema of a fault, by name. It fills in what is absent, so a parsed fault is complete. */
export function schemaNamed(name: FaultName): z.ZodObject {
  return faultSchemas[name]
}

/** Every fault name that strikes a call, in the order of the catalogue. */
export const callFaultNames: readonly CallFaultName[] = Object.keys(callFaultSchemas) as CallFaultName[]
/** Every fault name that strikes a delivery, in the order of the catalogue. */
export const deliveryFaultNames: readonly DeliveryFaultName[] = Object.keys(deliveryFaultSchemas) as DeliveryFaultName[]

const namesOnCalls: ReadonlySet<string> = new Set(callFaultNames)

/** Says whether a fault strikes calls; else it strikes deliveries. */
export function strikesCalls(fault: Fault): fault is CallFault {
  return namesOnCalls.has(fault.fault)
}

/** Fills in what a fault leaves open. */
export function completeFault(fault: Partial<Fault> & { readonly fault: FaultName }): Fault {
  return schemaNamed(fault.fault).parse(fault) as unknown as Fault
}
