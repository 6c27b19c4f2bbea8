import net from 'node:net'
import { openDispatcherDoor } from '../doors/dispatcher.ts'
import { openFetchDoor } from '../doors/fetch.ts'
import type { Network } from '../doors/network.ts'
import { createNetwork } from '../doors/network.ts'
import type { ScheduledTask } from '../doors/network-parts.ts'
import { openSocketDoor, type SocketDoor } from '../doors/sockets/socket-door.ts'
import type { Fault } from '../faults/fault.ts'
import type { Injection, PlannedFault } from '../faults/plan.ts'
import { createStriker, type Striker } from '../faults/striker.ts'
import type { Journal } from '../simulator/journal.ts'
import { JournalBook } from '../simulator/journal-book.ts'
import { createRandom, type Random } from '../simulator/random.ts'
import { createRedactor, type Redactor } from '../simulator/redact.ts'
import { isLeftover, place, type Surroundings, stage } from './context.ts'
import { apart, drive, turn } from './driver.ts'
import { Escapes, nobodyServes } from './escapes.ts'
import { createGate, type Gate } from './gate.ts'
import { handlesOf } from './handles.ts'
import { injectionOf } from './injections.ts'
import { createReplacements, type Replacements } from './replacements.ts'
import { type SettledWorld, settleWorld } from './settle-world.ts'
import { runIdly } from './socket-clients.ts'
import { takeOver } from './takeover.ts'
import type {
  IntentRecord,
  IntentResult,
  Reproducibility,
  Simulators,
  World,
  WorldCore,
  WorldOptions,
} from './types.ts'
import type { VirtualTime } from './virtual-time.ts'
import { waitingInWords } from './waiting.ts'
import { startWatch, type Watch } from './watch.ts'
import { WorldError } from './world-error.ts'

/**
 * Makes a world: one deterministic run over the given simulators. Nothing is taken over before `run`.
 *
 * @throws WorldError  `options_invalid`
 * @throws PlanError   when the plan does not fit the simulators
 */
export function createWorld<const Sims extends Simulators>(options: WorldOptions<Sims>): World<Sims> {
  const world = new RunningWorld(settleWorld(options))
  return Object.defineProperties(world, handlesOf(world.network.providers)) as unknown as World<Sims>
}

interface OpenIntent extends IntentRecord {
  endedAt: number | undefined
  status: 'pending' | 'succeeded' | 'failed'
  error: unknown
}

class RunningWorld implements WorldCore, Surroundings {
  readonly seed: number | string
  readonly random: Random
  readonly gate: Gate = createGate()
  readonly network: Network
  readonly door: ReturnType<typeof openDispatcherDoor>
  readonly socketDoor: SocketDoor
  readonly unhandled: unknown[] = []
  readonly leaks: string[] = []
  readonly #settled: SettledWorld
  readonly #redactor: Redactor = createRedactor(() => this.secrets())
  readonly #book: JournalBook
  readonly #striker: Striker
  readonly #intents: OpenIntent[] = []
  readonly #listeners = new Set<() => void>()
  readonly #escapes = new Escapes()
  readonly #servedHosts: ReadonlySet<string>
  readonly #reasons = new Set<string>()
  readonly #settlers: { readonly deadline: number; readonly resolve: () => void }[] = []
  #time: VirtualTime | undefined
  #clockAt: number
  #crashed: WorldError | undefined

  constructor(settled: SettledWorld) {
    this.#settled = settled
    this.#servedHosts = new Set(
      Object.values(settled.simulators).flatMap(({ origins }) => origins.map((origin) => new URL(origin).hostname)),
    )
    this.seed = settled.seed
    this.#clockAt = settled.startAt
    this.random = createRandom(`${settled.seed}/subject`)
    this.#book = new JournalBook(this.#redactor)
    this.#striker = createStriker(settled.plan, createRandom(`${settled.seed}/faults`))
    const clock = { now: () => this.now(), schedule: this.#schedule }
    this.network = createNetwork({
      simulators: settled.simulators,
      receivers: this.#placedReceivers(),
      clock,
      seed: settled.seed,
      random: createRandom(`${settled.seed}/network`),
      startAt: settled.startAt,
      latency: settled.latency,
      striker: this.#striker,
      book: this.#book,
      crashed: (error) => this.#crash(error),
    })
    for (const { fault } of settled.plan.faults) this.#prepareFor(fault)
    const door = openDispatcherDoor({
      network: this.network,
      clock,
      intent: intentHere,
      escaped: (origin) => this.#escape(origin, nobodyServes),
    })
    this.socketDoor = openSocketDoor({
      network: this.network,
      clock: { ...clock, idle: runIdly },
      intent: intentHere,
      escaped: (origin) => this.#escape(origin, nobodyServes),
    })
    this.door = { dispatch: (...args) => isLeftover() || door.dispatch(...args) }
  }

  get journal(): Journal {
    return this.#book
  }

  get intents(): readonly IntentRecord[] {
    return this.#intents
  }

  get escapes(): readonly string[] {
    return this.#escapes.addresses
  }

  get reproducibility(): Reproducibility {
    return { reproducible: this.#reasons.size === 0, reasons: [...this.#reasons] }
  }

  now(): number {
    return this.#time?.now() ?? this.#clockAt
  }

  elapsedMs(): number {
    return this.now() - this.#settled.startAt
  }

  fingerprint(): string {
    return this.#book.fingerprint()
  }

  secrets(): readonly string[] {
    return this.network.providers.flatMap(({ instance }) => instance.secrets())
  }

  onEvent(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  inject(provider: string, target: unknown, given: { readonly fault: string; readonly times?: number }): Injection {
    const fault = injectionOf(this.#settled.simulators, provider, target, given)
    this.#prepareFor(fault.fault)
    return this.#striker.add(fault)
  }

  clearFaults(): void {
    this.#striker.clear()
  }

  unusedFaults(): readonly { readonly fault: Fault; readonly on: string }[] {
    return this.#striker.injections().filter(({ strikes }) => strikes === 0)
  }

  async intent<Value>(name: string, body: () => Value | Promise<Value>): Promise<IntentResult<Value>> {
    const intent: OpenIntent = { name, startedAt: this.now(), endedAt: undefined, status: 'pending', error: undefined }
    this.#intents.push(intent)
    this.#book.note('intent-started', name, this.now(), name)
    try {
      const value = await place.run({ world: this, intent: name, gated: false }, body)
      this.#endIntent(intent, 'succeeded', undefined)
      return { ok: true, value }
    } catch (error) {
      this.#endIntent(intent, 'failed', error)
      return { ok: false, error }
    }
  }

  settle(virtualMsMax = 600_000): Promise<void> {
    if (!this.#time) {
      throw new WorldError('not_running', 'settle() lets virtual time pass: call it within world.run().')
    }
    return new Promise((resolve) => {
      this.#settlers.push({ deadline: this.now() + virtualMsMax, resolve })
    })
  }

  async run<Value>(body: () => Value | Promise<Value>): Promise<Value> {
    if (stage.world) {
      throw new WorldError(
        'world_active',
        'Another world runs in this thread. Await its run() before the next one starts.',
      )
    }
    const replacements = createReplacements()
    const before = { escapes: this.#escapes.count, unhandled: this.unhandled.length }
    this.#crashed = undefined
    let value: Value
    try {
      stage.world = this
      replacements.onRestore(() => {
        stage.world = undefined
      })
      value = await place.run({ world: this, intent: undefined, gated: false }, () =>
        this.#runTaken(replacements, body),
      )
    } catch (error) {
      // Whatever the body made of it: what it called leads nowhere.
      if (!(error instanceof WorldError) && this.#escapes.count > before.escapes) throw this.#escapes.error(error)
      throw error
    } finally {
      this.#clockAt = this.now()
      this.#time = undefined
      this.#settlers.length = 0
      this.gate.clear()
      replacements.restore()
    }
    this.#refuseDefects(before)
    return value
  }

  /** Runs with everything taken over. */
  async #runTaken<Value>(replacements: Replacements, body: () => Value | Promise<Value>): Promise<Value> {
    this.#time = takeOver(replacements, {
      startAt: this.#clockAt,
      door: this.door,
      fetchDoor: (original) =>
        openFetchDoor({
          network: this.network,
          clock: { now: () => this.now(), schedule: this.#schedule },
          intent: intentHere,
          original,
        }),
      unhandled: (error) => this.#leaveUnhandled(error),
    })
    replacements.onRestore(() => this.socketDoor.close())
    const watch = startWatch(this)
    replacements.onRestore(() => this.#endWatch(watch))
    let ended: { readonly value: Value } | { readonly error: unknown } | undefined
    apart(() => {
      new Promise<Value>((resolve) => resolve(body())).then(
        (value) => {
          ended = { value }
        },
        (error: unknown) => {
          ended = { error }
        },
      )
    })
    await drive({
      time: this.#time,
      gate: this.gate,
      watch,
      bounds: this.#settled.bounds,
      isOver: () => ended !== undefined || this.#crashed !== undefined,
      onEvent: () => {
        for (const listener of this.#listeners) listener()
      },
      onRest: () => this.#releaseSettlers(),
      onError: (error) => this.#leaveUnhandled(error),
      waiting: () => waitingInWords(this.#intents, this.#book, this.#settlers.length),
    })
    // Rejections of the last turn are told of after it.
    await turn()
    if (this.#crashed) throw this.#crashed
    if (ended && 'error' in ended) throw ended.error
    return (ended as unknown as { readonly value: Value }).value
  }

  socketOpens(address: string): Error | undefined {
    if (!this.#settled.sockets.includes(address)) {
      const served = this.#servedHosts.has(address.replace(/:\d+$/, ''))
      return this.#escape(address, served ? 'its simulator answers at other ports' : nobodyServes)
    }
    this.#reasons.add(`The subject uses a socket to ${address}.`)
    return undefined
  }

  /** Names of this machine are the system's; those of simulators get an address that is no one's (RFC 5737). */
  nameIsAsked(host: string): { readonly address: string } | { readonly error: Error } | undefined {
    if (net.isIP(host) !== 0 || /(^|\.)localhost$/.test(host)) return undefined
    if (this.#settled.sockets.some((address) => address.startsWith(`${host}:`))) return undefined
    if (this.#servedHosts.has(host)) return { address: '192.0.2.1' }
    return { error: this.#escape(`dns:${host}`, nobodyServes) }
  }

  cannotRepeat(reason: string): void {
    this.#reasons.add(reason)
  }

  logged(line: string): boolean {
    const clean = this.#redactor.text(line)
    if (clean !== line) this.leaks.push(clean)
    this.#book.note('log', line, this.now(), intentHere())
    return this.#settled.logs === 'pass'
  }

  #schedule = (waitMs: number, task: ScheduledTask): { cancel(): void } => {
    if (!this.#time)
      throw new WorldError('not_running', 'Calls and deliveries need virtual time: make them within world.run().')
    return this.#time.schedule(waitMs, task)
  }

  #placedReceivers(): SettledWorld['receivers'] {
    const outside = { world: this, intent: undefined, gated: false }
    return Object.fromEntries(
      Object.entries(this.#settled.receivers).map(([origin, receive]) => [
        origin,
        (request: Request) => place.run(outside, () => receive(request)),
      ]),
    )
  }

  #prepareFor(fault: Pick<PlannedFault, 'fault'>['fault']): void {
    if (fault === 'stale-read') for (const { instance } of this.network.providers) instance.remember()
  }

  #endIntent(intent: OpenIntent, status: 'succeeded' | 'failed', error: unknown): void {
    intent.endedAt = this.now()
    intent.status = status
    intent.error = error
    this.#book.note('intent-ended', `${intent.name}: ${status}`, this.now(), intent.name)
  }

  #escape(address: string, why: string): WorldError {
    this.#book.note('escaped', address, this.now(), intentHere())
    return this.#escapes.add(address, why)
  }

  #leaveUnhandled(error: unknown): void {
    this.unhandled.push(error)
    this.#book.note('unhandled-rejection', String(error), this.now(), undefined)
  }

  #crash(cause: unknown): void {
    this.#crashed ??= new WorldError(
      'simulator_failed',
      `A simulator threw, which none may: ${this.#redactor.text(String(cause))}`,
      {
        cause,
      },
    )
  }

  #endWatch(watch: Watch): void {
    watch.stop()
    for (const reason of watch.reasons()) this.#reasons.add(`Work left the thread past the gate: ${reason}`)
  }

  /** Whoever waits for rest gets it when nothing but intervals is left, or the deadline has come. */
  #releaseSettlers(): boolean {
    if (this.#settlers.length === 0 || !this.#time) return false
    const atRest = !this.#time.awaits()
    const nextAt = this.#time.nextAt() ?? this.now()
    const released = this.#settlers.filter(({ deadline }) => atRest || nextAt > deadline)
    for (const settler of released) {
      this.#settlers.splice(this.#settlers.indexOf(settler), 1)
      settler.resolve()
    }
    return released.length > 0
  }

  #refuseDefects(before: { readonly escapes: number; readonly unhandled: number }): void {
    if (this.#escapes.count > before.escapes) throw this.#escapes.error(undefined)
    if (this.unhandled.length === before.unhandled) return
    const cause = this.unhandled[before.unhandled]
    throw new WorldError('unhandled', `The subject left an error unhandled: ${this.#redactor.text(String(cause))}`, {
      cause,
    })
  }
}

function intentHere(): string | undefined {
  return place.getStore()?.intent
}
