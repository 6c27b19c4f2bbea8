import type { JournalRecord } from './journal.ts'

/** How much a journal holds before it forgets the oldest. */
export interface JournalBounds {
  readonly recordsMax: number
  /** Bytes of all bodies together. */
  readonly bytesMax: number
}

/** For journals of runs that end. */
export const unbounded: JournalBounds = {
  recordsMax: Number.POSITIVE_INFINITY,
  bytesMax: Number.POSITIVE_INFINITY,
}

/** Places at the front that may stand empty before the list is moved up. */
const emptyMax = 1_024

/** Records in order, the oldest of which are forgotten once there are too many. The youngest one always stays. */
export class RecordRing {
  readonly bounds: JournalBounds
  #records: (JournalRecord | undefined)[] = []
  #sizes: number[] = []
  #first = 0
  #bytes = 0
  #forgotten = 0

  constructor(bounds: JournalBounds) {
    this.bounds = bounds
  }

  get length(): number {
    return this.#records.length - this.#first
  }

  get forgotten(): number {
    return this.#forgotten
  }

  kept(): JournalRecord[] {
    return this.#records.slice(this.#first) as JournalRecord[]
  }

  push(record: JournalRecord, bytes: number): void {
    this.#records.push(record)
    this.#sizes.push(bytes)
    this.#bytes += bytes
    this.#forgetTheOldest()
  }

  /** A record has grown, as an exchange does when its reply is there. Nothing happens when it is forgotten already. */
  grow(record: JournalRecord, bytes: number): void {
    const at = this.#placeOf(record)
    if (at === undefined) return
    this.#sizes[at] = (this.#sizes[at] ?? 0) + bytes
    this.#bytes += bytes
    this.#forgetTheOldest()
  }

  clear(): void {
    this.#records = []
    this.#sizes = []
    this.#first = 0
    this.#bytes = 0
    this.#forgotten = 0
  }

  /** Numbers of records stand next to each other, so a place follows from the youngest one's. */
  #placeOf(record: JournalRecord): number | undefined {
    const last = this.#records.length - 1
    const at = last - ((this.#records[last]?.n ?? 0) - record.n)
    return at >= this.#first && this.#records[at] === record ? at : undefined
  }

  #forgetTheOldest(): void {
    const { recordsMax, bytesMax } = this.bounds
    while (this.length > 1 && (this.length > recordsMax || this.#bytes > bytesMax)) {
      this.#bytes -= this.#sizes[this.#first] ?? 0
      this.#records[this.#first++] = undefined
      this.#forgotten++
    }
    if (this.#first <= emptyMax || this.#first * 2 < this.#records.length) return
    this.#records.splice(0, this.#first)
    this.#sizes.splice(0, this.#first)
    this.#first = 0
  }
}
