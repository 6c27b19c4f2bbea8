import type { IncomingMessage, ServerResponse } from 'node:http'
import * as z from 'zod'
import { complaintsOf } from '../../../faults/complaints.ts'
import { didYouMean } from '../../../simulator/did-you-mean.ts'
import type { ControlHandler, ControlRequest, ServedWorld } from '../types.ts'
import { clockRoutes } from './clock-routes.ts'
import { faultRoutes } from './fault-routes.ts'
import { admit } from './guard.ts'
import { journalRoutes } from './journal-routes.ts'
import { documentOf } from './openapi.ts'
import { ControlProblem, misfitProblem } from './problem.ts'
import { parsedQuery } from './query.ts'
import { readJson } from './read-body.ts'
import { type Answer, bodyBytesMax, type ControlFacts, type Route, type RouteContext, route } from './route.ts'
import { stateRoutes } from './state-routes.ts'
import { worldRoutes } from './world-routes.ts'

/** How the control API of a server is set up. */
export interface ControlOptions {
  /** Version of the toolkit, which its health and its document tell. */
  readonly version: string
  /** What whoever calls it must have. @defaultValue none on loopback; anywhere else nobody gets in */
  readonly token?: string | undefined
  /** Told of each world that is opened by it. @defaultValue nobody is */
  readonly opened?: (served: ServedWorld) => void
}

/** The control API of a server. */
export interface Control {
  /** For the option `control` of the server. */
  readonly handle: ControlHandler
  /** Ends every stream of records: a server that closes would wait for them. */
  close(): void
}

/** Makes the control API of a server: what stands under `/__stuntdouble/`. */
export function createControl({ version, token, opened = () => undefined }: ControlOptions): Control {
  const facts: ControlFacts = { version, opened }
  const streams = new Set<ServerResponse>()
  const handle: ControlHandler = async (request, response, control) => {
    try {
      admit(request, control.server.host, token)
      const answer = await answerTo(request, control, facts)
      if ('stream' in answer) follow(response, answer.stream, streams)
      else send(response, answer)
    } catch (error) {
      if (!request.complete && response.destroyed) return
      sendProblem(response, error)
    }
  }
  return {
    handle,
    close: () => {
      for (const response of streams) response.end()
    },
  }
}

const openapiRoute = route({
  method: 'GET',
  path: '/openapi.json',
  summary: 'This document.',
  reply: { status: 200, description: 'The document.', schema: z.looseObject({ openapi: z.string() }) },
  handle: ({ served, facts }) => ({
    status: 200,
    json: documentOf(routes, facts.version, `${served.url}/__stuntdouble`),
  }),
})

const routes: readonly Route[] = [
  ...worldRoutes,
  ...faultRoutes,
  ...journalRoutes,
  ...stateRoutes,
  ...clockRoutes,
  openapiRoute,
]

async function answerTo(request: IncomingMessage, control: ControlRequest, facts: ControlFacts): Promise<Answer> {
  const { spec, params } = routeOf(request.method ?? '', control.path)
  const query = parsedQuery(control.query, spec.query)
  const body = spec.body && (await parsedBody(request, spec.body))
  const context: RouteContext = { ...control, request, world: control.served.world, params, query, body, facts }
  return spec.handle(context)
}

function routeOf(method: string, path: string): { readonly spec: Route; readonly params: Record<string, string> } {
  const found = routes.flatMap((spec) => {
    const params = paramsOf(spec.path, path)
    return params ? [{ spec, params }] : []
  })
  if (found.length === 0) {
    const known = [...new Set(routes.map((spec) => spec.path))]
    throw new ControlProblem('route_unknown', `The control API has no ${path}. ${didYouMean(path, known)}`)
  }
  const wanted = method === 'HEAD' ? 'GET' : method
  const match = found.find(({ spec }) => spec.method === wanted)
  if (match) return match
  const allowed = found.map(({ spec }) => spec.method).join(', ')
  throw new ControlProblem('method_unknown', `${path} takes ${allowed}, not ${method}.`, {
    headers: { allow: allowed },
  })
}

function paramsOf(template: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [template.split('/'), path.split('/')]
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [at, part] of wanted.entries()) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1]
    if (name === undefined && part !== given[at]) return undefined
    if (name !== undefined) params[name] = decoded(given[at] ?? '')
  }
  return params
}

/** What is no percent-encoding names nothing, whatever it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

async function parsedBody(request: IncomingMessage, spec: NonNullable<Route['body']>): Promise<unknown> {
  const given = await readJson(request, spec.bytesMax ?? bodyBytesMax)
  const schema = spec.parsedBy ?? spec.schema
  const parsed = schema.safeParse(given ?? spec.whenAbsent)
  if (parsed.success) return parsed.data
  throw misfitProblem('body_invalid', 'body', complaintsOf(parsed.error, schema, given, '', 'body'))
}

const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

function send(response: ServerResponse, answer: Exclude<Answer, { readonly stream: unknown }>): void {
  if (answer.status === 204) {
    response.writeHead(204, always).end()
    return
  }
  const body = `${JSON.stringify(answer.json)}\n`
  const length = Buffer.byteLength(body)
  const headers = { 'content-type': 'application/json', 'content-length': length, ...always, ...answer.headers }
  response.writeHead(answer.status, headers).end(body)
}

function follow(
  response: ServerResponse,
  stream: (response: ServerResponse) => void,
  streams: Set<ServerResponse>,
): void {
  // To a request for the headers alone, nothing follows.
  if (response.req.method === 'HEAD') {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...always }).end()
    return
  }
  streams.add(response)
  response.on('close', () => streams.delete(response))
  stream(response)
}

function sendProblem(response: ServerResponse, error: unknown): void {
  const isOurs = error instanceof ControlProblem
  const problem = isOurs ? error : new ControlProblem('failed', `A defect of the control API: ${String(error)}`)
  if (response.headersSent) {
    response.destroy()
    return
  }
  const body = `${JSON.stringify(problem)}\n`
  const length = Buffer.byteLength(body)
  const headers = { 'content-type': 'application/problem+json', 'content-length': length, ...always }
  response.writeHead(problem.status, { ...headers, ...problem.headers }).end(body)
}
