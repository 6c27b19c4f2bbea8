import {
  type CallTarget,
  type FaultPlan,
  type Injection,
  type PlanContext,
  type PlannedFault,
  parsePlan,
} from '../faults/plan.ts'
import { createStriker, type Striker } from '../faults/striker.ts'
import { createRandom } from '../simulator/random.ts'
import type { LiveFault } from './live-types.ts'

/** The faults of a live world: like those of a run, but what was taken back is forgotten, since nobody looks back. */
export class LiveFaults {
  readonly #context: PlanContext
  readonly #set = new Map<string, LiveFault>()
  readonly #counts = new Map<string, { byConnection: number; readonly injection: Injection }>()
  readonly #listeners = new Set<() => void>()
  #seed: number | string
  #current: Striker
  #last = 0

  constructor(context: PlanContext, seed: number | string) {
    this.#context = context
    this.#seed = seed
    this.#current = this.#empty()
  }

  /** What a network asks: always the faults that are set now. */
  readonly striker: Pick<Striker, 'strikeCall' | 'strikeDelivery'> = {
    strikeCall: (target) => this.#current.strikeCall(target),
    strikeDelivery: (target) => this.#current.strikeDelivery(target),
  }

  /**
   * Sets every fault of a plan, or none.
   *
   * @throws PlanError
   */
  set(plan: unknown): readonly LiveFault[] {
    const { faults }: FaultPlan = parsePlan(plan, this.#context)
    const set = faults.map((planned) => this.#add(planned))
    this.#changed()
    return set
  }

  all(): readonly LiveFault[] {
    return [...this.#set.values()]
  }

  clear(): void {
    this.#set.clear()
    this.#counts.clear()
    this.#current = this.#empty()
    this.#changed()
  }

  /** Calls `listener` whenever faults are set or taken back. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  /**
   * A fault that strikes whoever connects at a moment, before it is known what will be asked: one on any call.
   *
   * @param provider   Absent: of whichever provider.
   * @param elapsedMs  Since the world was opened, by its clock.
   */
  onConnecting(fault: PlannedFault['fault'], provider: string | undefined, elapsedMs: number): LiveFault | undefined {
    return this.all().find(({ planned, strikes }) => {
      const { operation, nth, probability, times, fromMs, untilMs, ...on } = planned.on as CallTarget
      if (planned.fault !== fault || (provider !== undefined && on.provider !== provider)) return false
      if (operation !== undefined || nth !== undefined || probability !== undefined) return false
      return elapsedMs >= (fromMs ?? 0) && elapsedMs < (untilMs ?? Infinity) && strikes < (times ?? Infinity)
    })
  }

  /** It has struck one who connected. */
  strikeConnecting(fault: LiveFault): void {
    const counts = this.#counts.get(fault.id)
    if (!counts) return
    counts.byConnection++
    const { times } = fault.planned.on
    if (times !== undefined && fault.strikes >= times) counts.injection.remove()
  }

  /** Begins anew with what is set: chance, and how often each has struck. */
  reseed(seed: number | string): void {
    this.#seed = seed
    const set = this.all()
    this.clear()
    for (const { planned, id } of set) this.#add(planned, id)
  }

  #empty(): Striker {
    return createStriker({ faults: [] }, createRandom(`${this.#seed}/faults`))
  }

  #add(planned: PlannedFault, id = `f${++this.#last}`): LiveFault {
    const injection = this.#current.add(planned)
    const counts = { byConnection: 0, injection }
    const fault: LiveFault = {
      ...{ id, planned, fault: injection.fault, on: injection.on },
      get strikes() {
        return injection.strikes + counts.byConnection
      },
      remove: () => {
        injection.remove()
        if (!this.#set.delete(id)) return
        this.#counts.delete(id)
        this.#changed()
      },
    }
    this.#set.set(id, fault)
    this.#counts.set(id, counts)
    return fault
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
