import { inspect } from 'node:util'
import * as fc from 'fast-check'
import * as z from 'zod'
import { callFaultNames, deliveryFaultNames } from '../faults/catalogue.ts'
import { builtInInvariants } from '../invariants/built-in.ts'
import type { SettledInvariant } from '../invariants/invariant.ts'
import { didYouMean, membersAt } from '../simulator/did-you-mean.ts'
import type { FaultName } from '../simulator/fault-names.ts'
import { settleWorld } from '../world/settle-world.ts'
import type { Simulators } from '../world/types.ts'
import { WorldError } from '../world/world-error.ts'
import { ScenarioError } from './scenario-error.ts'
import type { ScenarioOptions } from './types.ts'

/** A scenario's options, complete and checked; the types of its parts no longer matter. */
export interface SettledScenario extends Omit<ScenarioOptions<Simulators, unknown, unknown>, 'invariants' | 'faults'> {
  readonly name: string
  readonly given: fc.Arbitrary<unknown>
  readonly invariants: readonly SettledInvariant[]
  readonly faultsOff: ReadonlySet<FaultName>
  readonly optedOut: readonly { readonly invariant: string; readonly reason: string }[]
}

const namePattern = /^Test_[A-Z][A-Za-z0-9]*$/
const contextMembers: ReadonlySet<string> = new Set(['subject', 'given', 'world', 'intent', 'all'])
const optionNames = [
  ...['simulators', 'given', 'arrange', 'subject', 'receivers', 'play', 'always', 'eventually', 'invariants', 'faults'],
  ...['latency', 'startAt', 'bounds', 'claim'],
]
const milliseconds = z.number().min(0)
const isFunction = z.custom((value) => typeof value === 'function', { error: 'must be a function' })
const functions = z.record(z.string(), isFunction).optional()
const shape = z.object({
  simulators: z.record(
    z.string(),
    z.custom((value) => typeof (value as { open?: unknown })?.open === 'function', {
      error: 'must be a simulator, as a call of what defineSimulator returns gives one',
    }),
  ),
  given: z.custom(isArbitrary, { error: 'must be a fast-check arbitrary' }).optional(),
  arrange: isFunction.optional(),
  subject: isFunction,
  receivers: functions,
  play: isFunction,
  always: functions,
  eventually: functions,
  invariants: z.looseObject({}).optional(),
  faults: z.looseObject({}).optional(),
  latency: z.strictObject({ minMs: milliseconds, maxMs: milliseconds }).optional(),
  startAt: z.union([z.number(), z.string()], { error: 'must be milliseconds since 1970, or ISO 8601' }).optional(),
  bounds: z
    .strictObject({
      virtualMsMax: z.number().positive().optional(),
      eventsMax: z.number().positive().optional(),
      realMsMax: z.number().positive().optional(),
    })
    .optional(),
  claim: z.string().trim().min(1).optional(),
})
const off = z.strictObject({ off: z.string().trim().min(1, 'must give a reason') })

/** Fills in what an author left open, and refuses what cannot be. */
export function settleScenario(name: string, options: ScenarioOptions<Simulators, unknown, unknown>): SettledScenario {
  if (!namePattern.test(name)) {
    throw new ScenarioError(
      'name_invalid',
      `Scenario name: got ${JSON.stringify(name)}; must be Test_ and a claim in one word, as in "Test_CardReachesItsListOnce".`,
    )
  }
  const refuse = (field: string, message: string): never => {
    throw new ScenarioError('options_invalid', `Scenario ${name}, ${field}: ${message}`)
  }
  if (typeof options !== 'object' || options === null) {
    refuse('options', `got ${options === null ? 'null' : typeof options}; must be an object.`)
  }
  for (const field of Object.keys(options)) {
    if (!optionNames.includes(field)) refuse(field, `there is no such option. ${didYouMean(field, optionNames)}`)
  }
  const issue = shape.safeParse(options).error?.issues[0]
  if (issue) refuseIssue(issue, options, refuse)
  for (const provider of Object.keys(options.simulators)) {
    if (contextMembers.has(provider)) refuse(`simulators.${provider}`, 'the context has a member of that name already.')
  }
  settleWorldPart(options, refuse)
  const { invariants = {}, faults = {}, ...rest } = options
  const optedOut: { invariant: string; reason: string }[] = []
  return {
    ...rest,
    name,
    given: options.given ?? fc.constant(undefined),
    invariants: settleInvariants({ ...invariants }, optedOut, refuse),
    faultsOff: settleFaults(faults, optedOut, refuse),
    optedOut,
  }
}

type Refuse = (field: string, message: string) => never

function refuseIssue(issue: z.core.$ZodIssue, options: unknown, refuse: Refuse): never {
  const field = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys
    return refuse(`${field}.${key}`, `there is no such setting. ${didYouMean(key, membersAt(shape, issue.path))}`)
  }
  return refuse(field, `${issue.message}; got ${shown(valueAt(options, issue.path))}.`)
}

function shown(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object' : inspect(value)
}

/** What goes to the world is checked here and now, not in the first run. */
function settleWorldPart(options: ScenarioOptions<Simulators, unknown, unknown>, refuse: Refuse): void {
  const { simulators, latency, startAt, receivers = {} } = options
  try {
    settleWorld({
      simulators,
      receivers: Object.fromEntries(Object.keys(receivers).map((origin) => [origin, () => new Response()])),
      ...(latency && { latency }),
      ...(startAt !== undefined && { startAt }),
    })
  } catch (error) {
    if (!(error instanceof WorldError)) throw error
    refuse('world', error.message)
  }
}

function settleInvariants(
  tuning: Readonly<Record<string, unknown>>,
  optedOut: { invariant: string; reason: string }[],
  refuse: Refuse,
): readonly SettledInvariant[] {
  const names = Object.keys(builtInInvariants)
  for (const name of Object.keys(tuning)) {
    if (!names.includes(name)) refuse(`invariants.${name}`, `there is no such invariant. ${didYouMean(name, names)}`)
  }
  return Object.values(builtInInvariants).flatMap((invariant) => {
    const given = tuning[invariant.name]
    const switchedOff = isOff(given) ? reasonOf(given, `invariants.${invariant.name}`, refuse) : undefined
    if (switchedOff !== undefined) {
      optedOut.push({ invariant: invariant.name, reason: switchedOff })
      return []
    }
    try {
      const shared = sharedTuning(invariant.name, tuning)
      return [invariant.settle(isRecord(given) ? { ...shared, ...given } : (given ?? shared))]
    } catch (error) {
      const [issue] = error instanceof z.ZodError ? error.issues : []
      if (!issue) throw error
      const field = ['invariants', invariant.name, ...issue.path].join('.')
      if (issue.code !== 'unrecognized_keys') return refuse(field, `${issue.message}.`)
      const [key = ''] = issue.keys
      const known = [...invariant.settings, 'off']
      return refuse(`${field}.${key}`, `there is no such setting. ${didYouMean(key, known)}`)
    }
  })
}

/** What is a compensation to the one of the two invariants about effects is one to the other. */
function sharedTuning(name: string, tuning: Readonly<Record<string, unknown>>): object {
  if (name !== 'success-means-effects') return {}
  const { compensations } = (tuning['effects-happen-once'] ?? {}) as { readonly compensations?: unknown }
  return compensations === undefined ? {} : { compensations }
}

function settleFaults(
  faults: Readonly<Record<string, unknown>>,
  optedOut: { invariant: string; reason: string }[],
  refuse: Refuse,
): ReadonlySet<FaultName> {
  const names: readonly string[] = [...callFaultNames, ...deliveryFaultNames]
  for (const [name, given] of Object.entries(faults)) {
    if (!names.includes(name)) refuse(`faults.${name}`, `there is no such fault. ${didYouMean(name, names)}`)
    optedOut.push({ invariant: `fault ${name}`, reason: reasonOf(given, `faults.${name}`, refuse) })
  }
  return new Set(Object.keys(faults) as FaultName[])
}

/** By its form, as fast-check itself does: a project may have fast-check twice, each with a class of its own. */
function isArbitrary(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const members = value as Partial<Record<keyof fc.Arbitrary<unknown>, unknown>>
  return [members.generate, members.shrink, members.canShrinkWithoutContext].every((one) => typeof one === 'function')
}

function isOff(given: unknown): boolean {
  return isRecord(given) && 'off' in given
}

function isRecord(given: unknown): given is object {
  return typeof given === 'object' && given !== null
}

function reasonOf(given: unknown, field: string, refuse: Refuse): string {
  const parsed = off.safeParse(given)
  if (parsed.success) return parsed.data.off
  return refuse(field, `got ${JSON.stringify(given)}; to switch it off, give a reason: { off: 'why' }.`)
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value)
}
