import type { Call, Outcome, Reply } from '../../http/exchange.ts'
import { noChunk, noHttp } from '../garbage.ts'
import type { Network, Provider, Ticket } from '../network.ts'
import type { NetworkClock } from '../network-parts.ts'
import { hasBody, piecesOf } from '../reply-body.ts'
import { chunkOf, headBytes } from './reply-bytes.ts'
import { type RequestHead, RequestParser } from './request-parser.ts'
import { type Destination, socketError } from './socket-errors.ts'

/** The client's end of a connection, as the far end acts on it. */
export interface Line {
  /** Bytes arrive. */
  push(bytes: Buffer): void
  /** The far end closes its side. */
  finish(): void
  /** The connection breaks. */
  fail(error: Error): void
  /** All that came is answered. */
  rest(): void
}

/** What stands at the far end of a connection. */
export interface PeerParts {
  readonly network: Network
  readonly clock: NetworkClock
  readonly provider: Provider
  /** `https://api.acme.example` */
  readonly origin: string
  readonly to: Destination
  readonly line: Line
  /** Name of the intent that the running code serves. */
  readonly intent: () => string | undefined
}

interface Request {
  readonly head: RequestHead
  readonly call: Call
  readonly intent: string | undefined
}

/** Milliseconds after which Linux gives up on a connection that nobody answers: six repeats, each after twice the wait. */
const connectMsMax = 127_000

/** The provider's end of one connection: reads requests, and writes what they come to, one after the other. */
export class Peer {
  readonly #p: PeerParts
  readonly #parser: RequestParser
  readonly #waiting: Request[] = []
  #intent: string | undefined
  #serving: Request | undefined
  #ticket: Ticket | undefined
  #next: { cancel(): void } | undefined
  #isClosing = false
  #isOver = false
  #isForgotten = false

  constructor(parts: PeerParts) {
    this.#p = parts
    this.#parser = new RequestParser({
      head: (head) => this.#greet(head),
      whole: (head, body) => this.#take({ head, call: this.#callOf(head, body), intent: this.#intent }),
      malformed: () => this.#refuse(),
    })
  }

  /** True while a request is under way, or has begun to come in. */
  get isBusy(): boolean {
    return this.#serving !== undefined || !this.#parser.isIdle
  }

  /** True once a whole request has come in, until it is answered. */
  get isServing(): boolean {
    return this.#serving !== undefined
  }

  /** False when the call that is under way is struck by a fault that keeps its name from being resolved. */
  get resolves(): boolean {
    return this.#ticket?.resolves ?? true
  }

  /** False when the call that is under way is struck by a fault that keeps its connection from being made. */
  get connects(): boolean {
    return this.#ticket?.connects ?? true
  }

  read(bytes: Buffer): void {
    if (this.#isOver) return
    // Connections are shared: a request belongs to whoever writes its first bytes.
    if (this.#parser.isIdle) this.#intent = this.#p.intent()
    this.#parser.read(bytes)
  }

  /** The client will send no more. */
  end(): void {
    this.#isClosing = true
    if (!this.#serving) this.#finishLater()
  }

  /** The client is gone. */
  leave(how: 'aborted' | 'timed-out'): void {
    if (this.#isForgotten) return
    this.#isOver = true
    this.#next?.cancel()
    this.#ticket?.giveUp(how)
  }

  /** The client is gone with its world: what became of its call stays open. */
  forget(): void {
    this.#isForgotten = true
    this.#isOver = true
    this.#next?.cancel()
  }

  #callOf({ method, target, headers }: RequestHead, body: Uint8Array): Call {
    const { origin } = this.#p
    // A client of a proxy names the whole address.
    const rest = target.replace(/^https?:\/\/[^/?#]*/i, '')
    const at = rest.indexOf('?')
    const path = at < 0 ? rest : rest.slice(0, at)
    return { method, origin, path: path === '' ? '/' : path, query: at < 0 ? '' : rest.slice(at + 1), headers, body }
  }

  #greet({ expectsContinue }: RequestHead): void {
    if (expectsContinue) this.#later(0, () => this.#p.line.push(Buffer.from('HTTP/1.1 100 Continue\r\n\r\n')))
  }

  #take(request: Request): void {
    if (this.#serving) this.#waiting.push(request)
    else this.#serve(request)
  }

  #serve(request: Request): void {
    const { network, provider } = this.#p
    this.#serving = request
    // How long it waits is the client's own affair: it closes the connection.
    const patience = { connectMs: connectMsMax, headersMs: 0 }
    this.#ticket = network.send(provider, request.call, patience, request.intent, (outcome) => {
      this.#ticket = undefined
      if (!this.#isOver) this.#render(outcome, request)
    })
  }

  #render(outcome: Outcome, request: Request): void {
    const { line, to } = this.#p
    switch (outcome.kind) {
      case 'replied':
        this.#write(outcome.reply, request, outcome.reply.body.length)
        this.#done(request)
        return
      case 'dripped':
        this.#write(outcome.reply, request, 0)
        this.#drip(hasBody(request.call.method, outcome.reply.status) ? outcome : undefined, request)
        return
      case 'truncated':
        this.#write(outcome.reply, request, outcome.bytes)
        this.#finishLater()
        return
      case 'reset':
        if (outcome.reply) this.#write(outcome.reply, request, outcome.bytes ?? 0)
        if (outcome.reply) this.#later(0, () => line.fail(socketError('reset', to)))
        else line.fail(socketError('reset', to))
        return
      case 'garbled':
        this.#garble(outcome, request)
        return
      case 'hung':
        return
      default:
        line.fail(socketError(outcome.kind, to))
    }
  }

  /** As a wire brings it: what was well by itself, then what is not, then the end. */
  #garble({ reply, bytes = 0 }: Extract<Outcome, { kind: 'garbled' }>, { call: { method }, head }: Request): void {
    const { line } = this.#p
    if (!reply || !hasBody(method, reply.status)) {
      line.push(Buffer.from(noHttp.bytes))
      this.#finishLater()
      return
    }
    line.push(Buffer.concat([headBytes(reply, method, this.#keepsOpen(head)), chunkOf(reply.body.subarray(0, bytes))]))
    this.#later(0, () => {
      line.push(Buffer.from(noChunk.bytes))
      this.#finishLater()
    })
  }

  /** Head, and the first bytes of the body, in one piece. */
  #write(reply: Reply, { call: { method }, head }: Request, bytes: number): void {
    const bytesOfHead = headBytes(reply, method, this.#keepsOpen(head))
    const body = hasBody(method, reply.status) ? reply.body.subarray(0, bytes) : reply.body.subarray(0, 0)
    this.#p.line.push(body.length === 0 ? bytesOfHead : Buffer.concat([bytesOfHead, body]))
  }

  #drip(outcome: Extract<Outcome, { kind: 'dripped' }> | undefined, request: Request): void {
    const [first, ...rest] = outcome ? piecesOf(outcome.reply.body, outcome.chunks) : []
    if (!outcome || !first) {
      this.#done(request)
      return
    }
    const drop = (piece: Uint8Array, left: readonly Uint8Array[]): void =>
      this.#later(outcome.intervalMs, () => {
        this.#p.line.push(Buffer.from(piece))
        const [next, ...others] = left
        if (next) drop(next, others)
        else this.#done(request)
      })
    drop(first, rest)
  }

  #done({ head }: Request): void {
    this.#serving = undefined
    if (!this.#keepsOpen(head)) {
      this.#finishLater()
      return
    }
    const next = this.#waiting.shift()
    if (next) this.#serve(next)
    else if (this.#isClosing) this.#finish()
    else this.#p.line.rest()
  }

  #keepsOpen({ keepAlive }: RequestHead): boolean {
    return keepAlive && !this.#isClosing
  }

  /** As Node's own server answers what it cannot read. */
  #refuse(): void {
    this.#p.line.push(Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'))
    this.#finishLater()
  }

  /** The end comes by itself, as it does on a wire: clients tell what came together with it from what came before. */
  #finishLater(): void {
    this.#later(0, () => this.#finish())
  }

  #finish(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#p.line.finish()
  }

  #later(waitMs: number, task: () => void): void {
    this.#next = this.#p.clock.schedule(waitMs, () => {
      if (!this.#isOver) task()
    })
  }
}
