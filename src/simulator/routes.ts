import assert from 'node:assert/strict'
import { distance } from 'fastest-levenshtein'
import { addRoute, createRouter, findRoute, type RouterContext } from 'rou3'
import type { Call } from '../http/exchange.ts'
import type { OperationDefinition, OperationInfo } from './definition.ts'

/** An operation with its name, ready to be matched. */
export interface RoutedOperation extends OperationDefinition {
  readonly name: string
  readonly info: OperationInfo
}

/** A call's operation, with the path parameters decoded. */
export interface RouteMatch {
  readonly operation: RoutedOperation
  readonly params: Readonly<Record<string, string>>
}

/** Finds the operation that a call is for. */
export interface Routes {
  match(call: Pick<Call, 'method' | 'path'>): RouteMatch | undefined
  /** Names of the operations whose method and path are most like the call's, the likeliest first. */
  nearest(call: Pick<Call, 'method' | 'path'>): readonly string[]
}

const noParams: Readonly<Record<string, string>> = Object.freeze({})

/**
 * Compiles operations by method and path template.
 *
 * @throws AssertionError  when two operations have the same route, so that no call could reach the second
 */
export function compileRoutes(operations: readonly RoutedOperation[]): Routes {
  const router = createRouter<RoutedOperation>()
  const routes = new Map<string, string>()
  for (const operation of operations) {
    const { method, template } = operation
    const route = `${method} ${template}`
    const shape = route.replace(/:[A-Za-z_]\w*/g, ':')
    const other = routes.get(shape)
    assert(other === undefined, `Operations "${other}" and "${route}" have the same route: no call could reach both.`)
    routes.set(shape, route)
    addRoute(router, method, template, operation)
  }
  // A call is matched when it is sent and again when it arrives, and the same few things are called again and again.
  const known = new Map<string, RouteMatch>()
  return {
    match: (call) => {
      const route = `${call.method} ${call.path}`
      return known.get(route) ?? remember(known, route, matchOf(router, call))
    },
    nearest: (call) =>
      operations
        .map((operation) => ({ name: operation.name, far: unlikeness(operation, call) }))
        .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
        .slice(0, 3)
        .map(({ name }) => name),
  }
}

const matchesMax = 1_000

function remember(
  known: Map<string, RouteMatch>,
  route: string,
  match: RouteMatch | undefined,
): RouteMatch | undefined {
  if (!match) return undefined
  if (known.size >= matchesMax) known.clear()
  known.set(route, match)
  return match
}

function matchOf(
  router: RouterContext<RoutedOperation>,
  { method, path }: Pick<Call, 'method' | 'path'>,
): RouteMatch | undefined {
  // RFC 9110, section 9.3.2: whatever answers GET answers HEAD.
  const found = findRoute(router, method, path) ?? (method === 'HEAD' ? findRoute(router, 'GET', path) : undefined)
  if (!found) return undefined
  return { operation: found.data, params: found.params ? decoded(found.params) : noParams }
}

function decoded(params: Record<string, string | undefined>): Readonly<Record<string, string>> {
  for (const name in params) {
    const value = params[name]
    if (value?.includes('%')) params[name] = decodedSegment(value)
  }
  return Object.freeze(params as Record<string, string>)
}

/** A segment with a broken escape stays as it was sent, as servers leave it. */
function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** Parameters of the template count as whatever the call has in their place. */
function unlikeness(operation: RoutedOperation, call: Pick<Call, 'method' | 'path'>): number {
  const wanted = operation.template.split('/')
  const given = call.path.split('/')
  const filled = wanted.map((segment, at) => (segment.startsWith(':') ? (given[at] ?? segment) : segment)).join('/')
  return distance(filled, call.path) + (operation.method === call.method ? 0 : 3)
}
