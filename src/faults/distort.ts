import type { Outcome, Reply } from '../http/exchange.ts'
import { headerOf, textOf } from '../http/messages.ts'
import type { CallFault, SchemaDrift } from './fault.ts'

/** What a call comes to when faults strike that leave the provider untouched; `undefined` when none of them does. */
export function withoutEffect(
  faults: readonly CallFault[],
  refuse: (fault: CallFault, status: number) => Reply,
): Outcome | undefined {
  for (const fault of faults) {
    const outcome = preventing(fault, refuse)
    if (outcome) return outcome
  }
  return undefined
}

const statuses: Readonly<Partial<Record<CallFault['fault'], number>>> = {
  'rate-limited': 429,
  'bad-request': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
}

function preventing(fault: CallFault, refuse: (fault: CallFault, status: number) => Reply): Outcome | undefined {
  const status = statuses[fault.fault]
  if (status !== undefined) return { kind: 'replied', reply: refuse(fault, status) }
  switch (fault.fault) {
    case 'server-error':
      return fault.when === 'before' ? { kind: 'replied', reply: refuse(fault, fault.status) } : undefined
    case 'hang':
      return fault.when === 'before' ? { kind: 'hung' } : undefined
    case 'connection-refused':
      return { kind: 'refused' }
    case 'connection-timeout':
      return { kind: 'unreachable' }
    case 'dns-failure':
      return { kind: 'unresolved' }
    case 'certificate-expired':
      return { kind: 'untrusted' }
    case 'connection-reset':
      return { kind: 'reset' }
    default:
      return undefined
  }
}

/** What becomes of a reply that the provider gave, on its way through the faults that strike after the effect. */
export function afterEffect(
  reply: Reply,
  faults: readonly CallFault[],
  refuse: (fault: CallFault, status: number) => Reply,
): Outcome {
  let outcome: Outcome = { kind: 'replied', reply }
  for (const fault of faults) outcome = distorted(outcome, fault, refuse)
  return outcome
}

function distorted(outcome: Outcome, fault: CallFault, refuse: (fault: CallFault, status: number) => Reply): Outcome {
  if (!('reply' in outcome) || outcome.reply === undefined) return outcome
  const { reply } = outcome
  switch (fault.fault) {
    case 'server-error':
      return { kind: 'replied', reply: refuse(fault, fault.status) }
    case 'hang':
      return { kind: 'hung' }
    case 'reply-lost':
      return { kind: 'reset' }
    case 'truncated-body':
      return reply.body.length === 0
        ? outcome
        : { kind: 'truncated', reply, bytes: bytesKept(reply.body.length, fault.keep) }
    case 'garbled-reply':
      return garbled(outcome, reply, fault.where)
    case 'slow-body':
      return { kind: 'dripped', reply, chunks: fault.chunks, intervalMs: fault.intervalMs }
    case 'malformed-body':
      return { ...outcome, reply: { ...reply, body: malformed(reply.body) } }
    case 'wrong-content-type':
      return { ...outcome, reply: { ...reply, headers: { ...reply.headers, 'content-type': fault.contentType } } }
    case 'schema-drift':
      return { ...outcome, reply: drifted(reply, fault) }
    default:
      return outcome
  }
}

/** A body that breaks off in its framing comes in chunks, whatever the provider does otherwise; one that is empty has none. */
function garbled(outcome: Outcome, reply: Reply, where: 'head' | 'body'): Outcome {
  if (where === 'head') return { kind: 'garbled' }
  if (reply.body.length === 0) return outcome
  const { 'content-length': _, ...headers } = reply.headers
  const chunked = { ...reply, headers: { ...headers, 'transfer-encoding': 'chunked' } }
  return { kind: 'garbled', reply: chunked, bytes: Math.floor(reply.body.length / 2) }
}

/** Always short of the whole. */
function bytesKept(length: number, keep: number): number {
  return Math.min(Math.floor(length * keep), length - 1)
}

/** Of the same length, so that only a parser notices. */
function malformed(body: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(body)
  for (let at = Math.floor(copy.length / 2); at < copy.length; at++) copy[at] = 0x7b // {
  return copy
}

/** A reply that is no JSON, or has no such member, stays as it is. */
function drifted(reply: Reply, { change, field }: SchemaDrift): Reply {
  if (!/json/.test(headerOf(reply, 'content-type') ?? '')) return reply
  let value: unknown
  try {
    value = JSON.parse(textOf(reply.body))
  } catch {
    return reply
  }
  const path = field?.split('.')
  const holder = holderOf(value, path?.slice(0, -1) ?? [])
  if (!holder) return reply
  const name = path?.at(-1) ?? defaultMember(holder)
  if (change === 'extra') holder['drifted_extra_member'] = { nested: [true] }
  else if (name !== undefined && Object.hasOwn(holder, name)) changeMember(holder, name, change)
  else return reply
  return { ...reply, body: Buffer.from(JSON.stringify(value)) }
}

/** The object that a path leads to; a list stands for its first item. */
function holderOf(value: unknown, path: readonly string[]): Record<string, unknown> | undefined {
  const at: unknown = Array.isArray(value) ? value[0] : value
  if (typeof at !== 'object' || at === null) return undefined
  const [head, ...rest] = path
  return head === undefined ? (at as Record<string, unknown>) : holderOf((at as Record<string, unknown>)[head], rest)
}

function defaultMember(holder: Record<string, unknown>): string | undefined {
  return 'id' in holder ? 'id' : Object.keys(holder)[0]
}

function changeMember(
  holder: Record<string, unknown>,
  name: string,
  change: Exclude<SchemaDrift['change'], 'extra'>,
): void {
  if (change === 'missing') delete holder[name]
  else if (change === 'null') holder[name] = null
  else if (change === 'type') holder[name] = typeof holder[name] === 'number' ? 'drifted' : 4_711
  else holder[name] = 'a_value_nobody_has_seen'
}
