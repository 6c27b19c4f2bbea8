import { afterEffect, withoutEffect } from '../faults/distort.ts'
import type { CallFault } from '../faults/fault.ts'
import type { Call, Outcome, Reply } from '../http/exchange.ts'
import type { Handled, SimulatorInstance } from '../simulator/definition.ts'
import type { Refusal } from '../simulator/fault-names.ts'
import type { ExchangeEntry } from '../simulator/journal-entries.ts'
import { createRandom, type Random, randomFor } from '../simulator/random.ts'
import { createDeliverer } from './deliveries.ts'
import { type NetworkParts, quiet } from './network-parts.ts'

/** How long a client waits. 0 means: for ever. */
export interface Patience {
  readonly connectMs: number
  readonly headersMs: number
}

/** What a call comes over, as a door knows it that has connections. */
export interface Way {
  /** Number of the connection in its world, from 1. */
  readonly connection: number
  /** What its transport can show of an outcome: a call that has arrived cannot be refused a connection any more. */
  shows(outcome: Outcome): Outcome
}

/** A call on its way, as the door that sent it holds it. */
export interface Ticket {
  /** False when a fault keeps the name from being resolved that the call needs. */
  readonly resolves: boolean
  /** False when a fault keeps the connection from being made that the call needs. */
  readonly connects: boolean
  /** The client gives up. What has been sent goes on to the provider; nothing comes back any more. */
  giveUp(how: 'aborted' | 'timed-out'): void
}

/** One provider in a network. */
export interface Provider {
  readonly name: string
  readonly instance: SimulatorInstance
}

/** Carries calls to simulators and deliveries to the subject, lets faults strike, and journals it all. */
export interface Network {
  readonly providers: readonly Provider[]
  /** The provider that answers at an origin. */
  providerAt(origin: string): Provider | undefined
  /**
   * Sends a call.
   *
   * @param intent  Name of the intent it serves.
   * @param onEnd   Called once, with what the client sees; `hung` and `unreachable` once its patience is over. Where
   *                nothing takes time, before this returns.
   * @param way     What it came over, where that is known.
   */
  send(
    provider: Provider,
    call: Call,
    patience: Patience,
    intent: string | undefined,
    onEnd: (outcome: Outcome) => void,
    way?: Way,
  ): Ticket
  /** Calls and deliveries that are under way. */
  readonly inFlight: number
}

/** A network whose simulators can be opened anew. */
export interface ReopenableNetwork extends Network {
  /** Opens every simulator anew, from another seed; calls under way end with those that they were sent to. */
  reopen(seed: number | string): void
}

/** Makes a network; its simulators are opened at once. */
export function createNetwork(parts: NetworkParts): ReopenableNetwork {
  return new WiredNetwork(parts)
}

/** The chance of a network itself. */
export function networkRandom(seed: number | string): Random {
  return createRandom(`${seed}/network`)
}

type Open = (seed: number | string) => SimulatorInstance

class WiredNetwork implements ReopenableNetwork {
  readonly #providers: readonly { readonly name: string; instance: SimulatorInstance; open: Open }[]
  readonly #parts: NetworkParts
  readonly #byOrigin = new Map<string, Provider>()
  inFlight = 0

  constructor(parts: NetworkParts) {
    this.#parts = parts
    this.#providers = Object.entries(parts.simulators).map(([name, simulator]) => {
      const deliver = createDeliverer(name, parts, (count) => {
        this.inFlight += count
      })
      const open = (seed: number | string): SimulatorInstance => {
        const { clock } = parts
        return simulator.open({ clock, random: randomFor(seed, name), schedule: clock.schedule, send: deliver })
      }
      const provider = { name, instance: open(parts.seed), open }
      for (const origin of simulator.origins) this.#byOrigin.set(origin, provider)
      return provider
    })
  }

  get providers(): readonly Provider[] {
    return this.#providers
  }

  reopen(seed: number | string): void {
    this.#parts.random.rewind(networkRandom(seed).position())
    for (const provider of this.#providers) provider.instance = provider.open(seed)
  }

  providerAt(origin: string): Provider | undefined {
    return this.#byOrigin.get(origin)
  }

  send(
    provider: Provider,
    call: Call,
    patience: Patience,
    intent: string | undefined,
    onEnd: (outcome: Outcome) => void,
    way?: Way,
  ): Ticket {
    const { clock, book, striker, startAt } = this.#parts
    const sentAt = clock.now()
    const operation = provider.instance.operationOf(call)
    const entry = book.openExchange(provider.name, operation, call, sentAt)
    entry.intent = intent
    entry.connection = way?.connection
    const faults = striker.strikeCall({
      provider: provider.name,
      name: operation,
      nth: entry.nth,
      atMs: sentAt - startAt,
      isPlain: !call.origin.startsWith('https:'),
    })
    if (faults.length > 0) entry.injected = faults
    const passage = new Passage({
      network: this,
      parts: this.#parts,
      provider,
      call,
      patience,
      entry,
      faults,
      onEnd,
      way,
    })
    passage.depart()
    return passage
  }
}

interface PassageParts {
  readonly network: WiredNetwork
  readonly parts: NetworkParts
  readonly provider: Provider
  readonly call: Call
  readonly patience: Patience
  readonly entry: ExchangeEntry
  readonly faults: readonly CallFault[]
  readonly onEnd: (outcome: Outcome) => void
  readonly way: Way | undefined
}

/** One call's way to a provider and back. */
class Passage implements Ticket {
  readonly #p: PassageParts
  #over = false

  constructor(parts: PassageParts) {
    this.#p = parts
  }

  get resolves(): boolean {
    return !this.#p.faults.some(({ fault }) => fault === 'dns-failure')
  }

  get connects(): boolean {
    return !this.#p.faults.some(({ fault }) => connectionFaults.has(fault))
  }

  depart(): void {
    const { network, parts, faults } = this.#p
    network.inFlight++
    parts.clock.schedule(
      this.#leg(),
      faults.length === 0 ? this.#arrive : () => this.#arriveStruck().catch(this.#crash),
    )
  }

  giveUp(how: 'aborted' | 'timed-out'): void {
    if (this.#over) return
    this.#over = true
    this.#p.network.inFlight--
    this.#p.entry.end(how, this.#p.parts.clock.now())
  }

  #leg(): number {
    const { random, latency } = this.#p.parts
    return random.integer(latency.minMs, latency.maxMs)
  }

  #arrive = (): typeof quiet | undefined => {
    const { provider, call, entry, parts } = this.#p
    entry.judgedAt = parts.clock.now()
    try {
      const handled = provider.instance.handle(call)
      if (!(handled instanceof Promise)) {
        this.#answer(handled)
        return quiet
      }
      handled.then((late) => this.#answer(late)).catch(this.#crash)
    } catch (error) {
      this.#crash(error)
    }
    return undefined
  }

  #crash = (error: unknown): void => {
    this.#p.parts.crashed(error, (reply) => this.#end({ kind: 'replied', reply }))
  }

  #answer(handled: Handled): void {
    this.#note(this.#p.entry, handled)
    this.#return({ kind: 'replied', reply: handled.reply }, 0)
  }

  async #arriveStruck(): Promise<void> {
    const { provider, call, entry, faults, parts } = this.#p
    const refuse = (fault: CallFault, status: number): Reply => provider.instance.refuse(refusalOf(fault, status), call)
    const prevented = withoutEffect(faults, refuse)
    const extraMs = faults.reduce((sum, fault) => sum + (fault.fault === 'latency' ? fault.ms : 0), 0)
    if (prevented) {
      if (reachesProvider(prevented)) entry.judgedAt = parts.clock.now()
      this.#return(prevented, extraMs)
      return
    }
    entry.judgedAt = parts.clock.now()
    const stale = faults.some(({ fault }) => fault === 'stale-read')
    let handled = await (stale ? provider.instance.handleStale(call) : provider.instance.handle(call))
    this.#note(entry, handled)
    if (faults.some(({ fault }) => fault === 'call-duplicated')) {
      const copy = parts.book.openDuplicate(entry, call, entry.sentAt)
      copy.judgedAt = parts.clock.now()
      handled = await provider.instance.handle(call)
      this.#note(copy, handled)
      copy.end('replied', parts.clock.now(), handled.reply)
    }
    this.#return(afterEffect(handled.reply, faults, refuse), extraMs)
  }

  #note(entry: ExchangeEntry, handled: Handled): void {
    entry.effects = handled.effects
    entry.nearest = handled.nearest
  }

  /** Takes the outcome back, or lets the client's patience end first. */
  #return(given: Outcome, extraMs: number): void {
    if (this.#over) return
    const { parts, patience, entry, way } = this.#p
    const outcome = way ? way.shows(given) : given
    const waitedMs = parts.clock.now() - entry.sentAt
    if (outcome.kind === 'unreachable') {
      this.#lose(outcome, patience.connectMs, waitedMs)
      return
    }
    const wayBackMs = this.#leg() + extraMs
    const late = patience.headersMs > 0 && waitedMs + wayBackMs > patience.headersMs
    if (late || outcome.kind === 'hung') this.#lose({ kind: 'hung' }, patience.headersMs, waitedMs)
    else parts.clock.schedule(wayBackMs, () => this.#end(outcome))
  }

  #lose(outcome: Outcome, patienceMs: number, waitedMs: number): void {
    if (patienceMs > 0) this.#p.parts.clock.schedule(Math.max(0, patienceMs - waitedMs), () => this.#end(outcome))
  }

  #end(outcome: Outcome): void {
    if (this.#over) return
    this.#over = true
    const { network, entry, parts, onEnd } = this.#p
    network.inFlight--
    entry.end(outcome.kind, parts.clock.now(), 'reply' in outcome ? outcome.reply : undefined)
    onEnd(outcome)
  }
}

const connectionFaults: ReadonlySet<CallFault['fault']> = new Set([
  'connection-refused',
  'connection-timeout',
  'dns-failure',
  'certificate-expired',
])

function reachesProvider({ kind }: Outcome): boolean {
  return kind === 'replied' || kind === 'hung' || kind === 'reset'
}

function refusalOf(fault: CallFault, status: number): Refusal {
  const name = fault.fault as Refusal['fault']
  if (fault.fault === 'rate-limited' && fault.retryAfterS !== undefined) {
    return { fault: name, status, retryAfterS: fault.retryAfterS }
  }
  return { fault: name, status }
}
