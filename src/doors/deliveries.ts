import type { DeliveryFault } from '../faults/fault.ts'
import type { Call, Headers, Outcome, Reply } from '../http/exchange.ts'
import { emptyBody } from '../http/exchange.ts'
import { textReply } from '../http/messages.ts'
import type { DeliveryEntry } from '../simulator/journal-entries.ts'
import { handshakeTopic } from '../simulator/webhooks.ts'
import type { NetworkParts } from './network-parts.ts'

/** Sends a call from a provider to its user. */
export type Deliver = (call: Call, delivery?: DeliveryInfo) => Promise<Outcome>

interface DeliveryInfo {
  readonly topic: string
  readonly attempt: number
  /** How long the provider waits for an answer; absent: for ever. */
  readonly timeoutMs?: number
}

/** How long a reordered delivery waits for another one to overtake it. */
const overtakingMsMax = 60_000

/** Makes what one provider sends through. `inFlight` is told of every delivery that starts (1) and ends (-1). */
export function createDeliverer(provider: string, parts: NetworkParts, inFlight: (change: 1 | -1) => void): Deliver {
  const { clock, striker, book, startAt } = parts
  const held = new Map<string, () => void>()
  const leg = (): number => parts.random.integer(parts.latency.minMs, parts.latency.maxMs)

  /** One copy's way there and back. */
  const carry = (call: Call, entry: DeliveryEntry, waitMs: number, timeoutMs: number | undefined): Promise<Outcome> =>
    new Promise((resolve) => {
      inFlight(1)
      clock.schedule(waitMs, async () => {
        const outcome = await received(parts, call, timeoutMs)
        clock.schedule(leg(), () => {
          inFlight(-1)
          entry.end(outcome.kind, clock.now(), 'reply' in outcome ? outcome.reply : undefined)
          resolve(outcome)
        })
      })
    })

  /** The first end of an entry counts: an answer that comes later is not what the provider saw. */
  const waitFor = (answer: Promise<Outcome>, entry: DeliveryEntry, timeoutMs: number | undefined): Promise<Outcome> => {
    if (timeoutMs === undefined) return answer
    const patience = clock.schedule(timeoutMs, () => entry.end('timed-out', clock.now()))
    return answer.finally(() => patience.cancel())
  }

  return (call, { topic, attempt, timeoutMs }: DeliveryInfo = { topic: handshakeTopic, attempt: 1 }) => {
    const sentAt = clock.now()
    const entry = book.openDelivery(provider, topic, attempt, call, sentAt)
    const faults = striker.strikeDelivery({ provider, name: topic, nth: entry.nth, atMs: sentAt - startAt })
    if (faults.length > 0) entry.injected = faults

    const address = `${call.origin}${call.path}`
    const overtaken = held.get(address)
    held.delete(address)
    const arrivalMs = leg()
    if (overtaken) clock.schedule(arrivalMs + 1, overtaken)

    const sent = faults.some(({ fault }) => fault === 'tampered') ? tamperedWith(call) : call
    for (const { count, waitMs } of copiesOf(faults)) {
      for (let copy = 0; copy < count; copy++) {
        carry(sent, book.openDelivery(provider, topic, attempt, sent, sentAt, entry), arrivalMs + waitMs, timeoutMs)
      }
    }
    if (faults.some(({ fault }) => fault === 'lost')) return lose(parts, entry, arrivalMs)
    const delayMs = faults.reduce((sum, fault) => sum + (fault.fault === 'delayed' ? fault.ms : 0), 0)
    if (!faults.some(({ fault }) => fault === 'reordered')) {
      return waitFor(carry(sent, entry, arrivalMs + delayMs, timeoutMs), entry, timeoutMs)
    }
    const overtaking = new Promise<Outcome>((resolve) => {
      const release = (): void => resolve(carry(sent, entry, 0, timeoutMs))
      held.set(address, release)
      clock.schedule(overtakingMsMax, () => {
        if (held.get(address) !== release) return
        held.delete(address)
        release()
      })
    })
    return waitFor(overtaking, entry, timeoutMs)
  }
}

function copiesOf(faults: readonly DeliveryFault[]): readonly { readonly count: number; readonly waitMs: number }[] {
  return faults.flatMap((fault) => {
    if (fault.fault === 'duplicated') return [{ count: 1, waitMs: 0 }]
    if (fault.fault === 'burst') return [{ count: fault.copies - 1, waitMs: 0 }]
    if (fault.fault === 'replayed-late') return [{ count: 1, waitMs: fault.ms }]
    return []
  })
}

/** The provider believes that it was taken. */
function lose({ clock }: NetworkParts, entry: DeliveryEntry, waitMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    clock.schedule(waitMs, () => {
      entry.end('hung', clock.now())
      resolve({ kind: 'replied', reply: textReply(200, '') })
    })
  })
}

/** A byte of the body differs; a delivery without a body stays as it is. */
function tamperedWith(call: Call): Call {
  const body = Uint8Array.from(call.body)
  const at = body.findLastIndex((byte) => byte >= 0x30 && byte <= 0x7a)
  if (at >= 0) body[at] = body[at] === 0x30 ? 0x31 : 0x30
  return { ...call, body }
}

/** A server answers for what its code throws; what that was stands in the journal. */
async function received(
  { receivers, beyond, book, clock }: NetworkParts,
  call: Call,
  timeoutMs: number | undefined,
): Promise<Outcome> {
  const receiver = receivers[call.origin]
  if (!receiver) return beyond ? beyond(call, timeoutMs) : { kind: 'unresolved' }
  try {
    return { kind: 'replied', reply: await replyOf(await receiver(requestOf(call))) }
  } catch (error) {
    book.note('log', `The receiver at ${call.origin} threw: ${String(error)}`, clock.now(), undefined)
    return { kind: 'replied', reply: textReply(500, 'Internal Server Error') }
  }
}

/** A call as fetch takes it. */
export function requestOf({ method, origin, path, query, headers, body }: Call): Request {
  const url = `${origin}${path}${query === '' ? '' : `?${query}`}`
  return new Request(url, {
    method,
    headers: headerPairs(headers),
    ...(body.length > 0 && { body: Buffer.from(body) }),
  })
}

function headerPairs(headers: Headers): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one]))
}

/** A reply as fetch gave it, read to its end. */
export async function replyOf(response: Response): Promise<Reply> {
  const headers: Record<string, string> = {}
  for (const [name, value] of response.headers) headers[name] = value
  return { status: response.status, headers, body: response.body ? await response.bytes() : emptyBody }
}
