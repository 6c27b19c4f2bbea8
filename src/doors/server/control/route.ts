import type { IncomingMessage, ServerResponse } from 'node:http'
import type * as z from 'zod'
import type { LiveWorld } from '../../live-types.ts'
import type { ControlRequest, ServedWorld } from '../types.ts'
import type { ProblemCode } from './problem.ts'

/** What a handler answers. */
export type Answer =
  | { readonly status: 200 | 201; readonly json: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly status: 204 }
  /** It writes the response itself, and goes on doing so. */
  | { readonly status: 200; readonly stream: (response: ServerResponse) => void }

/** What a handler knows. */
export interface RouteContext<Query = unknown, Body = unknown> extends Omit<ControlRequest, 'query'> {
  readonly request: IncomingMessage
  /** The world that it is about: `served.world`. */
  readonly world: LiveWorld
  /** Of the path, decoded: `{ id: 'f1' }`. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly body: Body
  readonly facts: ControlFacts
}

/** What the control API is told of its surroundings. */
export interface ControlFacts {
  /** Version of the toolkit, as its health and its document tell it. */
  readonly version: string
  /** Told of each world that it opens. */
  readonly opened: (served: ServedWorld) => void
  /** Told of each world that it closes. */
  readonly closed: (served: ServedWorld) => void
}

/** What a route answers when all is well. */
export interface RouteReply {
  readonly status: 200 | 201 | 204
  readonly description: string
  /** Absent: no body. */
  readonly schema?: z.ZodType
  /** @defaultValue `'application/json'` */
  readonly mediaType?: 'application/json' | 'text/event-stream'
}

/** One route of the control API: what it takes, answers and does. Its document is made from the same value. */
export interface RouteSpec<Query, Body> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/__stuntdouble`, members in braces: `/faults/{id}`. */
  readonly path: string
  /** One sentence. */
  readonly summary: string
  readonly description?: string
  /** Members of the query; digits come as numbers where a number is asked for. */
  readonly query?: z.ZodObject & z.ZodType<Query>
  /** What the body has to be. */
  readonly body?: {
    readonly schema: z.ZodType<Body>
    /** Stands for an absent body. @defaultValue a body must be there */
    readonly whenAbsent?: unknown
    /** Takes its place when a body is parsed, where the handler says more of some member than a schema can. */
    readonly parsedBy?: z.ZodType
    /** @defaultValue 1_048_576 */
    readonly bytesMax?: number
  }
  readonly reply: RouteReply
  /** What can go wrong, beside what can go wrong everywhere. */
  readonly problems?: readonly ProblemCode[]
  readonly handle: (context: RouteContext<Query, Body>) => Answer | Promise<Answer>
}

/** A route, whatever it takes. */
export type Route = RouteSpec<unknown, unknown>

/** Makes a route: its handler gets what its schemas make of query and body. */
export function route<Query = unknown, Body = unknown>(spec: RouteSpec<Query, Body>): Route {
  return spec as unknown as Route
}

/** Bytes of a body, where a route says nothing else. */
export const bodyBytesMax = 1_048_576
