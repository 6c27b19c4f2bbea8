import type { Call, Reply } from '../http/exchange.ts'
import type { Effect } from './definition.ts'
import type { DeliveryRecord, ExchangeRecord, JournalCall, JournalMessage, JournalOutcome } from './journal.ts'
import type { Redactor } from './redact.ts'

const nothing: readonly never[] = Object.freeze([])

/** What the entries of a journal share. */
export interface Sequence {
  /** The number of the youngest record. */
  last: number
  /** Told of an entry that is complete, and of the bytes that its reply adds. */
  ended: ((entry: ExchangeEntry | DeliveryEntry, bytes: number) => void) | undefined
}

/** What exchange and delivery have in common: raw messages that only ever leave it redacted. */
abstract class MessageEntry {
  readonly n: number
  readonly provider: string
  nth = 0
  readonly sentAt: number
  endedAt: number | undefined
  endedAfter: number | undefined
  outcome: JournalOutcome = 'pending'
  status: number | undefined
  injected: readonly { readonly fault: string }[] = nothing
  duplicateOf: number | undefined
  readonly #call: Call
  readonly #redactor: Redactor
  readonly #sequence: Sequence
  #reply: Reply | undefined
  #shownCall: { readonly knows: object; readonly call: JournalCall } | undefined

  constructor(sequence: Sequence, provider: string, call: Call, sentAt: number, redactor: Redactor) {
    this.n = ++sequence.last
    this.#sequence = sequence
    this.provider = provider
    this.sentAt = sentAt
    this.#call = call
    this.#redactor = redactor
  }

  /** Redacted when first read, since of most runs nobody reads it; and anew once other secrets are known. */
  get call(): JournalCall {
    const knows = this.#redactor.knows()
    if (this.#shownCall?.knows !== knows) this.#shownCall = { knows, call: this.#redactedCall() }
    return this.#shownCall.call
  }

  #redactedCall(): JournalCall {
    const { method, origin, path, query, headers, body } = this.#call
    return {
      method,
      url: this.#redactor.url(`${origin}${path}${query && `?${query}`}`),
      headers: this.#redactor.headers(headers),
      body: this.#redactor.body(body),
    }
  }

  get reply(): JournalMessage | undefined {
    const reply = this.#reply
    return reply && { headers: this.#redactor.headers(reply.headers), body: this.#redactor.body(reply.body) }
  }

  /** Ends the attempt as the one who made it saw it. The first end counts. */
  end(outcome: JournalOutcome, at: number, reply?: Reply): void {
    if (this.outcome !== 'pending') return
    this.outcome = outcome
    this.endedAt = at
    this.endedAfter = this.#sequence.last
    this.status = reply?.status
    this.#reply = reply
    this.#sequence.ended?.(this as unknown as ExchangeEntry | DeliveryEntry, reply?.body.length ?? 0)
  }

  abstract toJSON(): ExchangeRecord | DeliveryRecord
}

/** An exchange under way; a record of it for whoever reads the journal. */
export class ExchangeEntry extends MessageEntry implements ExchangeRecord {
  readonly kind = 'exchange'
  operation: string | undefined
  nearest: readonly string[] = nothing
  judgedAt: number | undefined
  effects: readonly Effect[] = nothing
  intent: string | undefined
  connection: number | undefined

  override toJSON(): ExchangeRecord {
    const { kind, n, provider, operation, nth, nearest, sentAt, judgedAt, endedAt, endedAfter, call, outcome } = this
    const { status, reply, injected, effects, intent, duplicateOf, connection } = this
    return {
      ...{ kind, n, provider, operation, nth, nearest, sentAt, judgedAt, endedAt, endedAfter, call, outcome },
      ...{ status, reply, injected, effects, intent, duplicateOf, connection },
    }
  }
}

/** A delivery under way. */
export class DeliveryEntry extends MessageEntry implements DeliveryRecord {
  readonly kind = 'delivery'
  topic = ''
  attempt = 1

  override toJSON(): DeliveryRecord {
    const { kind, n, provider, topic, nth, attempt, sentAt, endedAt, call, outcome, status, injected, duplicateOf } =
      this
    return { kind, n, provider, topic, nth, attempt, sentAt, endedAt, call, outcome, status, injected, duplicateOf }
  }
}
