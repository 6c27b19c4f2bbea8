import assert from 'node:assert/strict'
import type { Fault } from '../faults/fault.ts'
import type { Outcome } from '../http/exchange.ts'
import { textReply } from '../http/messages.ts'
import type { Simulator, SimulatorHost, SimulatorInstance } from '../simulator/definition.ts'
import { JournalBook } from '../simulator/journal-book.ts'
import { createRedactor } from '../simulator/redact.ts'
import { createLiveClock } from './live-clock.ts'
import { ConnectionLedger } from './live-connections.ts'
import { type Carrier, carrierTo } from './live-deliveries.ts'
import { LiveFaults } from './live-faults.ts'
import type {
  ConnectionReport,
  LiveClock,
  LiveFault,
  LiveOptions,
  LiveSimulators,
  LiveSnapshot,
  LiveWorld,
} from './live-types.ts'
import { createNetwork, networkRandom, type ReopenableNetwork } from './network.ts'
import type { NetworkClock } from './network-parts.ts'

/**
 * Opens simulators for clients outside of a deterministic run, in real time.
 *
 * @throws PlanError  when the plan does not fit the simulators
 */
export function openLive<const Sims extends LiveSimulators>(options: LiveOptions<Sims>): LiveWorld<Sims> {
  return openCounted(options)
}

/** A live world, as a door holds it that sees connections. */
export type CountedWorld<Sims extends LiveSimulators = LiveSimulators> = LiveWorld<Sims> & {
  readonly ledger: ConnectionLedger
  readonly faultSet: LiveFaults
  /** Since it was opened, by its clock. */
  elapsedMs(): number
  /** Adds a line to the journal. */
  note(what: string): void
}

/**
 * Like `openLive`, for a door that sees connections.
 *
 * @param shows  What can be shown over its connections.
 */
export function openCounted<Sims extends LiveSimulators>(
  options: LiveOptions<Sims>,
  shows: (outcome: Outcome) => Outcome = (outcome) => outcome,
): CountedWorld<Sims> {
  return new OpenLive(options, shows) as unknown as CountedWorld<Sims>
}

class OpenLive {
  readonly clock: LiveClock = createLiveClock()
  readonly journal: JournalBook
  readonly ledger: ConnectionLedger
  readonly #options: LiveOptions
  readonly faultSet: LiveFaults
  readonly #carrier: Carrier
  readonly #startAt: number
  #seed: number | string
  readonly network: ReopenableNetwork
  /** What providers have planned in an earlier one of their lives is not done. */
  #life = 0
  #isClosed = false

  constructor(options: LiveOptions, shows: (outcome: Outcome) => Outcome) {
    const { simulators, seed = 1, plan, journal, deliverTo = [] } = options
    this.#options = options
    this.ledger = new ConnectionLedger(shows)
    this.#seed = seed
    this.#startAt = this.clock.now()
    this.faultSet = new LiveFaults(simulators, seed)
    this.journal = new JournalBook(
      createRedactor(() => this.secrets()),
      { recordsMax: journal?.recordsMax ?? 10_000, bytesMax: journal?.bytesMax ?? 67_108_864 },
    )
    this.#carrier = carrierTo(deliverTo, ({ origin }) =>
      this.note(`A webhook to ${origin} was held back: name its host in deliverTo to let it out.`),
    )
    this.network = this.#openNetwork()
    if (plan) this.injectPlan(plan)
  }

  elapsedMs(): number {
    return this.clock.now() - this.#startAt
  }

  get seed(): number | string {
    return this.#seed
  }

  get simulators(): Readonly<Record<string, SimulatorInstance>> {
    return Object.fromEntries(this.network.providers.map(({ name, instance }) => [name, instance]))
  }

  inject(provider: string, target: unknown, given: { readonly fault: string; readonly times?: number }): LiveFault {
    const { times, ...fault } = given
    const where = typeof target === 'string' ? { operation: target } : (target as { readonly topic: string })
    const on = { provider, ...where, ...(times !== undefined && { times }) }
    return this.injectPlan({ faults: [{ ...fault, on }] })[0] as LiveFault
  }

  injectPlan(plan: unknown): readonly LiveFault[] {
    const set = this.faultSet.set(plan)
    if (set.some(({ fault }) => fault.fault === 'stale-read')) this.#remember()
    return set
  }

  faults(): readonly LiveFault[] {
    return this.faultSet.all()
  }

  clearFaults(): void {
    this.faultSet.clear()
  }

  unusedFaults(): readonly { readonly fault: Fault; readonly on: string }[] {
    return this.faults().filter(({ strikes }) => strikes === 0)
  }

  snapshot(): LiveSnapshot {
    const providers = this.network.providers.map(({ name, instance }) => [name, instance.snapshot()])
    return { seed: this.#seed, providers: Object.fromEntries(providers) }
  }

  restore({ providers }: LiveSnapshot): void {
    const names = this.network.providers.map(({ name }) => name)
    assert.deepEqual(Object.keys(providers ?? {}).sort(), names.sort(), 'restore takes what snapshot gave.')
    for (const { name, instance } of this.network.providers) instance.restore(providers[name])
  }

  reset(): void {
    this.#life++
    this.clearFaults()
    for (const { instance } of this.network.providers) instance.reset()
  }

  reseed(seed: number | string): void {
    this.#life++
    this.#seed = seed
    this.faultSet.reseed(seed)
    this.network.reopen(seed)
    if (this.faults().some(({ fault }) => fault.fault === 'stale-read')) this.#remember()
  }

  connections(): ConnectionReport {
    return this.ledger.report()
  }

  forgetConnections(): void {
    this.ledger.forget()
  }

  secrets(): readonly string[] {
    return this.network.providers.flatMap(({ instance }) => instance.secrets())
  }

  close(): void {
    this.#isClosed = true
    this.clock.close()
    this.#carrier.close()
  }

  #openNetwork(): ReopenableNetwork {
    const { simulators, latency = { minMs: 0, maxMs: 0 }, receivers = {} } = this.#options
    const seed = this.#seed
    return createNetwork({
      ...{ seed, latency, receivers, clock: this.#messageClock(), striker: this.faultSet.striker, book: this.journal },
      simulators: Object.fromEntries(Object.entries(simulators).map(([name, each]) => [name, this.#mortal(each)])),
      random: networkRandom(seed),
      startAt: this.#startAt,
      beyond: (call, timeoutMs) => {
        const carried = this.#carrier.carry(call, timeoutMs)
        this.clock.waitFor(carried)
        return carried
      },
      crashed: (error, answer) => {
        this.note(`A simulator threw, which none may: ${String(error)}`)
        answer(textReply(500, 'The simulator threw, which none may; the journal has the error.'))
      },
    })
  }

  /** A message that takes no time takes no timer either. */
  #messageClock(): NetworkClock {
    const { clock } = this
    return {
      now: () => clock.now(),
      schedule: (waitMs, task) => {
        if (waitMs > 0) return clock.schedule(waitMs, task)
        if (!this.#isClosed) task()
        return nothingToCancel
      },
    }
  }

  /** What a simulator plans lives no longer than the state that it planned it in. */
  #mortal(simulator: Simulator): Simulator {
    const open = (host: SimulatorHost): SimulatorInstance =>
      simulator.open({
        ...host,
        schedule: (waitMs, task) => {
          const born = this.#life
          return this.clock.plan(waitMs, () => {
            if (born === this.#life) task()
          })
        },
      })
    return { ...simulator, open }
  }

  #remember(): void {
    for (const { instance } of this.network.providers) instance.remember()
  }

  note(what: string): void {
    this.journal.note('log', what, this.clock.now(), undefined)
  }
}

const nothingToCancel = { cancel: (): void => undefined }
