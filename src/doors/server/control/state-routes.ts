import * as z from 'zod'
import type { LiveSnapshot, LiveWorld } from '../../live-types.ts'
import { fromJson, toJson, UnreadableError } from './plain-json.ts'
import { misfitProblem } from './problem.ts'
import { type Route, route } from './route.ts'
import { seed } from './schemas.ts'

interface StateDocument {
  readonly format: 'stuntdouble-state/1'
  readonly seed: number | string
  readonly providers: Readonly<Record<string, unknown>>
}

interface ResetBody {
  readonly seed?: number | string | undefined
}

const stateDocument: z.ZodType<StateDocument> = z.strictObject({
  format: z.literal('stuntdouble-state/1'),
  seed,
  providers: z
    .record(z.string(), z.unknown())
    .describe(
      'By provider. What JSON cannot say stands as {"$map": [[key, value]]}, $set, $bytes, $date and the like.',
    ),
})
const resetBody: z.ZodType<ResetBody> = z.strictObject({ seed: seed.optional() })
const stateBytesMax = 64 * 1_048_576

/** State: taken, put back, begun anew. */
export const stateRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/state',
    summary: 'State of every simulator, counts of limits, ids and chance, to be put back by PUT.',
    description:
      'Faults, journal, clock and deliveries under way are no part of it. Credentials stand in it as they are.',
    reply: { status: 200, description: 'The state.', schema: stateDocument },
    handle: ({ world }) => ({ status: 200, json: documentOf(world.snapshot()) }),
  }),
  route<unknown, StateDocument>({
    method: 'PUT',
    path: '/state',
    summary: 'Puts back a state that GET gave, in this world or in another one of the same simulators.',
    body: { schema: stateDocument, bytesMax: stateBytesMax },
    reply: { status: 204, description: 'The same calls now get the same replies as then, ids included.' },
    handle: ({ world, body }) => {
      world.restore(snapshotOf(body, world))
      return { status: 204 }
    },
  }),
  route<unknown, ResetBody>({
    method: 'POST',
    path: '/state/reset',
    summary: 'Brings every simulator back to its start, as if nothing had ever been called.',
    description: 'With a seed, to the start that another seed gives. Faults are taken back; journal and clock stay.',
    body: { schema: resetBody, whenAbsent: {} },
    reply: { status: 204, description: 'They stand at their start.' },
    handle: ({ world, body }) => {
      begin(world, body.seed)
      return { status: 204 }
    },
  }),
  route<unknown, ResetBody>({
    method: 'POST',
    path: '/reset',
    summary: 'Between two tests: state at its start, no faults, an empty journal, real time, connections counted anew.',
    description: 'With a seed, the start that another seed gives.',
    body: { schema: resetBody, whenAbsent: {} },
    reply: { status: 204, description: 'Nothing of before is left.' },
    handle: ({ world, body }) => {
      // What simulators had planned is dropped before real time would make it due; then they begin in real time.
      world.reset()
      world.clock.reset()
      begin(world, body.seed)
      world.journal.clear()
      world.forgetConnections()
      return { status: 204 }
    },
  }),
]

function begin(world: LiveWorld, given: number | string | undefined): void {
  world.clearFaults()
  if (given === undefined) world.reset()
  else world.reseed(given)
}

function documentOf({ seed: from, providers }: LiveSnapshot): StateDocument {
  const entries = Object.entries(providers).map(([name, state]) => [name, toJson(state)])
  return { format: 'stuntdouble-state/1', seed: from, providers: Object.fromEntries(entries) }
}

/** Judged as a whole before anything of it is put back. */
function snapshotOf(document: StateDocument, world: LiveWorld): LiveSnapshot {
  const known = world.snapshot().providers
  const problems = differences(Object.keys(document.providers), Object.keys(known), 'providers', 'provider')
  const providers: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(document.providers)) {
    const path = `providers.${name}`
    try {
      providers[name] = fromJson(value, path)
      if (Object.hasOwn(known, name)) problems.push(...misfitsOf(providers[name], known[name], path, 2))
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error
      problems.push(`${error.path}: ${error.message}`)
    }
  }
  if (problems.length > 0) throw misfitProblem('body_invalid', 'state', problems)
  return { seed: document.seed, providers }
}

/** What is not built as the state that stands is: `levels` deep, since below that it is records of which there may be any number. */
function misfitsOf(given: unknown, known: unknown, path: string, levels: number): string[] {
  const [is, wanted] = [kindOf(given), kindOf(known)]
  if (is !== wanted) return [`${path}: got ${is}; it is ${wanted} in a state of this provider.`]
  if (wanted !== 'an object' || levels === 0) return []
  const [mine, theirs] = [given as Record<string, unknown>, known as Record<string, unknown>]
  return [
    ...differences(Object.keys(mine), Object.keys(theirs), path, 'member'),
    ...Object.keys(theirs)
      .filter((name) => Object.hasOwn(mine, name))
      .flatMap((name) => misfitsOf(mine[name], theirs[name], `${path}.${name}`, levels - 1)),
  ]
}

function differences(given: readonly string[], known: readonly string[], path: string, what: string): string[] {
  const all = `There is: ${known.join(', ')}.`
  return [
    ...given.filter((name) => !known.includes(name)).map((name) => `${path}: there is no ${what} "${name}". ${all}`),
    ...known.filter((name) => !given.includes(name)).map((name) => `${path}: the ${what} "${name}" is missing. ${all}`),
  ]
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (value instanceof Map) return 'a map'
  if (value instanceof Set) return 'a set'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof Date) return 'a date'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : typeof value
}
