import type { PlannedFault } from '../faults/plan.ts'
import type { Call, Outcome } from '../http/exchange.ts'
import type { Simulator, SimulatorInstance } from '../simulator/definition.ts'
import type { Journal, JournalRecord } from '../simulator/journal.ts'
import type { Network } from './network.ts'
import type { NetworkClock, Receiver } from './network-parts.ts'

/** Simulators by the name that base URLs, faults and the journal use. */
export type ServedSimulators = Readonly<Record<string, Simulator>>

/** What a served world is made of. All but the simulators has a default. */
export interface LiveWorldOptions<Sims extends ServedSimulators = ServedSimulators> {
  /** Providers by the name that base URLs, faults and the journal use. */
  readonly simulators: Sims
  /** Name of the world, of letters, digits and hyphens. @defaultValue twelve characters nobody can guess */
  readonly id?: string
  /** Ids, samples and chances of faults come from it. @defaultValue 1 */
  readonly seed?: number | string
  /** Faults that will strike, as parsed JSON. @defaultValue none */
  readonly plan?: unknown
  /** Time that a message takes, each way. @defaultValue 0 and 0: no more than the way takes anyway */
  readonly latency?: { readonly minMs: number; readonly maxMs: number }
  /** How much the journal holds before it forgets the oldest. */
  readonly journal?: {
    /** Records. @defaultValue 10_000 */
    readonly recordsMax?: number
    /** Bytes of all messages together. @defaultValue 67_108_864 */
    readonly bytesMax?: number
  }
  /** Servers in this process that deliveries reach without a socket, by origin. @defaultValue none */
  readonly receivers?: Readonly<Record<string, Receiver>>
  /**
   * Hosts that deliveries may go to by real HTTP: `app.internal`, `app.internal:8080`, `*.internal`, or `loopback`.
   *
   * @defaultValue `['loopback']`
   */
  readonly deliveryHosts?: readonly string[]
  /** Carries deliveries in place of real HTTP; asked only for hosts that are allowed. */
  readonly deliver?: (call: Call, timeoutMs: number | undefined) => Promise<Outcome>
}

/** Time of one served world: real time until somebody freezes or advances it. */
export interface LiveClock extends NetworkClock {
  readonly isFrozen: boolean
  /** Milliseconds by which it is ahead of real time; while it is frozen, real time catches up and passes it. */
  readonly aheadMs: number
  /** Stops it. What is due at that moment still happens. */
  freeze(): void
  /**
   * Moves it on, and does in order all that falls due on the way, each thing at its time; waits for deliveries that are
   * under way meanwhile, for at most a second each time. It stays frozen, or goes on from there.
   *
   * @throws AssertionError  when `ms` is no number of milliseconds from 0 up
   */
  advance(ms: number): Promise<void>
  /** Goes back to real time. What has been done is not undone; what lies ahead waits for its time. */
  reset(): void
}

/** The journal of a served world: a ring, which forgets the oldest records. */
export interface LiveJournal extends Journal {
  /** Records that it holds at most. */
  readonly recordsMax: number
  /** Records that it has forgotten since it was opened or cleared. */
  readonly forgotten: number
  /** Calls `listener` with each record once it is complete. Returns how to stop. */
  follow(listener: (record: JournalRecord) => void): () => void
  /** Forgets every record and begins to count calls anew; numbers of records go on. */
  clear(): void
}

/** A fault that was set in a served world. */
export interface LiveFault {
  /** Names it as long as it is set: `f1`. */
  readonly id: string
  /** The fault and where it strikes, complete, as plain data. */
  readonly planned: PlannedFault
  /** Where it strikes, in words: `call 2 of cards.update of trello`. */
  readonly on: string
  /** How often it has struck. */
  readonly strikes: number
}

/** What a client does with its connections, as counted since the world was opened or `forgetConnections` was called. */
export interface ConnectionCounts {
  /** Connections that carried at least one call. A client that reuses them opens no more than `callsAtOncePeak`. */
  readonly opened: number
  /** Of these, still open. */
  readonly open: number
  /** Of the open ones, those that lie idle. */
  readonly idle: number
  /** Opened although another one of the same client lay idle: the client did not reuse what it had. */
  readonly openedNeedlessly: number
  /** Idle ones that the client never closed and never used again, until the server closed them. */
  readonly leftBehind: number
  /** Calls over all of them. */
  readonly calls: number
  /** Calls over the connection that carried the most. */
  readonly callsPerConnectionPeak: number
  /** Calls under way at the same time, at most. */
  readonly callsAtOncePeak: number
}

/** One client of a served world: all that calls from one address under one `user-agent`. */
export interface ClientConnections extends ConnectionCounts {
  readonly address: string
  /** `''` when it sends none. */
  readonly userAgent: string
}

/** What is seen of connections in a served world. */
export interface ConnectionReport extends ConnectionCounts {
  /** Per client, in the order in which they first called; at most 256, of any further one only the sums above tell. */
  readonly clients: readonly ClientConnections[]
}

/** State of every simulator of a served world: plain data, for `restore`. */
export interface LiveSnapshot {
  readonly seed: number | string
  readonly providers: Readonly<Record<string, unknown>>
}

/** A world at work in real time: what a server or a handler serves. */
export interface LiveWorld<Sims extends ServedSimulators = ServedSimulators> {
  readonly id: string
  readonly seed: number | string
  readonly simulators: Sims
  /** Each simulator at work, by name: its state and its view. Others after `reseed`. */
  readonly instances: { readonly [Provider in keyof Sims]: InstanceOf<Sims[Provider]> }
  /** Another one after `reseed`: doors ask for it with each call. */
  readonly network: Network
  readonly clock: LiveClock
  readonly journal: LiveJournal
  /**
   * Sets a fault, as parsed JSON: `{ "fault": "reply-lost", "on": { "provider": "trello", "operation": "cards.create" } }`.
   *
   * @throws PlanError  when it does not fit the simulators
   */
  inject(fault: unknown): LiveFault
  /**
   * Sets every fault of a plan, or none when one of them does not fit.
   *
   * @throws PlanError
   */
  injectPlan(plan: unknown): readonly LiveFault[]
  /** Faults that are set, in the order in which they were, those included that will strike no more. */
  faults(): readonly LiveFault[]
  /** Takes one back; false when there is none of that id. Calls that it has struck stay struck. */
  removeFault(id: string): boolean
  /** Takes back every fault. */
  clearFaults(): void
  snapshot(): LiveSnapshot
  /**
   * Goes back to a snapshot of this world. Deliveries under way go on.
   *
   * @throws AssertionError  when it is no snapshot of these simulators
   */
  restore(snapshot: LiveSnapshot): void
  /** Brings every simulator back to its start; deliveries and redeliveries that it had planned are dropped. */
  reset(): void
  /** Opens every simulator anew from another seed; what was planned is dropped. */
  reseed(seed: number | string): void
  /** What is seen of the connections that its clients open; all zero where calls come over none. */
  connections(): ConnectionReport
  /** Counts connections anew; those that are open count again with their next call. */
  forgetConnections(): void
  /** Everything of its simulators that must never be printed. */
  secrets(): readonly string[]
  /** Calls under way, hung ones included, and deliveries. */
  readonly inFlight: number
  /** Drops what is scheduled, and frees timers and sockets. Calls to it are answered no more. */
  close(): Promise<void>
}

/** A simulator at work, with its state and view typed. */
export type InstanceOf<Sim> =
  Sim extends Simulator<string, infer State, string, infer View> ? SimulatorInstance<State, View> : never
