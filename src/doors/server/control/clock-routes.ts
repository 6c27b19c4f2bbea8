import * as z from 'zod'
import { misfitProblem } from './problem.ts'
import { type Route, type RouteContext, route } from './route.ts'
import { clock, clockJson } from './schemas.ts'

const reply = { status: 200, description: 'The clock as it stands then.', schema: clock } as const
const told = ({ world }: RouteContext): { status: 200; json: object } => ({ status: 200, json: clockJson(world.clock) })
/** The last moment that ISO 8601 says with four digits for the year. */
const latest = Date.UTC(9999, 11, 31)

/** The clock: limits, due webhooks and the dates in replies follow it. */
export const clockRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/clock',
    summary: 'The time of the world.',
    reply,
    handle: told,
  }),
  route({
    method: 'POST',
    path: '/clock/freeze',
    summary: 'Stops the clock.',
    reply,
    handle: (context) => {
      context.world.clock.freeze()
      return told(context)
    },
  }),
  route<unknown, { readonly ms: number }>({
    method: 'POST',
    path: '/clock/advance',
    summary: 'Moves the clock on, and does in order all that falls due on the way, each thing at its time.',
    description: 'It stays frozen, or goes on from there. Redeliveries on the way are waited for.',
    body: {
      schema: z.strictObject({ ms: z.int().min(0).describe('Milliseconds; not beyond the year 9999.') }),
    },
    reply,
    handle: async (context) => {
      const { world, body } = context
      if (world.clock.now() + body.ms > latest) {
        throw misfitProblem('body_invalid', 'body', [`ms: got ${body.ms}. That leads beyond the year 9999.`])
      }
      await world.clock.advance(body.ms)
      return told(context)
    },
  }),
  route({
    method: 'POST',
    path: '/clock/real',
    summary: 'Goes back to real time. What has been done is not undone; what lies ahead waits for its time.',
    reply,
    handle: (context) => {
      context.world.clock.reset()
      return told(context)
    },
  }),
]
