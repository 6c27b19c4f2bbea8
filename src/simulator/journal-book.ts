import { createHash } from 'node:crypto'
import type { Call } from '../http/exchange.ts'
import type { DeliveryRecord, ExchangeRecord, Journal, JournalRecord, NoteRecord, StrikePoint } from './journal.ts'
import { DeliveryEntry, ExchangeEntry, type Sequence } from './journal-entries.ts'
import type { Redactor } from './redact.ts'

/** The journal as it is written. Readers get it as a `Journal`. */
export class JournalBook implements Journal {
  readonly #redactor: Redactor
  readonly #records: JournalRecord[] = []
  readonly #counts = new Map<string, number>()
  readonly #sequence: Sequence = { last: 0 }

  constructor(redactor: Redactor) {
    this.#redactor = redactor
  }

  /** Opens the record of a call that the subject has just sent. */
  openExchange(provider: string, operation: string | undefined, call: Call, at: number): ExchangeEntry {
    const entry = new ExchangeEntry(this.#sequence, provider, call, at, this.#redactor)
    entry.operation = operation
    entry.nth = this.#count(`${provider} ${operation ?? ''}`)
    this.#records.push(entry)
    return entry
  }

  /** Opens the record of a copy of a call, made on the way. */
  openDuplicate(original: ExchangeEntry, call: Call, at: number): ExchangeEntry {
    const entry = new ExchangeEntry(this.#sequence, original.provider, call, at, this.#redactor)
    entry.operation = original.operation
    entry.nth = original.nth
    entry.intent = original.intent
    entry.duplicateOf = original.n
    this.#records.push(entry)
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
    this.#records.push(entry)
    return entry
  }

  note(topic: NoteRecord['topic'], text: string, at: number, intent: string | undefined): void {
    this.#records.push({ kind: 'note', n: ++this.#sequence.last, at, topic, text: this.#redactor.text(text), intent })
  }

  get length(): number {
    return this.#records.length
  }

  records(): readonly JournalRecord[] {
    return [...this.#records]
  }

  exchanges(): readonly ExchangeRecord[] {
    return this.#records.filter((record) => record.kind === 'exchange')
  }

  deliveries(): readonly DeliveryRecord[] {
    return this.#records.filter((record) => record.kind === 'delivery')
  }

  notes(): readonly NoteRecord[] {
    return this.#records.filter((record) => record.kind === 'note')
  }

  strikePoints(): readonly StrikePoint[] {
    const points: StrikePoint[] = []
    for (const record of this.#records) {
      if (record.kind === 'note' || record.duplicateOf !== undefined) continue
      const { provider, nth } = record
      if (record.kind === 'delivery') points.push({ provider, topic: record.topic, nth })
      else if (record.operation !== undefined) points.push({ provider, operation: record.operation, nth })
    }
    return points
  }

  fingerprint(): string {
    return createHash('sha256').update(JSON.stringify(this.#records)).digest('hex')
  }

  #count(key: string): number {
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    return count
  }
}
