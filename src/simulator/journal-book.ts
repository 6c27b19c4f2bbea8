import { createHash } from 'node:crypto'
import type { Call } from '../http/exchange.ts'
import type { DeliveryRecord, ExchangeRecord, Journal, JournalRecord, NoteRecord, StrikePoint } from './journal.ts'
import { DeliveryEntry, ExchangeEntry, type Sequence } from './journal-entries.ts'
import { type JournalBounds, RecordRing, unbounded } from './record-ring.ts'
import type { Redactor } from './redact.ts'

/**
 * The journal as it is written. Readers get it as a `Journal`. Where it is bounded, it forgets the oldest records, and
 * counts on all the same.
 */
export class JournalBook implements Journal {
  readonly #redactor: Redactor
  readonly #ring: RecordRing
  readonly #counts = new Map<string, number>()
  readonly #sequence: Sequence = { last: 0, ended: undefined }
  readonly #followers = new Set<(record: JournalRecord) => void>()

  constructor(redactor: Redactor, bounds: JournalBounds = unbounded) {
    this.#redactor = redactor
    this.#ring = new RecordRing(bounds)
    if (Number.isFinite(bounds.bytesMax)) this.#sequence.ended = (entry, bytes) => this.#ring.grow(entry, bytes)
  }

  /** Records that it holds at most. */
  get recordsMax(): number {
    return this.#ring.bounds.recordsMax
  }

  /** Records that it has forgotten since it was opened or cleared. */
  get forgotten(): number {
    return this.#ring.forgotten
  }

  /** Calls `listener` with each record once it is complete. Returns how to stop. */
  follow(listener: (record: JournalRecord) => void): () => void {
    this.#followers.add(listener)
    this.#sequence.ended = (entry, bytes) => {
      this.#ring.grow(entry, bytes)
      for (const follower of this.#followers) follower(entry)
    }
    return () => this.#followers.delete(listener)
  }

  /** Forgets every record and begins to count calls anew; numbers of records go on. */
  clear(): void {
    this.#ring.clear()
    this.#counts.clear()
  }

  /** Opens the record of a call that the subject has just sent. */
  openExchange(provider: string, operation: string | undefined, call: Call, at: number): ExchangeEntry {
    const entry = new ExchangeEntry(this.#sequence, provider, call, at, this.#redactor)
    entry.operation = operation
    entry.nth = this.#count(`${provider} ${operation ?? ''}`)
    this.#ring.push(entry, call.body.length)
    return entry
  }

  /** Opens the record of a copy of a call, made on the way. */
  openDuplicate(original: ExchangeEntry, call: Call, at: number): ExchangeEntry {
    const entry = new ExchangeEntry(this.#sequence, original.provider, call, at, this.#redactor)
    entry.operation = original.operation
    entry.nth = original.nth
    entry.intent = original.intent
    entry.duplicateOf = original.n
    this.#ring.push(entry, call.body.length)
    return entry
  }

  /** Opens the record of a delivery that the provider has just sent. */
  openDelivery(
    provider: string,
    topic: string,
    attempt: number,
    call: Call,
    at: number,
    copyOf?: DeliveryEntry,
  ): DeliveryEntry {
    const entry = new DeliveryEntry(this.#sequence, provider, call, at, this.#redactor)
    entry.topic = topic
    entry.attempt = attempt
    entry.nth = copyOf ? copyOf.nth : this.#count(`${provider} > ${topic}`)
    entry.duplicateOf = copyOf?.n
    this.#ring.push(entry, call.body.length)
    return entry
  }

  note(topic: NoteRecord['topic'], text: string, at: number, intent: string | undefined): void {
    const record: NoteRecord = {
      ...{ kind: 'note', n: ++this.#sequence.last, at, topic, text: this.#redactor.text(text), intent },
    }
    this.#ring.push(record, text.length)
    for (const follower of this.#followers) follower(record)
  }

  get length(): number {
    return this.#ring.length
  }

  records(): readonly JournalRecord[] {
    return this.#ring.kept()
  }

  exchanges(): readonly ExchangeRecord[] {
    return this.#ring.kept().filter((record) => record.kind === 'exchange')
  }

  deliveries(): readonly DeliveryRecord[] {
    return this.#ring.kept().filter((record) => record.kind === 'delivery')
  }

  notes(): readonly NoteRecord[] {
    return this.#ring.kept().filter((record) => record.kind === 'note')
  }

  strikePoints(): readonly StrikePoint[] {
    const points: StrikePoint[] = []
    for (const record of this.#ring.kept()) {
      if (record.kind === 'note' || record.duplicateOf !== undefined) continue
      const { provider, nth } = record
      if (record.kind === 'delivery') points.push({ provider, topic: record.topic, nth })
      else if (record.operation !== undefined) points.push({ provider, operation: record.operation, nth })
    }
    return points
  }

  fingerprint(): string {
    return createHash('sha256').update(JSON.stringify(this.#ring.kept())).digest('hex')
  }

  #count(key: string): number {
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    return count
  }
}
