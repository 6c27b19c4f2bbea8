import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { type FaultPlan, parsePlan } from '../faults/plan.ts'
import { PlanError } from '../faults/plan-error.ts'
import { UsageError } from './usage-error.ts'

/** What `--plan` asks for: a plan, and what its file says of seed and workload. */
export interface PlanFlag {
  readonly plan: FaultPlan
  /** Seed of a replay file. */
  readonly seed: number | undefined
  /** Workload of a replay file. Absent: it names none. */
  readonly given: { readonly value: unknown } | undefined
  /** Name of the scenario that a replay file was written for. */
  readonly scenario: string | undefined
}

const replayFile = z.strictObject({
  scenario: z.string().optional(),
  seed: z.number().int().optional(),
  given: z.unknown().optional(),
  plan: z.unknown(),
})

/**
 * Reads what `--plan` names: a file, or JSON on the command line. Either a fault plan, `{ "faults": […] }`, or a replay
 * file, `{ "scenario": …, "seed": …, "given": …, "plan": { "faults": […] } }`.
 *
 * @throws UsageError  `plan_invalid`: each member that does not fit, what was given, what would be right
 */
export function readPlan(flag: string): PlanFlag {
  const inline = flag.trimStart().startsWith('{')
  const source = inline ? 'The plan of --plan' : flag
  const json = jsonIn(inline ? flag : textOf(flag), source, 'plan_invalid')
  const isReplay = typeof json === 'object' && json !== null && 'plan' in json
  const replay = isReplay ? replayFile.safeParse(json) : undefined
  if (replay?.success === false) {
    throw new UsageError('plan_invalid', `${source} is no replay file: ${z.prettifyError(replay.error)}`)
  }
  const facts: z.infer<typeof replayFile> = replay?.data ?? { plan: json }
  return {
    plan: planIn(facts.plan, source),
    seed: facts.seed,
    given: 'given' in facts ? { value: facts.given } : undefined,
    scenario: facts.scenario,
  }
}

/**
 * Reads what `--given` holds: a workload as JSON.
 *
 * @throws UsageError  `given_invalid`
 */
export function readGiven(flag: string): unknown {
  return jsonIn(flag, 'The workload of --given', 'given_invalid')
}

/** A plan that does not fit, one complaint a line. */
export function planProblems(source: string, problems: readonly string[]): string {
  return [`${source} does not fit:`, ...problems.map((problem) => `  ${problem}`)].join('\n')
}

function planIn(plan: unknown, source: string): FaultPlan {
  try {
    return parsePlan(plan)
  } catch (error) {
    if (!(error instanceof PlanError)) throw error
    throw new UsageError('plan_invalid', planProblems(source, error.problems), { cause: error })
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(error)
    throw new UsageError('plan_invalid', `--plan ${path}: ${why}. It takes a file, or JSON: '{"faults":[…]}'.`, {
      cause: error,
    })
  }
}

function jsonIn(text: string, source: string, code: 'plan_invalid' | 'given_invalid'): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(code, `${source} is no JSON: ${(error as Error).message}.`, { cause: error })
  }
}
