import { type FaultPlan, type PlanContext, type PlannedFault, parsePlan } from '../faults/plan.ts'
import { createStriker, type Striker } from '../faults/striker.ts'
import { createRandom } from '../simulator/random.ts'
import type { LiveFault } from './live-types.ts'

/** The faults of a live world: like those of a run, but what was taken back is forgotten, since nobody looks back. */
export class LiveFaults {
  readonly #context: PlanContext
  readonly #set = new Map<string, LiveFault>()
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
    return faults.map((planned) => this.#add(planned))
  }

  all(): readonly LiveFault[] {
    return [...this.#set.values()]
  }

  clear(): void {
    this.#set.clear()
    this.#current = this.#empty()
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
    const fault: LiveFault = {
      ...{ id, planned, fault: injection.fault, on: injection.on },
      get strikes() {
        return injection.strikes
      },
      remove: () => {
        injection.remove()
        this.#set.delete(id)
      },
    }
    this.#set.set(id, fault)
    return fault
  }
}
