import * as fc from 'fast-check'
import type { FaultPlan, PlannedFault } from '../faults/plan.ts'
import type { StrikePoint } from '../simulator/journal.ts'
import type { Explorable } from './explorable.ts'
import { faultsAt, placeOf } from './singles.ts'

/** Faults in one random plan. */
const faultsMax = 4

/**
 * Draws fault plans: faults at known points, or at the next calls after them; faults in a window of time; faults that
 * strike by chance.
 *
 * @param points     Strike points seen so far.
 * @param virtualMs  How long the faultless run took: windows lie in it, and some way beyond.
 */
export function randomPlans(
  explorable: Pick<Explorable, 'simulators' | 'admits'>,
  points: readonly StrikePoint[],
  virtualMs: number,
): fc.Arbitrary<FaultPlan> {
  const places = [...new Map(points.map((point) => [placeOf(point), point])).values()]
  const catalogue = places.flatMap((point) => {
    const nthMax = 2 + Math.max(...points.filter((other) => placeOf(other) === placeOf(point)).map(({ nth }) => nth))
    return faultsAt(explorable, point).map((fault) => ({ fault, nthMax }))
  })
  if (catalogue.length === 0) return fc.constant({ faults: [] })
  const windowMax = Math.max(1_000, virtualMs * 2)
  const planned = fc.constantFrom(...catalogue).chain(({ fault, nthMax }) =>
    fc.oneof(
      { arbitrary: fc.integer({ min: 1, max: nthMax }).map((nth) => aimed(fault, { nth })), weight: 4 },
      {
        arbitrary: fc
          .record({ fromMs: fc.integer({ min: 0, max: windowMax }), lengthMs: fc.integer({ min: 1, max: windowMax }) })
          .map(({ fromMs, lengthMs }) => aimed(fault, { fromMs, untilMs: fromMs + lengthMs, times: 3 })),
        weight: 2,
      },
      {
        arbitrary: fc
          .record({ percent: fc.integer({ min: 5, max: 60 }), times: fc.integer({ min: 1, max: 3 }) })
          .map(({ percent, times }) => aimed(fault, { probability: percent / 100, times })),
        weight: 1,
      },
    ),
  )
  return fc.array(planned, { minLength: 1, maxLength: faultsMax }).map((faults) => ({ faults }))
}

/** The fault, striking elsewhere or at another time than at the point it was made for. */
function aimed(fault: PlannedFault, when: Omit<PlannedFault['on'], 'provider'>): PlannedFault {
  const { nth: _, ...place } = fault.on
  return { ...fault, on: { ...place, ...when } } as PlannedFault
}
