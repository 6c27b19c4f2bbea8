import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Headers, Outcome, Reply } from '../../http/exchange.ts'
import { noChunk, noHttp } from '../garbage.ts'
import type { NetworkClock } from '../network-parts.ts'
import { hasBody, piecesOf } from '../reply-body.ts'

/** What an answer is written with. */
export interface Rendering {
  readonly response: ServerResponse
  readonly method: string
  /** The connection, with TLS where there is some. */
  readonly socket: Socket
  /** Resets the connection below TLS. */
  readonly reset: () => void
  readonly clock: NetworkClock
  /** Rewrites where a reply sends its client on to. */
  readonly relocate: (location: string) => string
  /** Called once, when nothing more will be written. */
  readonly done: () => void
}

/** Shows an outcome on the wire. Gives how to stop what takes time, if it does. */
export function render(outcome: Outcome, rendering: Rendering): { cancel(): void } | undefined {
  const { response, socket, reset, done } = rendering
  switch (outcome.kind) {
    case 'replied':
      writeHead(outcome.reply, rendering)
      end(outcome.reply.body, response)
      done()
      return undefined
    case 'dripped':
      return drip(outcome, rendering)
    case 'truncated':
      writeBegin(outcome.reply, outcome.bytes, rendering, () => socket.end())
      return undefined
    case 'garbled':
      garble(outcome, rendering)
      return undefined
    case 'reset':
      if (outcome.reply) writeBegin(outcome.reply, outcome.bytes ?? 0, rendering, reset)
      else reset()
      return undefined
    case 'hung':
    case 'unreachable':
      return undefined
    default:
      reset()
      return undefined
  }
}

/** Bodies up to here go out together with their head. */
const bytesAtOnceMax = 16_384

/** As text of one byte a sign: Node then writes head and body in one piece, which costs a third less than two. */
function end(body: Uint8Array, response: ServerResponse): void {
  if (body.length > bytesAtOnceMax) response.end(body)
  else response.end(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1'), 'latin1')
}

function writeHead({ status, headers, body }: Reply, { response, method, clock, relocate }: Rendering): void {
  const lines: (string | readonly string[])[] = []
  let isDated = false
  let isFramed = !hasBody(method, status)
  for (const name in headers) {
    const value = headers[name] as Headers[string]
    if (name === 'date') isDated = true
    else if (name === 'content-length' || name === 'transfer-encoding') isFramed = true
    if (name === 'location' && typeof value === 'string') lines.push(name, relocate(value))
    else lines.push(name, value)
  }
  if (!isFramed) lines.push('content-length', String(body.length))
  if (!isDated) lines.push('date', dateOf(clock.now()))
  response.sendDate = false
  response.writeHead(status, lines as string[])
}

let dateShown = ''
let dateSecond = 0

function dateOf(ms: number): string {
  const second = Math.floor(ms / 1_000)
  if (second !== dateSecond) {
    dateSecond = second
    dateShown = new Date(second * 1_000).toUTCString()
  }
  return dateShown
}

/** Head and first bytes; then what breaks it off, once these are on their way. */
function writeBegin(reply: Reply, bytes: number, rendering: Rendering, breakOff: () => void): void {
  const { response, method } = rendering
  writeHead(reply, rendering)
  const begin = hasBody(method, reply.status) ? reply.body.subarray(0, bytes) : reply.body.subarray(0, 0)
  if (begin.length > 0) {
    response.write(begin, () => breakOff())
    return
  }
  response.flushHeaders()
  // A write of nothing is called back after the writes before it.
  rendering.socket.write('', () => breakOff())
}

/** Time after which a write is a packet of its own. */
const packetMs = 10

/** Past Node's own writer, which writes HTTP only. */
function garble({ reply, bytes = 0 }: Extract<Outcome, { kind: 'garbled' }>, rendering: Rendering): void {
  const { socket, method } = rendering
  if (!reply || !hasBody(method, reply.status)) socket.end(noHttp.bytes)
  // A packet of its own, so that whoever reads sees what was well before.
  else writeBegin(reply, bytes, rendering, () => setTimeout(() => socket.end(noChunk.bytes), packetMs))
}

function drip(outcome: Extract<Outcome, { kind: 'dripped' }>, rendering: Rendering): { cancel(): void } {
  const { response, method, clock, done } = rendering
  const { reply, chunks, intervalMs } = outcome
  writeHead(reply, rendering)
  response.flushHeaders()
  let next: { cancel(): void } | undefined
  const drop = ([piece, ...rest]: readonly Uint8Array[]): void => {
    if (!piece) {
      response.end()
      done()
      return
    }
    next = clock.schedule(intervalMs, () => {
      response.write(piece)
      drop(rest)
    })
  }
  drop(hasBody(method, reply.status) ? piecesOf(reply.body, chunks) : [])
  return { cancel: () => next?.cancel() }
}
