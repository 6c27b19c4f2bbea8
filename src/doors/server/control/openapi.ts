import { STATUS_CODES } from 'node:http'
import * as z from 'zod'
import { journalRecord } from './journal-schemas.ts'
import { codesOf, type ProblemCode, problemDocument } from './problem.ts'
import type { Route } from './route.ts'
import { clock, connections, faultPlan, openWorld, plannedFault, provider, setFault } from './schemas.ts'

/** Schemas of what is sent that stand in the document under a name of their own. */
const namedBodies = { FaultPlan: faultPlan, FaultToSet: plannedFault }
/** The same of what is answered. */
const namedReplies = {
  ...{ PlannedFault: plannedFault, SetFault: setFault, JournalRecord: journalRecord, Clock: clock },
  ...{ Connections: connections, World: openWorld, Provider: provider, Problem: problemDocument },
}

/** What any route may answer, and what any that takes a query or a body. */
const everywhere: readonly ProblemCode[] = ['token_missing', 'token_wrong', 'origin_foreign', 'host_foreign', 'failed']
const withQuery: readonly ProblemCode[] = ['query_invalid']
const withBody: readonly ProblemCode[] = ['json_malformed', 'body_too_large', 'encoding_unknown', 'body_invalid']

/**
 * Describes routes as an OpenAPI 3.1 document, from the schemas by which they parse and answer.
 *
 * @param version  Of the toolkit.
 * @param url      Base URL of the API: `http://127.0.0.1:4010/__stuntdouble`.
 */
export function documentOf(routes: readonly Route[], version: string, url: string): object {
  const bodies = new Components('input', namedBodies)
  const replies = new Components('output', namedReplies)
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const operation = operationOf(route, bodies, replies)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Stuntdouble control API',
      version,
      summary: 'Faults, journal, state, clock, connections and worlds of a server of simulators.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url }],
    security: [{}, { token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The one that the server was started with, if it was.' },
      },
      schemas: { ...bodies.all(), ...replies.all() },
    },
  }
}

function operationOf(route: Route, bodies: Components, replies: Components): object {
  const { method, path, summary, description, query, body, reply, problems = [] } = route
  const operationId = idOf(method, path)
  const codes = [...problems, ...everywhere, ...(query ? withQuery : []), ...(method === 'GET' ? [] : withBody)]
  const parameters = [...parametersOfPath(path), ...(query ? parametersOfQuery(query) : [])]
  return {
    operationId,
    tags: [path.split('/')[1]],
    summary,
    ...(description !== undefined && { description }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: body.whenAbsent === undefined,
        content: { 'application/json': { schema: bodies.refTo(body.schema, `${operationId}Body`) } },
      },
    }),
    responses: {
      [reply.status]: {
        description: reply.description,
        ...(reply.schema && {
          content: {
            [reply.mediaType ?? 'application/json']: { schema: replies.refTo(reply.schema, `${operationId}Reply`) },
          },
        }),
      },
      ...problemsOf(codes, replies),
    },
  }
}

function problemsOf(codes: readonly ProblemCode[], replies: Components): Record<string, object> {
  const schema = replies.refTo(problemDocument, 'Problem')
  const responses: Record<string, object> = {}
  for (const status of Object.keys(STATUS_CODES)) {
    const here = codesOf(Number(status)).filter((code) => codes.includes(code))
    if (here.length === 0) continue
    responses[status] = { description: here.join(', '), content: { 'application/problem+json': { schema } } }
  }
  return responses
}

/** `getFaultsId` for `GET /faults/{id}`. */
function idOf(method: string, path: string): string {
  const words = path.split(/\W+/).filter((word) => word !== '')
  return method.toLowerCase() + words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`).join('')
}

function parametersOfPath(path: string): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true, schema: { type: 'string' } },
  }))
}

function parametersOfQuery(query: z.ZodType): object[] {
  const { properties = {} } = z.toJSONSchema(query, { io: 'input' })
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...bare } = schema as { readonly description?: string }
    return { name, in: 'query', required: false, ...(description !== undefined && { description }), schema: bare }
  })
}

/** Schemas under a name; each stands once, however often it is referred to. */
class Components {
  readonly #registry = z.registry<{ id: string }>()
  readonly #io: 'input' | 'output'

  constructor(io: 'input' | 'output', named: Readonly<Record<string, z.ZodType>>) {
    this.#io = io
    for (const [id, schema] of Object.entries(named)) this.#registry.add(schema, { id })
  }

  /** @param id  Its name, if it has none yet. */
  refTo(schema: z.ZodType, id: string): object {
    if (!this.#registry.has(schema)) this.#registry.add(schema, { id: `${id[0]?.toUpperCase()}${id.slice(1)}` })
    return { $ref: uriOf(this.#registry.get(schema)?.id ?? id) }
  }

  all(): Record<string, object> {
    const { schemas } = z.toJSONSchema(this.#registry, { uri: uriOf, io: this.#io })
    // Within a document, a schema is known by where it stands.
    const bare = Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema])
    return Object.fromEntries(bare)
  }
}

function uriOf(id: string): string {
  return `#/components/schemas/${id}`
}
