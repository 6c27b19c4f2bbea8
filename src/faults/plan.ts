import * as z from 'zod'
import type { Simulator } from '../simulator/definition.ts'
import { didYouMean } from '../simulator/did-you-mean.ts'
import type { FaultName } from '../simulator/fault-names.ts'
import { callFaultNames, deliveryFaultNames, schemaNamed } from './catalogue.ts'
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
const callTarget = z.strictObject({
  provider: z.string().min(1),
  operation: z.string().min(1).optional(),
  ...narrowing,
})
const deliveryTarget = z.strictObject({
  provider: z.string().min(1),
  topic: z.string().min(1).optional(),
  ...narrowing,
})

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
export type PlanContext = Readonly<Record<string, Pick<Simulator, 'operations' | 'faults'>>>

/**
 * Reads a fault plan.
 *
 * @param plan     Parsed JSON: `{ "faults": [{ "fault": "reply-lost", "on": { "provider": …, "operation": …, "nth": 1 } }] }`.
 * @param context  When given, provider, operation and fault must be ones that exist there.
 * @throws PlanError  one message for all that does not fit: the path, what was given, what would be right
 */
export function parsePlan(plan: unknown, context?: PlanContext): FaultPlan {
  const shell = z.strictObject({ faults: z.array(z.looseObject({})) }).safeParse(plan)
  if (!shell.success) throw new PlanError(complaints(shell.error, plan, ''))
  const problems: string[] = []
  const faults: PlannedFault[] = []
  for (const [index, entry] of shell.data.faults.entries()) {
    const path = `faults[${index}]`
    const schema = schemaOf(entry['fault'])
    if (schema === undefined) {
      problems.push(unknownName(`${path}.fault`, 'fault', entry['fault'], [...callFaultNames, ...deliveryFaultNames]))
      continue
    }
    const parsed = schema.safeParse(entry)
    if (!parsed.success) {
      problems.push(...complaints(parsed.error, entry, path))
      continue
    }
    const fault = parsed.data as PlannedFault
    if (context) problems.push(...misfits(fault, path, context))
    faults.push(fault)
  }
  if (problems.length > 0) throw new PlanError(problems)
  return { faults }
}

const schemas: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ...callFaultNames.map((name) => [name, withTarget(name, callTarget)] as const),
  ...deliveryFaultNames.map((name) => [name, withTarget(name, deliveryTarget)] as const),
])

function withTarget(name: FaultName, target: z.ZodObject): z.ZodType {
  return schemaNamed(name).extend({ on: target })
}

function schemaOf(name: unknown): z.ZodType | undefined {
  return typeof name === 'string' ? schemas.get(name) : undefined
}

function misfits(fault: PlannedFault, path: string, context: PlanContext): string[] {
  const simulator = Object.hasOwn(context, fault.on.provider) ? context[fault.on.provider] : undefined
  if (!simulator) return [unknownName(`${path}.on.provider`, 'provider', fault.on.provider, Object.keys(context))]
  const problems: string[] = []
  if (!simulator.faults.includes(fault.fault)) {
    problems.push(
      `${path}.fault: ${fault.on.provider} never shows "${fault.fault}"; it shows ${simulator.faults.join(', ')}.`,
    )
  }
  const operation = 'operation' in fault.on ? fault.on.operation : undefined
  const names = Object.keys(simulator.operations)
  if (operation !== undefined && !names.includes(operation)) {
    problems.push(unknownName(`${path}.on.operation`, `operation of ${fault.on.provider}`, operation, names))
  }
  return problems
}

/** Says that a name is unknown, and which valid one is nearest. */
function unknownName(path: string, what: string, given: unknown, valid: readonly string[]): string {
  const shown = given === undefined ? 'nothing' : JSON.stringify(given)
  return `${path}: got ${shown}, which is no ${what}. ${didYouMean(given, valid)}`
}

function complaints(error: z.ZodError, given: unknown, prefix: string): string[] {
  return error.issues.map((issue) => {
    const path = [prefix, ...issue.path].filter((part) => part !== '').reduce<string>(joined, '')
    const value = issue.path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
      given,
    )
    const shown = value === undefined ? 'nothing' : JSON.stringify(value)
    return `${path === '' ? 'plan' : path}: got ${shown.length > 120 ? `${shown.slice(0, 117)}…` : shown}. ${issue.message}.`
  })
}

function joined(path: string, part: PropertyKey): string {
  if (typeof part === 'number') return `${path}[${part}]`
  return path === '' ? String(part) : `${path}.${String(part)}`
}
