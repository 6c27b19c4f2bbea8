import { strikesCalls } from '../faults/catalogue.ts'
import { comesAfterEffect } from '../faults/fault.ts'
import type { FaultPlan, PlannedFault } from '../faults/plan.ts'
import { variantsAt, variantsOfDeliveries } from '../faults/variants.ts'
import type { StrikePoint } from '../simulator/journal.ts'
import type { Explorable } from './explorable.ts'
import type { RunResult } from './types.ts'

/** Every form of every fault that can strike at a point, each as a fault of a plan. */
export function faultsAt(
  { simulators, admits }: Pick<Explorable, 'simulators' | 'admits'>,
  point: StrikePoint,
): readonly PlannedFault[] {
  const simulator = simulators[point.provider]
  if (!simulator) return []
  const names = simulator.faults.filter(admits)
  if ('topic' in point) return variantsOfDeliveries(names).map((fault) => ({ ...fault, on: point }))
  const operation = simulator.operations[point.operation]
  return operation ? variantsAt(operation, names).map((fault) => ({ ...fault, on: point })) : []
}

/** The same faults, lasting: each strikes every call of an operation, or every delivery of a topic, while faults strike. */
export function lastingFaultsAt(
  explorable: Pick<Explorable, 'simulators' | 'admits'>,
  point: StrikePoint,
): readonly PlannedFault[] {
  const { nth: _, ...place } = point
  return faultsAt(explorable, point).map((fault) => ({ ...fault, on: place }) as PlannedFault)
}

/**
 * The single faults of a search: those at known points, those that last, and those at points that only a fault reveals.
 */
export interface Frontier {
  /** The next plan to run; `undefined` when all are done. */
  next(): FaultPlan | undefined
  /** Learns from a run which points its plan has revealed. */
  learn(result: RunResult): void
  readonly known: number
  readonly tried: number
  /** Strike points, revealed ones included. */
  readonly points: number
  readonly revealed: number
}

/**
 * Starts from the strike points of a faultless run. A point that only a fault reveals, such as a retry, is struck on
 * top of the first fault that revealed it before its effect, and of the first that revealed it after: what the subject
 * does next depends on which of the two it was.
 */
export function startFrontier(
  explorable: Pick<Explorable, 'simulators' | 'admits'>,
  baseline: readonly StrikePoint[],
): Frontier {
  const known = new Set(baseline.map(keyOf))
  const revealedKeys = new Set<string>()
  const revealedPoints = new Set<string>()
  const places = [...new Map(baseline.map((point) => [placeOf(point), point])).values()]
  const faults = [
    ...uniquePoints(baseline).flatMap((point) => faultsAt(explorable, point)),
    // Whoever retries for ever gets away with a fault that strikes once.
    ...places.flatMap((point) => lastingFaultsAt(explorable, point)),
  ]
  const plans: FaultPlan[] = faults.map((fault) => ({ faults: [fault] }))
  let at = 0
  return {
    next: () => plans[at++],
    learn: ({ request: { plan }, strikePoints }) => {
      const [first] = plan.faults
      // What a lasting fault reveals is as long as the subject's patience, and it strikes there already.
      if (!first || plan.faults.length > 1 || first.on.nth === undefined) return
      const moment = strikesCalls(first) && comesAfterEffect(first) ? 'after' : 'before'
      for (const point of uniquePoints(strikePoints)) {
        const key = keyOf(point)
        if (known.has(key) || revealedKeys.has(`${key} ${moment}`)) continue
        revealedKeys.add(`${key} ${moment}`)
        revealedPoints.add(key)
        for (const fault of faultsAt(explorable, point)) plans.push({ faults: [first, fault] })
      }
    },
    get known() {
      return plans.length
    },
    get tried() {
      return Math.min(at, plans.length)
    },
    get points() {
      return known.size + revealedPoints.size
    },
    get revealed() {
      return revealedPoints.size
    },
  }
}

/** Operation or topic of a point. */
export function placeOf(point: StrikePoint): string {
  return `${point.provider} ${'topic' in point ? `> ${point.topic}` : point.operation}`
}

function keyOf(point: StrikePoint): string {
  return `${placeOf(point)} ${point.nth}`
}

function uniquePoints(points: readonly StrikePoint[]): readonly StrikePoint[] {
  return [...new Map(points.map((point) => [keyOf(point), point])).values()]
}
