import * as z from 'zod'
import type { Simulator } from '../simulator/definition.ts'
import { didYouMean } from '../simulator/did-you-mean.ts'
import type { FaultName } from '../simulator/fault-names.ts'
import { handshakeTopic } from '../simulator/webhooks.ts'
import { callFaultNames, deliveryFaultNames, schemaNamed } from './catalogue.ts'
import { complaintsOf } from './complaints.ts'
import type { CallFault, DeliveryFault, Fault } from './fault.ts'
import { PlanError } from './plan-error.ts'

/** When a fault strikes. Members that are absent do not narrow it. */
export interface StrikeWindow {
  /** The nth call or delivery, from 1. */
  readonly nth?: number | undefined
  /** At most so many strikes. */
  readonly times?: number | undefined
  /** Virtual milliseconds since the start: strikes from then … */
  readonly fromMs?: number | undefined
  /** … and before then. */
  readonly untilMs?: number | undefined
  /** Chance of each strike from 0 to 1, drawn from the seed. Absent: it always strikes. */
  readonly probability?: number | undefined
}

/** Where a fault on calls strikes. */
export interface CallTarget extends StrikeWindow {
  readonly provider: string
  /** Absent: any operation. */
  readonly operation?: string | undefined
}

/** Where a fault on deliveries strikes. */
export interface DeliveryTarget extends StrikeWindow {
  readonly provider: string
  /** Absent: any topic. */
  readonly topic?: string | undefined
}

const count = z.number().int().min(1)
const narrowing = {
  nth: count.optional(),
  times: count.optional(),
  fromMs: z.number().min(0).optional(),
  untilMs: z.number().min(0).optional(),
  probability: z.number().min(0).max(1).optional(),
}
const name = z.string().min(1)
const isWindow = ({ fromMs = 0, untilMs = Number.POSITIVE_INFINITY }: Pick<StrikeWindow, 'fromMs' | 'untilMs'>) =>
  untilMs > fromMs
const emptyWindow = { path: ['untilMs'], error: 'Must come after fromMs' }
const callTarget = z
  .strictObject({ provider: name, operation: name.optional(), ...narrowing })
  .refine(isWindow, emptyWindow)
const deliveryTarget = z
  .strictObject({ provider: name, topic: name.optional(), ...narrowing })
  .refine(isWindow, emptyWindow)

/** One fault and where it strikes. */
export type PlannedFault = (CallFault & { readonly on: CallTarget }) | (DeliveryFault & { readonly on: DeliveryTarget })

/** Which faults strike where: plain JSON that a person can read in a bug report. */
export interface FaultPlan {
  readonly faults: readonly PlannedFault[]
}

/** A fault that was set, by hand or by a plan. */
export interface Injection {
  readonly fault: Fault
  /** Where it strikes, in words: `cards.update of trello`. */
  readonly on: string
  /** How often it has struck. */
  readonly strikes: number
  /** Takes it back. Calls that it has already struck stay struck. */
  remove(): void
}

/** What a plan is checked against: simulators by the name they have in the world. */
export type PlanContext = Readonly<Record<string, Pick<Simulator, 'operations' | 'faults' | 'topics'>>>

/**
 * Reads a fault plan.
 *
 * @param plan     Parsed JSON: `{ "faults": [{ "fault": "reply-lost", "on": { "provider": …, "operation": …, "nth": 1 } }] }`.
 * @param context  When given, provider, operation and fault must be ones that exist there.
 * @throws PlanError  one message for all that does not fit: the path, what was given, what would be right
 */
export function parsePlan(plan: unknown, context?: PlanContext): FaultPlan {
  const shell = shape.safeParse(plan)
  if (!shell.success) throw new PlanError(complaintsOf(shell.error, shape, plan, '', 'plan'))
  const problems: string[] = []
  const faults: PlannedFault[] = []
  for (const [index, entry] of shell.data.faults.entries()) {
    const path = `faults[${index}]`
    const schema = schemaOf(entry['fault'])
    const parsed = schema?.safeParse(entry)
    if (!schema) problems.push(unknownName(`${path}.fault`, 'fault', entry['fault'], [...schemas.keys()]))
    else if (parsed?.error) problems.push(...complaintsOf(parsed.error, schema, entry, path, path))
    else faults.push(parsed?.data as unknown as PlannedFault)
    // Names can be judged although something else is wrong, so that all is said at once.
    if (context) problems.push(...misfits(entry, path, context))
  }
  if (problems.length > 0) throw new PlanError(problems)
  return { faults }
}

const shape = z.strictObject({ faults: z.array(z.looseObject({})) })

const schemas: ReadonlyMap<string, z.ZodObject> = new Map<string, z.ZodObject>([
  ...callFaultNames.map((fault) => [fault, schemaNamed(fault).extend({ on: callTarget })] as const),
  ...deliveryFaultNames.map((fault) => [fault, schemaNamed(fault).extend({ on: deliveryTarget })] as const),
])

/** Schema of a planned fault, for whoever describes one: `parsePlan` says better what is wrong with it. */
export function plannedFaultSchema(): z.ZodType {
  return z.discriminatedUnion('fault', [...schemas.values()] as [z.ZodObject, ...z.ZodObject[]])
}

function schemaOf(fault: unknown): z.ZodObject | undefined {
  return typeof fault === 'string' ? schemas.get(fault) : undefined
}

/** Names that the context does not know, of a fault that may not fit in other ways. */
function misfits({ fault, on }: Readonly<Record<string, unknown>>, path: string, context: PlanContext): string[] {
  if (typeof on !== 'object' || on === null) return []
  const { provider, operation, topic } = on as Readonly<Record<string, unknown>>
  if (typeof provider !== 'string' || provider === '') return []
  const simulator = Object.hasOwn(context, provider) ? context[provider] : undefined
  if (!simulator) return [unknownName(`${path}.on.provider`, 'provider', provider, Object.keys(context))]
  const problems: string[] = []
  if (schemaOf(fault) && !simulator.faults.includes(fault as FaultName)) {
    problems.push(`${path}.fault: ${provider} never shows "${fault}"; it shows ${simulator.faults.join(', ')}.`)
  }
  const names = Object.keys(simulator.operations)
  if (typeof operation === 'string' && operation !== '' && !names.includes(operation)) {
    problems.push(unknownName(`${path}.on.operation`, `operation of ${provider}`, operation, names))
  }
  const topics = simulator.topics && [...simulator.topics, handshakeTopic]
  if (typeof topic === 'string' && topic !== '' && topics && !topics.includes(topic)) {
    problems.push(unknownName(`${path}.on.topic`, `topic of ${provider}`, topic, topics))
  }
  return problems
}

/** Says that a name is unknown, and which valid one is nearest. */
function unknownName(path: string, what: string, given: unknown, valid: readonly string[]): string {
  const shown = given === undefined ? 'nothing' : JSON.stringify(given)
  return `${path}: got ${shown}, which is no ${what}. ${didYouMean(given, valid)}`
}
