import { AsyncResource } from 'node:async_hooks'
import net from 'node:net'
import type { NetworkClock } from '../network-parts.ts'
import { type Line, Peer, type PeerParts } from './peer.ts'
import type { Destination } from './socket-errors.ts'

/** The time that sockets live in. */
export interface SocketClock extends NetworkClock {
  /** Like `schedule`, for what nobody waits for: a connection that lies idle keeps no run from coming to rest. */
  idle(waitMs: number, task: () => void): { cancel(): void }
}

/** What a wire is made of. */
export interface WireParts extends Omit<PeerParts, 'line' | 'provider' | 'clock'> {
  readonly socket: net.Socket
  readonly clock: SocketClock
  /** Who answers; absent where only TLS is spoken and the client has not begun it. */
  readonly provider: PeerParts['provider'] | undefined
  /** Gives the error for bytes that nobody answers. */
  readonly unserved: () => Error
  /** Called once, when the socket is closed. */
  readonly closed: () => void
}

type Done = (error?: Error | null) => void

/** One connection: between a socket that a client holds and the provider's end. */
export class Wire implements Line {
  readonly to: Destination
  bytesRead = 0
  bytesWritten = 0
  readonly #p: WireParts
  readonly #peer: Peer | undefined
  #scope: AsyncResource
  #timeoutMs = 0
  #activeAt = 0
  #patience: { cancel(): void } | undefined
  #idling: { cancel(): void } | undefined
  #hasTimedOut = false

  constructor(parts: WireParts) {
    const { provider } = parts
    this.#p = parts
    this.to = parts.to
    this.#peer = provider && new Peer({ ...parts, provider, line: this })
    this.#scope = new AsyncResource('StuntdoubleSocket')
    parts.clock.schedule(0, () => this.#connect())
  }

  /** True while a request is under way on it. */
  get isBusy(): boolean {
    return this.#peer?.isBusy ?? false
  }

  write(bytes: Buffer, done: Done): void {
    const { socket, unserved } = this.#p
    if (!this.#peer) {
      done(unserved())
      return
    }
    this.bytesWritten += bytes.length
    const wasBusy = this.#peer.isBusy
    // From now on it works for whoever writes, until that is answered.
    if (!wasBusy) this.#scope = new AsyncResource('StuntdoubleSocket')
    this.#peer.read(bytes)
    this.touch()
    if (!wasBusy) this.#watch()
    // The peer reads ahead of the connection, to know what becomes of the call before it is made; but nobody is told
    // that a request was sent while the connection is not there.
    if (!socket.connecting || !this.#peer.isServing) {
      done()
      return
    }
    // Told last of all when it never stands: by then the request knows of the error, and does not count as sent.
    const closed = (): void => done(closedEarly())
    socket.once('close', closed)
    socket.once('connect', () => {
      socket.off('close', closed)
      done()
    })
  }

  end(): void {
    this.#peer?.end()
  }

  push(bytes: Buffer): void {
    this.#act(() => {
      this.bytesRead += bytes.length
      this.touch()
      this.#p.socket.push(bytes)
    })
  }

  finish(): void {
    this.#act(() => {
      this.#p.socket.push(null)
      this.#p.socket.read(0)
    })
  }

  fail(error: Error): void {
    this.#act(() => {
      const { socket, to } = this.#p
      if (Reflect.get(error, 'syscall') === 'getaddrinfo') socket.emit('lookup', error, undefined, undefined, to.host)
      socket.destroy(error)
    })
  }

  rest(): void {
    this.#watch()
  }

  setTimeout(ms: number): void {
    this.#timeoutMs = ms
    this.touch()
    this.#watch()
  }

  /** Something happened on it: its time-out begins anew. */
  touch(): void {
    this.#activeAt = this.#p.clock.now()
    if (this.#hasTimedOut) this.#watch()
  }

  /** The client has closed it. */
  close(): void {
    this.#peer?.leave(this.#hasTimedOut ? 'timed-out' : 'aborted')
    this.#drop()
    this.#p.closed()
  }

  /** Its world is over: whatever waits for it waits for ever. */
  forget(): void {
    this.#peer?.forget()
    this.#drop()
  }

  #connect(): void {
    const { socket, to } = this.#p
    this.#act(() => {
      if (this.#peer && !this.#peer.resolves) return
      if (net.isIP(to.host) === 0) socket.emit('lookup', null, to.address, 4, to.host)
      if (this.#peer && !this.#peer.connects) return
      Object.assign(socket, { connecting: false })
      socket.emit('connect')
      socket.emit('ready')
      if (!to.secure) return
      Object.assign(socket, { secureConnecting: false })
      socket.emit('secureConnect')
    })
  }

  /** While a call is under way somebody waits for its end, and so for the time-out too. */
  #watch(): void {
    this.#hasTimedOut = false
    this.#patience?.cancel()
    this.#patience = undefined
    if (this.#timeoutMs === 0) return
    const leftMs = Math.max(1, this.#activeAt + this.#timeoutMs - this.#p.clock.now())
    if (this.isBusy) this.#patience = this.#p.clock.schedule(leftMs, () => this.#check())
    else this.#idling ??= this.#p.clock.idle(leftMs, () => this.#checkIdle())
  }

  #checkIdle(): void {
    this.#idling = undefined
    if (!this.isBusy) this.#check()
  }

  #check(): void {
    if (this.#timeoutMs === 0 || this.#p.socket.destroyed) return
    if (this.#p.clock.now() < this.#activeAt + this.#timeoutMs) {
      this.#watch()
      return
    }
    this.#hasTimedOut = true
    this.#act(() => this.#p.socket.emit('timeout'))
  }

  #drop(): void {
    this.#patience?.cancel()
    this.#idling?.cancel()
    this.#timeoutMs = 0
  }

  #act(what: () => void): void {
    if (!this.#p.socket.destroyed) this.#scope.runInAsyncScope(what)
  }
}

function closedEarly(): Error {
  return Object.assign(new Error('Socket closed before the connection was established'), {
    code: 'ERR_SOCKET_CLOSED_BEFORE_CONNECTION',
  })
}
