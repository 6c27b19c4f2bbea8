import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import { complaintsOf } from '../../../faults/complaints.ts'
import { didYouMean } from '../../../simulator/did-you-mean.ts'
import type { ControlRequest } from '../types.ts'
import { clockRoutes } from './clock-routes.ts'
import { faultRoutes } from './fault-routes.ts'
import { journalRoutes } from './journal-routes.ts'
import { documentOf } from './openapi.ts'
import { ControlProblem, misfitProblem } from './problem.ts'
import { parsedQuery } from './query.ts'
import { readJson } from './read-body.ts'
import { type Answer, bodyBytesMax, type ControlFacts, type Route, type RouteContext, route } from './route.ts'
import { stateRoutes } from './state-routes.ts'
import { worldRoutes } from './world-routes.ts'

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

/**
 * Carries out a request to the control API.
 *
 * @throws ControlProblem  when there is no such route, or what was given does not fit it
 */
export async function answerTo(
  request: IncomingMessage,
  control: ControlRequest,
  facts: ControlFacts,
): Promise<Answer> {
  const { spec, params } = routeOf(request.method ?? '', control.path)
  const query = parsedQuery(control.query, spec.query)
  const body = spec.method === 'GET' ? undefined : await parsedBody(request, spec.body ?? noBody)
  const context: RouteContext = { ...control, request, world: control.served.world, params, query, body, facts }
  return spec.handle(context)
}

/** What is sent where nothing is taken would be lost without a word. */
const noBody = { schema: z.strictObject({}), whenAbsent: {} }

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
  const parsed = schema.safeParse(given === undefined ? spec.whenAbsent : given)
  if (parsed.success) return parsed.data
  throw misfitProblem('body_invalid', 'body', complaintsOf(parsed.error, schema, given, '', 'body'))
}
