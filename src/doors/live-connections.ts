import type { Outcome } from '../http/exchange.ts'
import type { ClientConnections, ConnectionReport } from './live-types.ts'

/** One connection as a live world sees it: from its first call there. */
export interface Seen {
  /** What the network is told of it: its number in this world, from 1, and what can be shown over it. */
  readonly way: { readonly connection: number; readonly shows: (outcome: Outcome) => Outcome }
  calls: number
  /** Calls under way over it. */
  busy: number
  isOpen: boolean
  readonly tallies: readonly Tally[]
}

/** Clients that are told apart; of any further one only the sums tell. */
const clientsMax = 256

/** Turns of the event loop for which connections that keep coming put off the moment from which others lie idle. */
const turnsMax = 64

let moments = 0
let accepted = 0

/** Moments are counted: each connection accepted is one, and each turn after which some lie idle. */
export function acceptedNow(): number {
  accepted++
  return ++moments
}

/**
 * Counts what clients do with their connections. Calls that are read in one turn of the event loop count as under way at
 * the same time, although a simulator answers each of them before the next is looked at: the client had sent them all.
 */
export class ConnectionLedger {
  readonly #shows: (outcome: Outcome) => Outcome
  #all = new Tally()
  #byClient = new Map<string, { readonly address: string; readonly userAgent: string; readonly tally: Tally }>()
  #last = 0
  #ending: Seen[] = []
  #resting = new Set<Tally>()

  /** @param shows  What can be shown over the connections that it counts. */
  constructor(shows: (outcome: Outcome) => Outcome = (outcome) => outcome) {
    this.#shows = shows
  }

  /** A connection that was accepted at a moment brings its first call. */
  open(acceptedAt: number, address: string, userAgent: string): Seen {
    const key = `${address} ${userAgent}`
    let client = this.#byClient.get(key)
    if (!client && this.#byClient.size < clientsMax) {
      client = { address, userAgent, tally: new Tally() }
      this.#byClient.set(key, client)
    }
    const tallies = client ? [this.#all, client.tally] : [this.#all]
    const way = { connection: ++this.#last, shows: this.#shows }
    const seen: Seen = { way, calls: 0, busy: 0, isOpen: true, tallies }
    // Another one lay idle already when this one was made, and does still.
    const needlessly = client !== undefined && client.tally.idleSince <= acceptedAt
    for (const tally of tallies) tally.open(needlessly)
    return seen
  }

  /** False when counting has begun anew since it was opened. */
  counts(seen: Seen): boolean {
    return seen.tallies[0] === this.#all
  }

  /** A call begins. */
  begin(seen: Seen): void {
    seen.calls++
    seen.busy++
    for (const tally of seen.tallies) tally.begin(seen)
  }

  /** A call has ended, in whatever way. */
  end(seen: Seen): void {
    if (this.#ending.push(seen) === 1) setImmediate(() => this.#endAll())
  }

  /** The connection is closed; `abandoned` when that was the server's doing, because nobody used it any more. */
  close(seen: Seen, abandoned: boolean): void {
    if (!seen.isOpen) return
    seen.isOpen = false
    for (const tally of seen.tallies) tally.close(seen, abandoned)
  }

  /** Counts anew. What is open is forgotten, until it calls again. */
  forget(): void {
    this.#all = new Tally()
    this.#byClient = new Map()
    this.#last = 0
  }

  report(): ConnectionReport {
    this.#endAll()
    const clients: ClientConnections[] = []
    for (const { address, userAgent, tally } of this.#byClient.values()) {
      clients.push({ address, userAgent, ...tally.counts() })
    }
    return { ...this.#all.counts(), clients }
  }

  #endAll(): void {
    if (this.#ending.length === 0) return
    const ending = this.#ending
    this.#ending = []
    for (const seen of ending) {
      if (!seen.isOpen || seen.busy === 0) continue
      seen.busy--
      for (const tally of seen.tallies) {
        tally.end(seen)
        if (this.#resting.size === 0) this.#rest(accepted, turnsMax)
        this.#resting.add(tally)
      }
    }
  }

  /**
   * Connections lie idle from the first turn on in which none was accepted: the event loop accepts one each turn, so
   * those that come before it had been asked for while all were busy.
   */
  #rest(acceptedBefore: number, turnsLeft: number): void {
    setImmediate(() => {
      if (accepted > acceptedBefore && turnsLeft > 0) return this.#rest(accepted, turnsLeft - 1)
      const moment = ++moments
      for (const tally of this.#resting) tally.rest(moment)
      this.#resting.clear()
    })
  }
}

class Tally {
  /** The moment from which on there has always been an idle connection. */
  idleSince: number = Number.POSITIVE_INFINITY
  #opened = 0
  #open = 0
  #openPeak = 0
  #idle = 0
  #needless = 0
  #leftBehind = 0
  #calls = 0
  #callsPerConnectionPeak = 0
  #callsAtOnce = 0
  #callsAtOncePeak = 0

  open(needlessly: boolean): void {
    this.#opened++
    this.#openPeak = Math.max(this.#openPeak, ++this.#open)
    if (needlessly) this.#needless++
  }

  begin({ busy, calls }: Seen): void {
    if (busy === 1 && calls > 1) this.#use()
    this.#calls++
    if (calls > this.#callsPerConnectionPeak) this.#callsPerConnectionPeak = calls
    if (++this.#callsAtOnce > this.#callsAtOncePeak) this.#callsAtOncePeak = this.#callsAtOnce
  }

  end({ busy }: Seen): void {
    this.#callsAtOnce--
    if (busy === 0) this.#idle++
  }

  rest(moment: number): void {
    if (this.#idle > 0) this.idleSince = Math.min(this.idleSince, moment)
  }

  close({ busy }: Seen, abandoned: boolean): void {
    this.#open--
    if (busy === 0) this.#use()
    else this.#callsAtOnce -= busy
    if (abandoned) this.#leftBehind++
  }

  #use(): void {
    if (--this.#idle === 0) this.idleSince = Number.POSITIVE_INFINITY
  }

  counts(): Omit<ConnectionReport, 'clients'> {
    return {
      ...{ opened: this.#opened, open: this.#open, openPeak: this.#openPeak, idle: this.#idle },
      ...{ openedNeedlessly: this.#needless, leftBehind: this.#leftBehind, calls: this.#calls },
      ...{ callsPerConnectionPeak: this.#callsPerConnectionPeak, callsAtOncePeak: this.#callsAtOncePeak },
    }
  }
}
