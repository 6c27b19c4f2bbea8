import { type Call, emptyBody, type Headers as HeaderMap } from '../http/exchange.ts'
import { fetched } from './fetch.ts'
import { openLive } from './live.ts'
import type { LiveOptions, LiveSimulators, LiveWorld } from './live-types.ts'
import type { Provider } from './network.ts'
import { relocated } from './server/relocated.ts'
import { nothingAt, providerWithin, type Rest } from './server/target.ts'

/** How a handler is set up. All but the simulators has a default. */
export interface HandlerOptions<Sims extends LiveSimulators = LiveSimulators> extends LiveOptions<Sims> {
  /** Path that the handler is mounted under, without a slash at its end: `/api/doubles`. @defaultValue none */
  readonly base?: string
}

/** Answers requests from simulators. */
export interface Handler<Sims extends LiveSimulators = LiveSimulators> {
  (request: Request): Promise<Response>
  /** State, faults, journal and clock of what answers. */
  readonly world: LiveWorld<Sims>
  /** Ends it: what is on its way never arrives. */
  close(): void
}

/**
 * Makes a `(Request) => Promise<Response>` of simulators, for Hono, Next, service workers and whoever speaks fetch.
 *
 * A request to an origin that a simulator has in reality goes to it. At any other origin the path says which one:
 * `/trello/1/cards` by name, or `/1/cards` where there is only one; a path that leads nowhere gets 404.
 *
 * Faults show as far as fetch can show them. Where a connection fails, or breaks before the head of a reply, the promise
 * is rejected with the `TypeError` that Node's own fetch raises, and its cause; a server that calls the handler decides
 * what its client gets of that. A body that breaks off fails in the response's stream, one that drips drips there. A call
 * that hangs is rejected after the 300 s that Node's fetch waits, or when the request's signal is aborted.
 *
 * @throws PlanError  when the plan does not fit the simulators
 *
 * @example
 * import { createHandler } from 'stuntdouble/handler'
 * import { kanban, trello } from 'stuntdouble/simulators/trello'
 *
 * const handler = createHandler({ simulators: { trello: trello({ boards: [kanban] }) } })
 * const response = await handler(new Request('https://api.trello.com/1/boards/none'))
 * console.log(response.status) // 400: Trello looks at an id before it looks at credentials.
 * handler.close()
 */
export function createHandler<const Sims extends LiveSimulators>(options: HandlerOptions<Sims>): Handler<Sims> {
  const { base = '', ...live } = options
  const world = openLive(live as unknown as LiveOptions<Sims>)
  const handle = async (request: Request): Promise<Response> => {
    const found = addresseeOf(request.url, world.network, base)
    if ('says' in found) return problem(found.says)
    const call = await callOf(request, found.provider, found.rest)
    const response = await fetched(world, call, request.signal)
    return within(response, found.provider, found.rest.base)
  }
  return Object.assign(handle, { world, close: () => world.close() })
}

type Addressee = { readonly provider: Provider; readonly rest: Rest } | { readonly says: string }

function addresseeOf(address: string, network: LiveWorld['network'], base: string): Addressee {
  const { origin, pathname, search } = new URL(address)
  const provider = network.providerAt(origin)
  if (provider) return { provider, rest: { base: '', path: pathname, query: search.slice(1) } }
  const url = `${pathname}${search}`
  if (base !== '' && pathname !== base && !pathname.startsWith(`${base}/`)) {
    return { says: `The handler is mounted under ${base}; ${pathname} is not.` }
  }
  return providerWithin(network, url, base.length) ?? { says: nothingAt(network, url, base.length) }
}

async function callOf(request: Request, { instance }: Provider, { path, query }: Rest): Promise<Call> {
  const [origin = 'https://simulator.invalid'] = instance.simulator.origins
  const headers: Record<string, string> = { host: origin.slice(origin.indexOf('//') + 2) }
  for (const [name, value] of request.headers) if (name !== 'host') headers[name] = value
  const body = request.body ? new Uint8Array(await request.arrayBuffer()) : emptyBody
  return { method: request.method, origin, path, query, headers: headers as HeaderMap, body }
}

/** A redirect to the real origin would lead out of the double. */
function within(response: Response, { instance }: Provider, base: string): Response {
  const location = response.headers.get('location')
  if (location !== null && base !== '') {
    response.headers.set('location', relocated(location, instance.simulator.origins, base))
  }
  return response
}

function problem(detail: string): Response {
  const body = JSON.stringify({ status: 404, title: 'Not Found', detail })
  return new Response(body, { status: 404, headers: { 'content-type': 'application/problem+json' } })
}
