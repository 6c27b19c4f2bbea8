import * as z from 'zod'
import { plannedFaultSchema } from '../../../faults/plan.ts'
import type { ConnectionReport, LiveClock, LiveFault } from '../../live-types.ts'
import type { ServedWorld } from '../types.ts'

/** A seed, as bodies and replies have it. */
export const seed: z.ZodType<number | string> = z
  .union([z.int(), z.string().min(1).max(200)], { error: 'A seed is a whole number or a text' })
  .describe('Ids, samples and chances of faults come from it.')

/** A planned fault. */
export const plannedFault: z.ZodType = plannedFaultSchema()

/** A fault plan, as a body. */
export const faultPlan: z.ZodType = z.strictObject({ faults: z.array(plannedFault) })

/** A fault that is set. */
export const setFault: z.ZodType = z.strictObject({
  id: z.string().describe('Names it as long as it is set.'),
  planned: plannedFault.describe('The fault and where it strikes, complete.'),
  where: z.string().describe('Where it strikes, in words.'),
  strikes: z.int().min(0).describe('How often it has struck.'),
})

/** Puts a fault into its JSON. */
export function faultJson({ id, planned, on, strikes }: LiveFault): object {
  return { id, planned, where: on, strikes }
}

/** The clock of a world. */
export const clock: z.ZodType = z.strictObject({
  now: z.iso.datetime().describe('Its time.'),
  nowMs: z.number().describe('The same, in milliseconds since 1970.'),
  isFrozen: z.boolean(),
  aheadMs: z.number().describe('Milliseconds by which it is ahead of real time.'),
})

/** Puts a clock into its JSON. */
export function clockJson(given: LiveClock): object {
  const nowMs = given.now()
  return { now: new Date(nowMs).toISOString(), nowMs, isFrozen: given.isFrozen, aheadMs: given.aheadMs }
}

const count = z.int().min(0)
const counts = {
  opened: count.describe('Connections that carried at least one call.'),
  open: count.describe('Of these, still open.'),
  openPeak: count.describe('Open at the same time, at most.'),
  idle: count.describe('Of the open ones, those that lie idle.'),
  openedNeedlessly: count.describe('Opened although another one of the same client lay idle.'),
  leftBehind: count.describe('Idle ones never closed and never used again, until the server closed them.'),
  calls: count.describe('Calls over all of them.'),
  callsPerConnectionPeak: count,
  callsAtOncePeak: count.describe('Calls under way at the same time, at most.'),
}

/** What is seen of connections. */
export const connections: z.ZodType<ConnectionReport> = z.strictObject({
  ...counts,
  clients: z
    .array(z.strictObject({ address: z.string(), userAgent: z.string(), ...counts }))
    .describe('One for each address and user-agent; at most 256.'),
})

/** A world that is open. */
export const openWorld: z.ZodType = z.strictObject({
  id: z.string(),
  url: z.string().describe('Base URL, without a slash at its end.'),
  control: z.string().describe('Base URL of its control API.'),
  providers: z.record(z.string(), z.string()).describe('Base URL of each provider.'),
  seed,
  usedAt: z.iso.datetime().describe('Real time of its latest call.'),
  idleMsMax: z.number().nullable().describe('Milliseconds without a call after which it is closed; null: never.'),
  inFlight: count.describe('Calls and deliveries under way.'),
  records: count.describe('Records in its journal.'),
})

/** Puts a world into its JSON. */
export function worldJson({ id, world, url, urls, usedAt, idleMsMax }: ServedWorld): object {
  return {
    ...{ id, url, control: `${url}/__stuntdouble`, providers: urls, seed: world.seed },
    ...{ usedAt: new Date(usedAt).toISOString(), idleMsMax: idleMsMax ?? null },
    ...{ inFlight: world.network.inFlight, records: world.journal.length },
  }
}

/** What there is at a provider, for whoever writes a fault plan. */
export const provider: z.ZodType = z.strictObject({
  name: z.string(),
  url: z.string().describe('Base URL.'),
  origins: z.array(z.string()).describe('Where the real one answers.'),
  version: z.string().describe('Version of its API that this is a double of.'),
  operations: z.array(
    z.strictObject({
      name: z.string(),
      method: z.string(),
      path: z.string(),
      effect: z.enum(['create', 'update', 'delete']).optional(),
    }),
  ),
  topics: z.array(z.string()).optional().describe('Of its deliveries, where it names them.'),
  faults: z.array(z.string()).describe('Faults that it can show.'),
})

/** Puts the providers of a world into their JSON. */
export function providersJson({ world, urls }: ServedWorld): object[] {
  return world.network.providers.map(({ name, instance: { simulator } }) => ({
    ...{ name, url: urls[name] ?? '', origins: simulator.origins, version: simulator.version },
    operations: Object.values(simulator.operations).map(({ name: operation, method, template, effect }) => ({
      ...{ name: operation, method, path: template },
      ...(effect && { effect }),
    })),
    ...(simulator.topics && { topics: simulator.topics }),
    faults: simulator.faults,
  }))
}
