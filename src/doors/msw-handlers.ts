import { STATUS_CODES } from 'node:http'
import { type HttpHandler, HttpResponse, http } from 'msw'
import type { Headers as HeaderMap, Outcome, Reply } from '../http/exchange.ts'
import { callOf } from '../http/messages.ts'
import type { Simulator } from '../simulator/definition.ts'
import { openLive } from './live.ts'
import type { LiveWorld } from './live-types.ts'
import type { NetworkClock } from './network-parts.ts'
import { hasBody, piecesOf, withLength } from './reply-body.ts'

/** See `stuntdouble/msw`, where this is exported. */
export function handlersOf(of: Simulator | Pick<LiveWorld, 'network' | 'clock'>): readonly HttpHandler[] {
  const live = 'network' in of ? of : openLive({ simulators: { [of.name]: of } })
  return live.network.providers.flatMap(({ instance }) =>
    instance.simulator.origins.map((origin) => http.all(anywhereAt(origin), ({ request }) => answer(live, request))),
  )
}

function anywhereAt(origin: string): RegExp {
  return new RegExp(`^${origin.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:[/?#]|$)`)
}

/** How long somebody waits whose client cannot say so. */
const patience = { connectMs: 10_000, headersMs: 0 } as const

async function answer({ network, clock }: Pick<LiveWorld, 'network' | 'clock'>, request: Request): Promise<Response> {
  const headers = headersOf(request.headers)
  const body = new Uint8Array(await request.arrayBuffer())
  const call = callOf(request.url, { method: request.method, headers, body })
  const provider = network.providerAt(call.origin)
  if (!provider) return HttpResponse.error()
  return new Promise((resolve) => {
    const ticket = network.send(provider, call, patience, undefined, (outcome) =>
      resolve(responseOf(outcome, call.method, clock)),
    )
    request.signal.addEventListener('abort', () => ticket.giveUp('aborted'))
  })
}

function headersOf(headers: Headers): HeaderMap {
  return Object.fromEntries(headers)
}

function responseOf(outcome: Outcome, method: string, clock: NetworkClock): Response {
  switch (outcome.kind) {
    case 'replied':
      return withHead(outcome.reply, method, hasBody(method, outcome.reply.status) ? outcome.reply.body : null)
    case 'dripped':
      return withHead(
        outcome.reply,
        method,
        dripping(piecesOf(outcome.reply.body, outcome.chunks), outcome.intervalMs, clock),
      )
    case 'truncated':
      return withHead(outcome.reply, method, breakingOff(outcome.reply.body.subarray(0, outcome.bytes)))
    case 'reset':
    case 'garbled':
      if (!outcome.reply) return HttpResponse.error()
      return withHead(outcome.reply, method, breakingOff(outcome.reply.body.subarray(0, outcome.bytes ?? 0)))
    default:
      return HttpResponse.error()
  }
}

type Body = ConstructorParameters<typeof HttpResponse>[0]

function withHead(reply: Reply, method: string, body: Body | Uint8Array): Response {
  const { status } = reply
  const pairs = Object.entries(withLength(reply, method)).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  )
  return new HttpResponse(body as Body, { status, statusText: STATUS_CODES[status] ?? '', headers: pairs })
}

function dripping(pieces: readonly Uint8Array[], intervalMs: number, clock: NetworkClock): ReadableStream<Uint8Array> {
  let next: { cancel(): void } | undefined
  return new ReadableStream({
    start: (controller) => {
      const drip = ([piece, ...rest]: readonly Uint8Array[]): void => {
        if (!piece) {
          controller.close()
          return
        }
        next = clock.schedule(intervalMs, () => {
          controller.enqueue(piece)
          drip(rest)
        })
      }
      drip(pieces)
    },
    cancel: () => next?.cancel(),
  })
}

/** The end comes once what was there has been taken: MSW loses the head of a reply whose body fails at once. */
function breakingOff(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let isTaken = bytes.length === 0
  return new ReadableStream(
    {
      pull: (controller) => {
        if (isTaken) controller.error(new TypeError('The connection closed in the midst of the body.'))
        else controller.enqueue(bytes)
        isTaken = true
      },
    },
    { highWaterMark: 0 },
  )
}
