import type { Headers } from '../http/exchange.ts'
import type { Effect } from './definition.ts'

/** A call or reply as the journal tells it: credentials replaced, bodies as text where they are text. */
export interface JournalMessage {
  readonly headers: Headers
  /** Decoded as UTF-8; `base64:…` when the bytes are no text; `''` when there is no body. */
  readonly body: string
}

/** A journalled request. */
export interface JournalCall extends JournalMessage {
  readonly method: string
  /** Origin, path and query. */
  readonly url: string
}

/** How an exchange ended, as the subject saw it. `pending` while it has not. */
export type JournalOutcome =
  | 'pending'
  | 'replied'
  | 'hung'
  | 'refused'
  | 'unreachable'
  | 'unresolved'
  | 'untrusted'
  | 'reset'
  | 'truncated'
  | 'garbled'
  | 'dripped'
  | 'aborted'
  | 'timed-out'

/** One attempt of the subject to have a provider do something. */
export interface ExchangeRecord {
  readonly kind: 'exchange'
  /** Place in the journal, from 1. */
  readonly n: number
  readonly provider: string
  /** Name of the operation; `undefined` when none matched. */
  readonly operation: string | undefined
  /** Which call of this operation it was, from 1. */
  readonly nth: number
  /** Operations that an unmatched call came nearest to. */
  readonly nearest: readonly string[]
  /** Virtual milliseconds since 1970: when the subject sent it, when the provider judged it, when the subject knew. */
  readonly sentAt: number
  readonly judgedAt: number | undefined
  readonly endedAt: number | undefined
  /**
   * The highest `n` of the journal when the subject knew: whatever has a higher one was begun by a subject that knew.
   * Times cannot say so, since much happens within one millisecond.
   */
  readonly endedAfter: number | undefined
  readonly call: JournalCall
  readonly outcome: JournalOutcome
  /** Status that the subject saw; `undefined` when it saw none. */
  readonly status: number | undefined
  /** The reply as the subject saw it; `undefined` when no headers came. */
  readonly reply: JournalMessage | undefined
  /** Faults that struck it, as plain data. */
  readonly injected: readonly { readonly fault: string }[]
  readonly effects: readonly Effect[]
  /** The intent it served, if any. */
  readonly intent: string | undefined
  /** Set on a copy that something between the two sent: the `n` of the original. */
  readonly duplicateOf: number | undefined
  /** Which connection of the journal's world it came over, from 1; absent where doors have none, or know none. */
  readonly connection?: number | undefined
}

/** One attempt of a provider to tell the subject something. */
export interface DeliveryRecord {
  readonly kind: 'delivery'
  readonly n: number
  readonly provider: string
  readonly topic: string
  /** Which delivery of this topic it was, from 1; tries after the first count too. */
  readonly nth: number
  readonly attempt: number
  readonly sentAt: number
  readonly endedAt: number | undefined
  readonly call: JournalCall
  readonly outcome: JournalOutcome
  readonly status: number | undefined
  readonly injected: readonly { readonly fault: string }[]
  /** Set on a copy that a fault made: the `n` of the original. */
  readonly duplicateOf: number | undefined
}

/** A line that the subject logged, or a thing that the world noticed. */
export interface NoteRecord {
  readonly kind: 'note'
  readonly n: number
  readonly at: number
  readonly topic: 'log' | 'intent-started' | 'intent-ended' | 'escaped' | 'unhandled-rejection'
  readonly text: string
  readonly intent: string | undefined
}

/** One entry of the journal. */
export type JournalRecord = ExchangeRecord | DeliveryRecord | NoteRecord

/** Place where a fault can strike a call. */
export interface CallPoint {
  readonly provider: string
  readonly operation: string
  readonly nth: number
}

/** Place where a fault can strike a delivery. */
export interface DeliveryPoint {
  readonly provider: string
  readonly topic: string
  readonly nth: number
}

/** Place where a fault can strike. */
export type StrikePoint = CallPoint | DeliveryPoint

/** What happened, in order. Each attempt stands in it once. */
export interface Journal {
  readonly length: number
  /** Every record, redacted; JSON makes each of them plain data. */
  records(): readonly JournalRecord[]
  exchanges(): readonly ExchangeRecord[]
  deliveries(): readonly DeliveryRecord[]
  notes(): readonly NoteRecord[]
  /** Every place at which a fault could have struck, in order of time. */
  strikePoints(): readonly StrikePoint[]
  /** SHA-256 over all records, in hexadecimal. */
  fingerprint(): string
}
