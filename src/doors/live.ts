import type { CallFault, DeliveryFault, Fault } from '../faults/fault.ts'
import { type FaultPlan, type Injection, type PlannedFault, parsePlan } from '../faults/plan.ts'
import { createStriker, type Striker } from '../faults/striker.ts'
import type { Simulator, SimulatorInstance } from '../simulator/definition.ts'
import type { Journal } from '../simulator/journal.ts'
import { JournalBook } from '../simulator/journal-book.ts'
import { createRandom } from '../simulator/random.ts'
import { createRedactor } from '../simulator/redact.ts'
import { createLiveClock, type LiveClock } from './live-clock.ts'
import { carrierTo } from './live-deliveries.ts'
import { createNetwork, type Network } from './network.ts'

/** Simulators by the name that faults, journal and tests use. */
export type LiveSimulators = Readonly<Record<string, Simulator>>

/** What a live host is made of. All but the simulators has a default. */
export interface LiveOptions<Sims extends LiveSimulators = LiveSimulators> {
  /** Providers by the name that faults, journal and tests use. */
  readonly simulators: Sims
  /** Ids, sample data and chance come from it. @defaultValue 1 */
  readonly seed?: number | string
  /** Real milliseconds that a message takes, each way, drawn from the seed. @defaultValue none */
  readonly latency?: { readonly minMs: number; readonly maxMs: number }
  /** Faults that will strike. @defaultValue none */
  readonly plan?: FaultPlan
  /** Hosts that webhooks may go to, beside this machine. @defaultValue none */
  readonly deliverTo?: readonly string[]
}

/** A simulator at work, with the state and view that it has. */
export type LiveInstance<Sim> =
  Sim extends Simulator<string, infer State, string, infer View> ? SimulatorInstance<State, View> : never

/** Names of a simulator's operations. */
export type LiveOperations<Sim> = Sim extends Simulator<string, object, infer Names, object> ? Names : never

/** Simulators that answer in real time, outside of a world: what doors lead to there. */
export interface Live<Sims extends LiveSimulators = LiveSimulators> {
  /** Each simulator at work: `live.simulators.trello.state`. */
  readonly simulators: { readonly [Provider in keyof Sims]: LiveInstance<Sims[Provider]> }
  readonly journal: Journal
  /** Its time: real, unless it is frozen or moved on. */
  readonly clock: LiveClock
  readonly network: Network
  /** Lets a fault strike the next calls of one operation, or the next deliveries of one topic. */
  inject<Provider extends keyof Sims & string>(
    provider: Provider,
    operation: LiveOperations<Sims[Provider]>,
    fault: CallFault & { readonly times?: number },
  ): Injection
  inject<Provider extends keyof Sims & string>(
    provider: Provider,
    target: { readonly topic: string },
    fault: DeliveryFault & { readonly times?: number },
  ): Injection
  /** Takes back every fault, of the plan and by hand. */
  clearFaults(): void
  /** Faults that were planned or injected and never struck, with where they should have. */
  unusedFaults(): readonly { readonly fault: Fault; readonly on: string }[]
  /** Puts every simulator back to its start, and takes back every fault; the journal stays. */
  reset(): void
  /** Ends it: what is on its way never arrives. */
  close(): void
}

/**
 * Opens simulators for clients outside of a world, in real time.
 *
 * @throws PlanError  when the plan does not fit the simulators
 */
export function openLive<const Sims extends LiveSimulators>(options: LiveOptions<Sims>): Live<Sims> {
  return new OpenLive(options) as unknown as Live<Sims>
}

class OpenLive {
  readonly simulators: Readonly<Record<string, SimulatorInstance>>
  readonly journal: JournalBook
  readonly clock: LiveClock = createLiveClock()
  readonly network: Network
  readonly #known: LiveSimulators
  readonly #striker: Striker

  constructor({ simulators, seed = 1, latency = { minMs: 0, maxMs: 0 }, plan, deliverTo = [] }: LiveOptions) {
    const settled = parsePlan(plan ?? { faults: [] }, simulators)
    this.#known = simulators
    this.#striker = createStriker(settled, createRandom(`${seed}/faults`))
    this.journal = new JournalBook(createRedactor(() => this.#secrets()))
    this.network = createNetwork({
      ...{ simulators, seed, latency, clock: this.clock, striker: this.#striker, book: this.journal, receivers: {} },
      random: createRandom(`${seed}/network`),
      startAt: this.clock.now(),
      beyond: carrierTo(deliverTo, ({ origin }) =>
        this.#note(`A webhook to ${origin} was held back: name its host in deliverTo to let it out.`),
      ),
      crashed: (error) => this.#note(`A simulator threw, which none may: ${String(error)}`),
    })
    this.simulators = Object.fromEntries(this.network.providers.map(({ name, instance }) => [name, instance]))
    for (const fault of settled.faults) this.#prepareFor(fault)
  }

  inject(provider: string, target: unknown, given: { readonly fault: string; readonly times?: number }): Injection {
    const { times, ...fault } = given
    const where = typeof target === 'string' ? { operation: target } : (target as { readonly topic: string })
    const on = { provider, ...where, ...(times !== undefined && { times }) }
    const planned = parsePlan({ faults: [{ ...fault, on }] }, this.#known).faults[0] as PlannedFault
    this.#prepareFor(planned)
    return this.#striker.add(planned)
  }

  clearFaults(): void {
    this.#striker.clear()
  }

  unusedFaults(): readonly Injection[] {
    return this.#striker.injections().filter(({ strikes }) => strikes === 0)
  }

  reset(): void {
    this.clearFaults()
    for (const { instance } of this.network.providers) instance.reset()
  }

  close(): void {
    this.clock.close()
  }

  #prepareFor({ fault }: PlannedFault): void {
    if (fault === 'stale-read') for (const { instance } of this.network.providers) instance.remember()
  }

  #secrets(): readonly string[] {
    return this.network.providers.flatMap(({ instance }) => instance.secrets())
  }

  #note(what: string): void {
    this.journal.note('log', what, this.clock.now(), undefined)
  }
}
