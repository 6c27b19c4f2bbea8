import type { ClientConnections, ConnectionReport } from './live-types.ts'

/** One connection as a live world sees it: opened with its first call there. */
export interface Seen {
  /** Number of the connection in its world, from 1. */
  readonly n: number
  calls: number
  /** Calls under way over it. */
  busy: number
  isOpen: boolean
  readonly tallies: readonly Tally[]
}

/** Clients that are told apart; of any further one only the sums tell. */
const clientsMax = 256

/** Counts what clients do with their connections. */
export class ConnectionLedger {
  #all = new Tally()
  #byClient = new Map<string, { readonly address: string; readonly userAgent: string; readonly tally: Tally }>()
  #last = 0

  /** A connection brings its first call. */
  open(address: string, userAgent: string): Seen {
    const key = `${address} ${userAgent}`
    let client = this.#byClient.get(key)
    if (!client && this.#byClient.size < clientsMax) {
      client = { address, userAgent, tally: new Tally() }
      this.#byClient.set(key, client)
    }
    const tallies = client ? [this.#all, client.tally] : [this.#all]
    const seen: Seen = { n: ++this.#last, calls: 0, busy: 0, isOpen: true, tallies }
    const needlessly = (client?.tally.idle ?? 0) > 0
    for (const tally of tallies) tally.open(needlessly)
    return seen
  }

  /** A call begins. */
  begin(seen: Seen): void {
    seen.calls++
    seen.busy++
    for (const tally of seen.tallies) tally.begin(seen)
  }

  /** A call has ended, in whatever way. */
  end(seen: Seen): void {
    if (seen.busy === 0) return
    seen.busy--
    for (const tally of seen.tallies) tally.end(seen)
  }

  /** The connection is closed; `abandoned` when that was the server's doing, because nobody used it any more. */
  close(seen: Seen, abandoned: boolean): void {
    if (!seen.isOpen) return
    while (seen.busy > 0) this.end(seen)
    seen.isOpen = false
    for (const tally of seen.tallies) tally.close(abandoned)
  }

  /** Counts anew. What is open is forgotten, until it calls again. */
  forget(): void {
    this.#all = new Tally()
    this.#byClient = new Map()
    this.#last = 0
  }

  report(): ConnectionReport {
    const clients: ClientConnections[] = []
    for (const { address, userAgent, tally } of this.#byClient.values()) {
      clients.push({ address, userAgent, ...tally.counts() })
    }
    return { ...this.#all.counts(), clients }
  }
}

class Tally {
  idle = 0
  #opened = 0
  #open = 0
  #needless = 0
  #leftBehind = 0
  #calls = 0
  #callsPerConnectionPeak = 0
  #callsAtOnce = 0
  #callsAtOncePeak = 0

  open(needlessly: boolean): void {
    this.#opened++
    this.#open++
    this.idle++
    if (needlessly) this.#needless++
  }

  begin({ busy, calls }: Seen): void {
    if (busy === 1) this.idle--
    this.#calls++
    this.#callsPerConnectionPeak = Math.max(this.#callsPerConnectionPeak, calls)
    this.#callsAtOncePeak = Math.max(this.#callsAtOncePeak, ++this.#callsAtOnce)
  }

  end({ busy }: Seen): void {
    if (busy === 0) this.idle++
    this.#callsAtOnce--
  }

  close(abandoned: boolean): void {
    this.#open--
    this.idle--
    if (abandoned) this.#leftBehind++
  }

  counts(): Omit<ConnectionReport, 'clients'> {
    return {
      ...{ opened: this.#opened, open: this.#open, idle: this.idle, openedNeedlessly: this.#needless },
      ...{ leftBehind: this.#leftBehind, calls: this.#calls, callsPerConnectionPeak: this.#callsPerConnectionPeak },
      callsAtOncePeak: this.#callsAtOncePeak,
    }
  }
}
