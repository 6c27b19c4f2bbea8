import * as z from 'zod'
import { parsePlan } from '../../../faults/plan.ts'
import { ServerError } from '../server-error.ts'
import type { OpenWorldOptions, ServedWorld, SimulatorServer } from '../types.ts'
import { applying, simulatorsOf } from './fault-routes.ts'
import { ControlProblem } from './problem.ts'
import { type Answer, type Route, type RouteContext, route } from './route.ts'
import { connections, faultPlan, openWorld, provider, providersJson, seed, worldJson } from './schemas.ts'

const ms = z.int().min(0).max(600_000)
const newWorld = z.strictObject({
  id: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'A name is letters, digits, "-" and "_", 64 at most')
    .optional()
    .describe('Part of its base URL. Absent: characters nobody can guess.'),
  seed: seed.optional(),
  plan: faultPlan.optional().describe('Faults that will strike.'),
  latency: z
    .strictObject({ minMs: ms, maxMs: ms })
    .refine(({ minMs, maxMs }) => minMs <= maxMs, { path: ['maxMs'], error: 'Must not be below minMs' })
    .optional()
    .describe('Time that a message takes, each way.'),
  journal: z
    .strictObject({ recordsMax: z.int().min(1).max(1_000_000), bytesMax: z.int().min(1_024).max(1_073_741_824) })
    .partial()
    .optional()
    .describe('How much its journal holds before it forgets the oldest.'),
  idleMsMax: z
    .int()
    .min(1)
    .max(86_400_000)
    .optional()
    .describe('Milliseconds without a call after which it is closed.'),
})
type NewWorld = z.infer<typeof newWorld>

const health = z.strictObject({
  status: z.literal('ok'),
  version: z.string(),
  world: openWorld,
  faults: z.int().min(0).describe('Faults that are set.'),
  journal: z.strictObject({
    records: z.int().min(0),
    recordsMax: z.int().min(0).describe('Records that it holds at most.'),
    forgotten: z.int().min(0).describe('Records that it has forgotten since it was opened or cleared.'),
  }),
})

/** Worlds, and what there is in one. */
export const worldRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/health',
    summary: 'Whether the server answers, and how this world stands.',
    reply: { status: 200, description: 'It does.', schema: health },
    handle: ({ served, world, facts }) => {
      const { length, recordsMax, forgotten } = world.journal
      const journal = { records: length, recordsMax, forgotten }
      const { version } = facts
      const faults = world.faults().length
      return { status: 200, json: { status: 'ok', version, world: worldJson(served), faults, journal } }
    },
  }),
  route({
    method: 'GET',
    path: '/providers',
    summary: 'Providers with their base URLs, operations and faults: every name that a fault plan may use.',
    reply: {
      status: 200,
      description: 'The providers.',
      schema: z.strictObject({ providers: z.array(provider) }),
    },
    handle: ({ served }) => ({ status: 200, json: { providers: providersJson(served) } }),
  }),
  route({
    method: 'GET',
    path: '/connections',
    summary: 'What clients do with their connections.',
    description: 'A client that reuses them opens no more than it has calls under way at the same time.',
    reply: { status: 200, description: 'The counts.', schema: connections },
    handle: ({ world }) => ({ status: 200, json: world.connections() }),
  }),
  route({
    method: 'DELETE',
    path: '/connections',
    summary: 'Counts connections anew; those that are open count again with their next call.',
    reply: { status: 204, description: 'Nothing is counted yet.' },
    handle: ({ world }) => {
      world.forgetConnections()
      return { status: 204 }
    },
  }),
  route({
    method: 'GET',
    path: '/worlds',
    summary: 'Worlds that are open, the first one first.',
    reply: {
      status: 200,
      description: 'The worlds.',
      schema: z.strictObject({ worlds: z.array(openWorld) }),
    },
    handle: ({ server }) => ({ status: 200, json: { worlds: server.worlds().map(worldJson) } }),
  }),
  route<unknown, NewWorld>({
    method: 'POST',
    path: '/worlds',
    summary: 'Opens a world: state, faults, journal, clock and seed of its own, under a base URL of its own.',
    description: 'Parallel tests so share a server without seeing each other. Under its base URL stands this API too.',
    // What is wrong with a plan, its own parser says better.
    body: { schema: newWorld, parsedBy: newWorld.extend({ plan: z.unknown().optional() }), whenAbsent: {} },
    reply: { status: 201, description: 'The world.', schema: openWorld },
    problems: ['world_exists', 'worlds_too_many'],
    handle: openOne,
  }),
  route({
    method: 'GET',
    path: '/worlds/{id}',
    summary: 'One world that is open.',
    reply: { status: 200, description: 'The world.', schema: openWorld },
    problems: ['world_unknown'],
    handle: ({ server, params }) => {
      const served = server.worldNamed(params['id'] ?? '')
      if (!served) throw unknown(params['id'])
      return { status: 200, json: worldJson(served) }
    },
  }),
  route({
    method: 'DELETE',
    path: '/worlds/{id}',
    summary: 'Closes a world. Calls under way there are reset.',
    reply: { status: 204, description: 'It is closed.' },
    problems: ['world_unknown', 'world_is_first'],
    handle: async ({ server, params, facts }) => {
      const id = params['id'] ?? ''
      const served = server.worldNamed(id)
      if (!served) throw unknown(id)
      if (served === server.main) {
        throw new ControlProblem('world_is_first', 'The first world is open as long as the server is.')
      }
      facts.closed(served)
      await server.closeWorld(id)
      return { status: 204 }
    },
  }),
]

function openOne({ server, world, body, facts }: RouteContext<unknown, NewWorld>): Answer {
  const { plan, ...rest } = body
  const parsed = plan === undefined ? undefined : applying(() => parsePlan(plan, simulatorsOf(world)), 'plan.')
  const options = { ...rest, ...(parsed && { plan: parsed }) } as OpenWorldOptions
  const served = opened(server, options)
  facts.opened(served)
  return { status: 201, json: worldJson(served), headers: { location: served.url } }
}

function opened(server: SimulatorServer, options: OpenWorldOptions): ServedWorld {
  try {
    return server.openWorld(options)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    if (error.code === 'world_exists') throw new ControlProblem('world_exists', error.message)
    if (error.code === 'too_many_worlds') throw new ControlProblem('worlds_too_many', error.message)
    throw new ControlProblem('body_invalid', error.message)
  }
}

function unknown(id: string | undefined): ControlProblem {
  return new ControlProblem('world_unknown', `No world "${id}" is open. GET /worlds names those that are.`)
}
