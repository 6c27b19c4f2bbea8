import { STATUS_CODES } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Call, Headers, Outcome, Reply } from '../http/exchange.ts'
import type { Network, Patience, Provider, Ticket } from './network.ts'
import type { NetworkClock } from './network-parts.ts'
import { hasBody, piecesOf, withLength } from './reply-body.ts'
import { undiciBodyTimeout, undiciError } from './undici-errors.ts'

/** What one undici call needs of the world it is made in. */
export interface DispatchingParts {
  readonly network: Network
  readonly clock: NetworkClock
  readonly provider: Provider
  readonly intent: string | undefined
  readonly patience: Patience & { readonly bodyMs: number }
  readonly handler: Dispatcher.DispatchHandler
  /** Called once, when nothing more will come. */
  readonly done: (() => void) | undefined
}

type Controller = Dispatcher.DispatchController

/** One call of an undici client: hands the outcome to its handler as undici's own client would. */
export class Dispatching implements Controller {
  readonly #p: Omit<DispatchingParts, 'handler'>
  #handler: Dispatcher.DispatchHandler | undefined
  #call: Call | undefined
  #ticket: Ticket | undefined
  #drip: { cancel(): void } | undefined
  #head: Reply | undefined
  #pieces: Uint8Array[] = []
  #last: 'end' | (() => void) | undefined
  #over = false
  aborted = false
  paused = false
  reason: Error | null = null
  rawHeaders: Buffer[] = []
  rawTrailers: Buffer[] = []

  constructor({ handler, ...parts }: DispatchingParts) {
    this.#p = parts
    this.#handler = handler
  }

  /** Starts; the handler may abort at once, as it does when its signal is aborted already. */
  start(): void {
    this.#handler?.onRequestStart?.(this, {})
  }

  send(call: Call): void {
    if (this.#over) return
    const { network, provider, patience, intent } = this.#p
    this.#call = call
    if (call.body.length > 0) this.#handler?.onBodySent?.(call.body as Buffer)
    this.#handler?.onRequestSent?.()
    this.#ticket = network.send(provider, call, patience, intent, (outcome) => this.#receive(outcome))
  }

  abort(reason: Error): void {
    if (this.#over) return
    this.aborted = true
    this.reason = reason
    this.#ticket?.giveUp('aborted')
    this.fail(reason)
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    if (!this.paused) return
    this.paused = false
    this.#proceed()
  }

  fail(error: Error): void {
    if (this.#over) return
    this.#finish()?.onResponseError?.(this, error)
  }

  /** Gives the handler for the last time. undici holds a controller long after its call: let it hold nothing more. */
  #finish(): Dispatcher.DispatchHandler | undefined {
    const handler = this.#handler
    this.#over = true
    this.#handler = undefined
    this.#call = undefined
    this.#ticket = undefined
    this.#head = undefined
    this.#pieces = []
    this.#last = undefined
    this.rawHeaders = []
    this.#drip?.cancel()
    this.#p.done?.()
    return handler
  }

  #receive(outcome: Outcome): void {
    if (this.#over) return
    const { origin } = this.#call as Call
    const { connectMs } = this.#p.patience
    if (outcome.kind === 'replied') {
      this.#head = outcome.reply
      this.#queue(outcome.reply.body)
      this.#last = 'end'
    } else if (outcome.kind === 'dripped') {
      this.#head = outcome.reply
      const pieces = piecesOf(outcome.reply.body, outcome.chunks)
      this.#last = () => this.#dripBody(pieces, outcome.intervalMs)
    } else {
      const error = undiciError(outcome, origin, connectMs)
      this.#head = 'reply' in outcome ? outcome.reply : undefined
      if (this.#head) this.#queue(this.#head.body.subarray(0, 'bytes' in outcome ? outcome.bytes : 0))
      this.#last = this.#head ? () => this.#failLater(error) : () => this.fail(error)
    }
    this.#proceed()
  }

  /** Hands over what has come, in its order: the head, the pieces of the body, the end. */
  #proceed(): void {
    const handler = this.#handler
    try {
      while (!this.paused && !this.#over && this.#handOver());
    } catch (error) {
      // As undici does: what a handler throws ends the call, and the handler is told.
      if (this.#over) handler?.onResponseError?.(this, error as Error)
      else this.abort(error as Error)
    }
  }

  /** Hands over the next thing; false when there is none. */
  #handOver(): boolean {
    const head = this.#head
    const last = this.#last
    if (head) {
      this.#head = undefined
      this.#start(head)
    } else if (this.#pieces.length > 0) {
      this.#handler?.onResponseData?.(this, asBuffer(this.#pieces.shift() as Uint8Array))
    } else if (last) {
      this.#last = undefined
      if (last === 'end') this.#end()
      else last()
    } else {
      return false
    }
    return true
  }

  #start(reply: Reply): void {
    const { method } = this.#call as Call
    const headers = withLength(reply, method)
    this.rawHeaders = rawHeadersOf(headers)
    if (!hasBody(method, reply.status)) {
      this.#pieces = []
      this.#last = 'end'
    }
    const statusText = STATUS_CODES[reply.status] ?? ''
    this.#handler?.onResponseStarted?.()
    this.#handler?.onResponseStart?.(this, reply.status, headers as Record<string, string>, statusText)
  }

  #queue(body: Uint8Array): void {
    if (body.length > 0) this.#pieces.push(body)
  }

  #end(): void {
    this.#finish()?.onResponseEnd?.(this, {})
  }

  /** fetch loses an error that comes in the same turn as the head: on a wire it never does. */
  #failLater(error: Error): void {
    this.#drip = this.#p.clock.schedule(0, () => this.fail(error))
  }

  /** A pause of the client does not stop the wire; what comes meanwhile waits in line. */
  #dripBody(pieces: readonly Uint8Array[], intervalMs: number): void {
    const { clock, patience } = this.#p
    const [piece, ...rest] = pieces
    if (!piece) {
      this.#last = 'end'
      return
    }
    const impatient = patience.bodyMs > 0 && intervalMs > patience.bodyMs
    this.#drip = clock.schedule(impatient ? patience.bodyMs : intervalMs, () => {
      if (impatient) {
        this.fail(undiciBodyTimeout())
        return
      }
      this.#queue(piece)
      this.#dripBody(rest, intervalMs)
      this.#proceed()
    })
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function rawHeadersOf(headers: Headers): Buffer[] {
  const raw: Buffer[] = []
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined) continue
    const field = fieldNamed(name)
    if (typeof value === 'string') raw.push(field.name, bytesOf(field, value))
    else for (const one of value) raw.push(field.name, bytesOf(field, one))
  }
  return raw
}

/** A header field, and the value it had last. */
interface Field {
  readonly name: Buffer
  value: string
  bytes: Buffer
}

const fieldsMax = 256
const fields = new Map<string, Field>()

/** The same few names stand in every reply, and most of them with the same value. */
function fieldNamed(name: string): Field {
  const known = fields.get(name)
  if (known) return known
  if (fields.size >= fieldsMax) fields.clear()
  const field: Field = { name: Buffer.from(name), value: '', bytes: Buffer.alloc(0) }
  fields.set(name, field)
  return field
}

function bytesOf(field: Field, value: string): Buffer {
  if (value !== field.value) {
    field.value = value
    field.bytes = Buffer.from(value)
  }
  return field.bytes
}
