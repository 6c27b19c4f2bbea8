import * as z from 'zod'
import { parsePlan } from '../../../faults/plan.ts'
import { PlanError } from '../../../faults/plan-error.ts'
import type { LiveFault, LiveWorld } from '../../live-types.ts'
import { ControlProblem, misfitProblem } from './problem.ts'
import { type Route, type RouteContext, route } from './route.ts'
import { faultJson, faultPlan, setFault } from './schemas.ts'

const setFaults = z.strictObject({ faults: z.array(setFault) })
const json = (faults: readonly LiveFault[]): object => ({ faults: faults.map(faultJson) })

/** Faults: set, read, taken back. */
export const faultRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/faults',
    summary: 'Faults that are set, in the order in which they were.',
    description: 'One that has struck as often as it may stays here, until it is taken back.',
    reply: { status: 200, description: 'The faults.', schema: setFaults },
    handle: ({ world }) => ({ status: 200, json: json(world.faults()) }),
  }),
  route({
    method: 'POST',
    path: '/faults',
    summary: 'Sets every fault of a plan, beside those that are set, or none when one of them does not fit.',
    description: 'The body is what a plan file holds.',
    body: { schema: faultPlan, parsedBy: z.unknown() },
    reply: { status: 201, description: 'The faults that were set, with their ids.', schema: setFaults },
    handle: ({ world, body }) => ({ status: 201, json: json(applying(() => world.injectPlan(body))) }),
  }),
  route({
    method: 'PUT',
    path: '/faults',
    summary: 'Sets every fault of a plan in place of those that are set, or changes nothing when one does not fit.',
    body: { schema: faultPlan, parsedBy: z.unknown() },
    reply: { status: 200, description: 'The faults that are set now.', schema: setFaults },
    handle: ({ world, body }) => {
      const plan = applying(() => parsePlan(body, simulatorsOf(world)))
      world.clearFaults()
      return { status: 200, json: json(world.injectPlan(plan)) }
    },
  }),
  route({
    method: 'DELETE',
    path: '/faults',
    summary: 'Takes back every fault. Calls that have been struck stay struck.',
    reply: { status: 204, description: 'No fault is set.' },
    handle: ({ world }) => {
      world.clearFaults()
      return { status: 204 }
    },
  }),
  route({
    method: 'GET',
    path: '/faults/{id}',
    summary: 'One fault, and how often it has struck.',
    reply: { status: 200, description: 'The fault.', schema: setFault },
    problems: ['fault_unknown'],
    handle: (context) => ({ status: 200, json: faultJson(faultOf(context)) }),
  }),
  route({
    method: 'DELETE',
    path: '/faults/{id}',
    summary: 'Takes back one fault.',
    reply: { status: 204, description: 'It is not set any more.' },
    problems: ['fault_unknown'],
    handle: (context) => {
      faultOf(context).remove()
      return { status: 204 }
    },
  }),
]

/**
 * Does what takes a fault plan.
 *
 * @param within  Path of the plan in the body, with a dot at its end; `''` when it is the body.
 * @throws ControlProblem  `body_invalid`, when the plan does not fit
 */
export function applying<Result>(work: () => Result, within = ''): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof PlanError)) throw error
    throw misfitProblem(
      'body_invalid',
      'plan',
      error.problems.map((problem) => (problem.startsWith('plan: ') ? problem : `${within}${problem}`)),
    )
  }
}

/** The simulators of a world, by name, as plans are checked against. */
export function simulatorsOf(world: LiveWorld): Parameters<typeof parsePlan>[1] {
  return Object.fromEntries(world.network.providers.map(({ name, instance }) => [name, instance.simulator]))
}

function faultOf({ world, params }: RouteContext): LiveFault {
  const found = world.faults().find(({ id }) => id === params['id'])
  if (found) return found
  throw new ControlProblem('fault_unknown', `No fault "${params['id']}" is set. GET /faults names those that are.`)
}
