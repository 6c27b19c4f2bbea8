import { completeFault } from '../faults/catalogue.ts'
import type { Fault } from '../faults/fault.ts'
import type { CallTarget, FaultPlan, PlannedFault } from '../faults/plan.ts'
import type { Budget } from './budget.ts'
import type { RunResult } from './types.ts'

/** Runs a plan with the failing seed and workload. */
export type Rerun = (plan: FaultPlan) => Promise<RunResult>

/** More strikes than this say "always" better than one by one. */
const strikesMax = 8

/**
 * Makes a failing plan smaller until nothing can be taken from it: no fault left out, none made to strike at one call
 * only, earlier, or in its plainest form, with one of the same invariants still broken. A fault that lasts stays one
 * where it takes more strikes than there are faults to break the claim.
 *
 * @returns  The result of the smallest failing run found.
 */
export async function minimise(failing: RunResult, rerun: Rerun, budget: Budget): Promise<RunResult> {
  const struck = struckFaults(failing)
  const { faults } = failing.request.plan
  const aimed = struck.length <= Math.max(strikesMax, faults.length) ? await rerun({ faults: struck }) : undefined
  if (aimed && sharesViolation(aimed, failing)) {
    const smallest = await reduced(aimed, rerun, budget)
    if (smallest.request.plan.faults.length <= faults.length) return smallest
  }
  return reduced(failing, rerun, budget)
}

async function reduced(failing: RunResult, rerun: Rerun, budget: Budget): Promise<RunResult> {
  let smallest = failing
  for (let improved = true; improved && !budget.spent(); ) {
    improved = false
    for (const plan of smallerPlans(smallest.request.plan)) {
      if (budget.spent()) break
      const result = await rerun(plan)
      if (!sharesViolation(result, failing)) continue
      smallest = result
      improved = true
      break
    }
  }
  return smallest
}

/** Whether two failing runs break one of the same invariants: then they may be one bug. */
export function sharesViolation(result: RunResult, failing: RunResult): boolean {
  const names = new Set(failing.violations.map(({ invariant }) => invariant))
  return result.violations.some(({ invariant }) => names.has(invariant))
}

/** What windows and chances came to: one fault for each strike, at the very call that it struck. */
function struckFaults({ records, request }: RunResult): readonly PlannedFault[] {
  const struck = records.flatMap((record): PlannedFault[] => {
    if (record.kind === 'note' || record.duplicateOf !== undefined) return []
    const { provider, nth } = record
    const on =
      record.kind === 'delivery'
        ? { provider, topic: record.topic, nth }
        : { provider, operation: record.operation, nth }
    return record.injected.map((fault) => ({ ...(fault as Fault), on }) as PlannedFault)
  })
  return struck.length > 0 ? struck : request.plan.faults
}

/** Plans one step smaller, the boldest first. */
function* smallerPlans({ faults }: FaultPlan): Generator<FaultPlan> {
  if (faults.length > 3) {
    const half = Math.ceil(faults.length / 2)
    yield { faults: faults.slice(0, half) }
    yield { faults: faults.slice(half) }
  }
  for (const index of faults.keys()) yield { faults: faults.toSpliced(index, 1) }
  for (const [index, fault] of faults.entries()) {
    for (const weaker of weakerForms(fault)) yield { faults: faults.toSpliced(index, 1, weaker) }
  }
}

/** The same fault at an earlier call, or with its settings as they are when nothing is said. */
function* weakerForms(fault: PlannedFault): Generator<PlannedFault> {
  const { on, ...bare } = fault
  const { nth } = on
  if (nth === undefined) {
    const place = 'topic' in on ? { topic: on.topic } : { operation: (on as CallTarget).operation }
    yield { ...fault, on: { provider: on.provider, ...place, nth: 1 } } as PlannedFault
  } else if (nth > 1) {
    yield { ...fault, on: { ...on, nth: 1 } } as PlannedFault
    if (nth > 2) yield { ...fault, on: { ...on, nth: nth - 1 } } as PlannedFault
  }
  const plain = completeFault({ fault: bare.fault } as Fault)
  if (JSON.stringify(sorted(plain)) !== JSON.stringify(sorted(bare))) yield { ...plain, on } as PlannedFault
}

function sorted(value: object): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
}
