import { type PlannedFault, parsePlan } from '../faults/plan.ts'
import type { Simulators } from './types.ts'

/**
 * A fault injected by hand, as a plan would have it.
 *
 * @param target  Operation name, or `{ topic }` for deliveries.
 * @throws PlanError  when provider, operation or fault does not exist there
 */
export function injectionOf(
  simulators: Simulators,
  provider: string,
  target: unknown,
  { times, ...fault }: { readonly fault: string; readonly times?: number },
): PlannedFault {
  const where = typeof target === 'string' ? { operation: target } : (target as { readonly topic: string })
  const on = { provider, ...where, ...(times !== undefined && { times }) }
  return parsePlan({ faults: [{ ...fault, on }] }, simulators).faults[0] as PlannedFault
}
