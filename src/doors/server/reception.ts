import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Call, emptyBody, type Headers, type Outcome } from '../../http/exchange.ts'
import type { Provider, Ticket } from '../network.ts'
import type { Connection } from './connection.ts'
import { relocated } from './relocated.ts'
import { render } from './render.ts'
import type { Served, ServedWorlds, UnderWay } from './served-worlds.ts'
import { type Rest, targetOf } from './target.ts'
import type { ControlHandler, SimulatorServer } from './types.ts'

/** What requests are received with. */
export interface ReceptionParts {
  readonly worlds: ServedWorlds
  readonly bodyBytesMax: number
  readonly control: ControlHandler | undefined
  readonly server: () => SimulatorServer
  readonly connectionOf: (request: IncomingMessage) => Connection
}

/** Takes requests to where they are to go. */
export interface Reception {
  take(request: IncomingMessage, response: ServerResponse): void
  /** Takes a request to a provider of the first world, at whose own port it came in. */
  takeTo(provider: string, request: IncomingMessage, response: ServerResponse): void
}

/** Opens the reception of a server. */
export function openReception(parts: ReceptionParts): Reception {
  const { worlds, bodyBytesMax } = parts
  const exchange = (request: IncomingMessage, response: ServerResponse, to: Addressee): void => {
    to.served.usedAt = Date.now()
    if (!hasBody(request)) {
      new Taken(parts, request, response, to).send(emptyBody)
      return
    }
    const begun = parts.connectionOf(request)
    readBody(request, bodyBytesMax, (body) => {
      if (body) new Taken(parts, request, response, to, begun).send(body)
      else tooLong(response, bodyBytesMax)
    })
  }
  return {
    take: (request, response) => {
      const target = targetOf(request.url ?? '/', request.headers.host, worlds)
      if (target.kind === 'provider') exchange(request, response, target)
      else if (target.kind === 'control') control(parts, request, response, target)
      else problem(response, target.status, target.says)
    },
    takeTo: (name, request, response) => {
      const served = worlds.main
      const provider = served.world.network.providers.find((each) => each.name === name) as Provider
      const url = request.url ?? '/'
      const mark = url.indexOf('?')
      const [path, query] = mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)]
      exchange(request, response, { served, provider, rest: { base: '', path, query } })
    },
  }
}

interface Addressee {
  readonly served: Served
  readonly provider: Provider
  readonly rest: Rest
}

/** How long it waits is a client's own affair: it closes the connection. */
const forEver = { connectMs: 0, headersMs: 0 }

/** A call that a server has taken, until it is answered or its client is gone. */
class Taken implements UnderWay {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #to: Addressee
  readonly #connection: Connection
  readonly #seen: ReturnType<Connection['seenIn']>
  #ticket: Ticket | undefined
  #rendering: { cancel(): void } | undefined
  #isOver = false

  constructor(
    { connectionOf }: ReceptionParts,
    request: IncomingMessage,
    response: ServerResponse,
    to: Addressee,
    connection: Connection = connectionOf(request),
  ) {
    this.#request = request
    this.#response = response
    this.#to = to
    this.#connection = connection
    this.#seen = connection.seenIn(to.served, request.headers['user-agent'])
  }

  send(body: Uint8Array): void {
    const { served, provider } = this.#to
    const { world } = served
    if (served.isClosed) {
      this.reset()
      return
    }
    world.ledger.begin(this.#seen)
    const call = callOf(this.#request, this.#to, body)
    const ticket = world.network.send(
      provider,
      call,
      forEver,
      undefined,
      (outcome) => this.#show(outcome),
      this.#seen.way,
    )
    if (this.#isOver) return
    this.#ticket = ticket
    served.underWay.add(this)
    this.#connection.underWay.add(this)
  }

  /** Its world is closed. */
  reset(): void {
    this.leave()
    this.#connection.reset()
  }

  /** Its client is gone. */
  leave(): void {
    this.#ticket?.giveUp('aborted')
    this.#end()
  }

  #show(outcome: Outcome): void {
    if (this.#isOver) return
    this.#ticket = undefined
    const { served, provider, rest } = this.#to
    const { origins } = provider.instance.simulator
    try {
      this.#rendering = render(outcome, {
        ...{ response: this.#response, method: this.#request.method ?? 'GET', socket: this.#request.socket },
        ...{ clock: served.world.clock, reset: () => this.#connection.reset(), done: () => this.#end() },
        relocate: (location) => relocated(location, origins, rest.base),
      })
    } catch (error) {
      // A simulator's reply that cannot be put on a wire, as for a line break in a header field.
      problem(this.#response, 500, `The simulator's reply is no HTTP: ${String(error)}`)
      this.#end()
    }
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#rendering?.cancel()
    const { served } = this.#to
    served.world.ledger.end(this.#seen)
    if (served.underWay.size > 0) served.underWay.delete(this)
    if (this.#connection.underWay.size > 0) this.#connection.underWay.delete(this)
  }
}

/** The call as the provider would get it at its own origin. */
function callOf({ method = 'GET', headers }: IncomingMessage, { provider, rest }: Addressee, body: Uint8Array): Call {
  const origin = provider.instance.simulator.origins[0] ?? 'https://simulator.invalid'
  // The message is this call's alone, and its host is this server's.
  headers.host = hostOf(origin)
  return { method, origin, path: rest.path, query: rest.query, headers: headers as Headers, body }
}

function hostOf(origin: string): string {
  return origin.slice(origin.indexOf('//') + 2)
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return length === undefined ? headers['transfer-encoding'] !== undefined : length !== '0'
}

/** Gives the whole body, or nothing when it is too long; is silent when the client leaves. */
function readBody(request: IncomingMessage, bytesMax: number, done: (body: Uint8Array | undefined) => void): void {
  if (Number(request.headers['content-length']) > bytesMax) {
    done(undefined)
    return
  }
  const pieces: Buffer[] = []
  let bytes = 0
  request.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes > bytesMax) {
      if (bytes - piece.length <= bytesMax) done(undefined)
      pieces.length = 0
      return
    }
    pieces.push(piece)
  })
  request.on('end', () => {
    if (bytes <= bytesMax) done(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, bytes))
  })
}

function tooLong(response: ServerResponse, bytesMax: number): void {
  response.shouldKeepAlive = false
  problem(response, 413, `A body may have ${bytesMax} bytes here.`)
}

function control(
  { control: handle, server }: ReceptionParts,
  request: IncomingMessage,
  response: ServerResponse,
  { served, rest }: { readonly served: Served; readonly rest: Rest },
): void {
  served.usedAt = Date.now()
  if (!handle) {
    problem(response, 404, 'This server has no control API.')
    return
  }
  const { path, query } = rest
  const failed = (error: unknown): void => {
    if (response.headersSent) response.destroy()
    else problem(response, 500, String(error))
  }
  try {
    handle(request, response, { path, query, served, server: server() })?.catch(failed)
  } catch (error) {
    failed(error)
  }
}

/** Problem Details (RFC 9457). */
function problem(response: ServerResponse, status: number, detail: string): void {
  const body = JSON.stringify({ status, title: titles[status], detail })
  response.writeHead(status, { 'content-type': 'application/problem+json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

const titles: Readonly<Record<number, string>> = {
  404: 'Not Found',
  413: 'Content Too Large',
  421: 'Misdirected Request',
  500: 'Internal Server Error',
}
