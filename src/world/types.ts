import type { Receiver } from '../doors/network-parts.ts'
import type { CallFault, DeliveryFault, Fault } from '../faults/fault.ts'
import type { FaultPlan, Injection } from '../faults/plan.ts'
import type { Simulator, SimulatorInstance } from '../simulator/definition.ts'
import type { Journal } from '../simulator/journal.ts'

/** The simulators of a world by the name that faults, journal and tests use. */
export type Simulators = Readonly<Record<string, Simulator>>

/** What a world is made of. All but the simulators has a default. */
export interface WorldOptions<Sims extends Simulators = Simulators> {
  /** Providers by the name that faults, journal and tests use. */
  readonly simulators: Sims
  /** All chance comes from it. @defaultValue 1 */
  readonly seed?: number | string
  /** Virtual time at the start: milliseconds since 1970, or ISO 8601. @defaultValue `'2026-01-05T09:00:00.000Z'` */
  readonly startAt?: number | string
  /** Time that a message takes, each way, drawn from the seed. @defaultValue 5 to 40 ms */
  readonly latency?: { readonly minMs: number; readonly maxMs: number }
  /** Faults that will strike. @defaultValue none */
  readonly plan?: FaultPlan
  /** Servers of the subject, by origin: where webhooks arrive. */
  readonly receivers?: Readonly<Record<string, Receiver>>
  /** Where a run that does not end by itself is ended. @defaultValue those of each bound */
  readonly bounds?: WorldBounds
  /** `pass`: what the subject logs is printed; `keep`: it goes to the journal only. @defaultValue `'pass'` */
  readonly logs?: 'pass' | 'keep'
  /**
   * Sockets that the subject may open although the run is then not reproducible: `127.0.0.1:6379`.
   *
   * @defaultValue none
   */
  readonly sockets?: readonly string[]
}

/** Where a world that does not end by itself is ended. */
export interface WorldBounds {
  /** Virtual milliseconds in one `run`. @defaultValue 30 days */
  readonly virtualMsMax?: number
  /** Timers fired and messages carried in one `run`. @defaultValue 200_000 */
  readonly eventsMax?: number
  /**
   * Real milliseconds in one `run`. Code that never gives the event loop back (a loop of microtasks, a loop without any
   * `await`) is ended by force half a second later: the run is `endless`. Where that cannot be (in a timer's callback
   * or a tick) the whole process ends, and says where the loop is; in a worker thread or under a debugger nothing does.
   *
   * @defaultValue 4_000
   */
  readonly realMsMax?: number
}

/** Names of a simulator's operations. */
export type OperationsOf<Sim> = Sim extends Simulator<string, object, infer Names, object> ? Names : never

/** What tests read of a simulator: its state, and the view that its author gave. */
export type HandleOf<Sim> =
  Sim extends Simulator<string, infer State, string, infer View> ? View & SimulatorHandle<State, View> : never

/** A simulator in a world. Members of the simulator's view stand beside these. */
export interface SimulatorHandle<State extends object = object, View extends object = object> {
  readonly state: State
  /** State and limits as plain data. */
  snapshot(): unknown
  restore(snapshot: unknown): void
  reset(): void
  readonly instance: SimulatorInstance<State, View>
}

/** How the world's run stands to its seed. */
export interface Reproducibility {
  /** True: the same seed gives the same journal. */
  readonly reproducible: boolean
  /** Why not: what was seen to leave the thread, and from where. */
  readonly reasons: readonly string[]
}

/** One thing the subject was asked to achieve, and how it went. */
export interface IntentRecord {
  readonly name: string
  readonly startedAt: number
  readonly endedAt: number | undefined
  readonly status: 'pending' | 'succeeded' | 'failed'
  /** What the subject threw. */
  readonly error: unknown
}

/** What `intent` resolves to: it never throws what the subject threw. */
export type IntentResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: unknown }

/** One deterministic run: virtual clock, seed, network, simulators, journal. */
export interface WorldCore<Sims extends Simulators = Simulators> {
  readonly seed: number | string
  readonly journal: Journal
  /** Intents in the order in which they started. */
  readonly intents: readonly IntentRecord[]
  readonly reproducibility: Reproducibility
  /** Virtual milliseconds since 1970. */
  now(): number
  /** Virtual milliseconds since the start. */
  elapsedMs(): number
  /** SHA-256 of the journal: equal for equal seeds. */
  fingerprint(): string
  /**
   * Takes over time, chance and network, runs `body`, drives time until it settles, and gives everything back.
   *
   * @throws WorldError  `deadlocked` · `endless` · `escaped` · `world_active` · `timers_taken`
   */
  run<Value>(body: () => Value | Promise<Value>): Promise<Value>
  /**
   * Within a run: lets time pass until nothing is on its way any more: no call, no delivery, no one-shot timer.
   * A subject that polls for ever counts as settled after `virtualMsMax`.
   *
   * @param virtualMsMax  @defaultValue 600_000
   */
  settle(virtualMsMax?: number): Promise<void>
  /** Runs one intent of the subject; calls made in it are journalled under its name. */
  intent<Value>(name: string, body: () => Value | Promise<Value>): Promise<IntentResult<Value>>
  /** Lets a fault strike the next calls of one operation, or the next deliveries of one topic. */
  inject<Provider extends keyof Sims & string>(
    provider: Provider,
    operation: OperationsOf<Sims[Provider]>,
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
  /** Calls `listener` after every event: what was fired, judged or delivered. Returns how to stop. */
  onEvent(listener: () => void): () => void
  /** Subject's errors that no one handled. */
  readonly unhandled: readonly unknown[]
  /** Origins that were called and that no simulator or receiver serves. */
  readonly escapes: readonly string[]
  /** Log lines in which a credential stood, with the credential replaced. */
  readonly leaks: readonly string[]
  /** Everything of simulators and world that must never be printed. */
  secrets(): readonly string[]
}

/** A world, with each simulator beside its own members: `world.trello.list('Done')`. */
export type World<Sims extends Simulators = Simulators> = WorldCore<Sims> & {
  readonly [Provider in keyof Sims]: HandleOf<Sims[Provider]>
}
