import type { Socket } from 'node:net'
import { acceptedNow, type Seen } from '../live-connections.ts'
import type { Served, UnderWay } from './served-worlds.ts'

/** One connection of a client to a server, over which calls to several worlds may come. */
export class Connection {
  /** Set when the server closes it because nobody used it any more. */
  isAbandoned = false
  readonly underWay: Set<UnderWay & { leave(): void }> = new Set()
  readonly #socket: Socket
  readonly #raw: Socket
  readonly #acceptedAt: number = acceptedNow()
  readonly #address: string
  #last: { readonly served: Served; readonly seen: Seen } | undefined
  #others: Map<Served, Seen> | undefined

  /**
   * @param socket  What requests come over.
   * @param raw     The same connection below TLS.
   */
  constructor(socket: Socket, raw: Socket) {
    this.#socket = socket
    this.#raw = raw
    this.#address = raw.remoteAddress ?? ''
    socket.on('close', () => this.#close())
    // What breaks a connection off is told by its close.
    socket.on('error', () => undefined)
  }

  /** How a world sees it; opened there by its first call. */
  seenIn(served: Served, userAgent: string | undefined): Seen {
    const { ledger } = served.world
    const known = this.#last?.served === served ? this.#last.seen : this.#others?.get(served)
    if (known && ledger.counts(known)) return known
    const seen = ledger.open(this.#acceptedAt, this.#address, userAgent ?? '')
    if (this.#last && this.#last.served !== served) {
      this.#others ??= new Map()
      this.#others.set(this.#last.served, this.#last.seen)
      for (const other of this.#others.keys()) if (other.isClosed) this.#others.delete(other)
    }
    this.#others?.delete(served)
    this.#last = { served, seen }
    return seen
  }

  reset(): void {
    if (!this.#socket.destroyed) this.#raw.resetAndDestroy()
  }

  #close(): void {
    for (const call of this.underWay) call.leave()
    this.underWay.clear()
    if (this.#last) this.#last.served.world.ledger.close(this.#last.seen, this.isAbandoned)
    for (const [served, seen] of this.#others ?? []) served.world.ledger.close(seen, this.isAbandoned)
  }
}
