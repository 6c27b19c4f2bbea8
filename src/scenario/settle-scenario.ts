import * as fc from 'fast-check'
import * as z from 'zod'
import { callFaultNames, deliveryFaultNames } from '../faults/catalogue.ts'
import { builtInInvariants } from '../invariants/built-in.ts'
import type { SettledInvariant } from '../invariants/invariant.ts'
import { didYouMean } from '../simulator/did-you-mean.ts'
import type { FaultName } from '../simulator/fault-names.ts'
import type { Simulators } from '../world/types.ts'
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
  const { invariants = {}, faults = {}, ...rest } = options
  const refuse = (field: string, message: string): never => {
    throw new ScenarioError('options_invalid', `Scenario ${name}, ${field}: ${message}`)
  }
  for (const field of Object.keys(options)) {
    if (!optionNames.includes(field)) refuse(field, `there is no such option. ${didYouMean(field, optionNames)}`)
  }
  const issue = shape.safeParse(options).error?.issues[0]
  if (issue) refuse(issue.path.join('.'), `${issue.message}; got ${typeof valueAt(options, issue.path)}.`)
  for (const provider of Object.keys(options.simulators)) {
    if (contextMembers.has(provider)) refuse(`simulators.${provider}`, 'the context has a member of that name already.')
  }
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
      return [invariant.settle(given ?? {})]
    } catch (error) {
      const [issue] = error instanceof z.ZodError ? error.issues : []
      if (!issue) throw error
      return refuse(['invariants', invariant.name, ...issue.path].join('.'), `${issue.message}.`)
    }
  })
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
  return typeof given === 'object' && given !== null && 'off' in given
}

function reasonOf(given: unknown, field: string, refuse: Refuse): string {
  const parsed = off.safeParse(given)
  if (parsed.success) return parsed.data.off
  return refuse(field, `got ${JSON.stringify(given)}; to switch it off, give a reason: { off: 'why' }.`)
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value)
}
