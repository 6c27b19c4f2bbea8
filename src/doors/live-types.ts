import type { CallFault, DeliveryFault, Fault } from '../faults/fault.ts'
import type { FaultPlan, Injection, PlannedFault } from '../faults/plan.ts'
import type { Simulator, SimulatorInstance } from '../simulator/definition.ts'
import type { Journal, JournalRecord } from '../simulator/journal.ts'
import type { Network } from './network.ts'
import type { NetworkClock, Receiver } from './network-parts.ts'

/** Simulators by the name that base URLs, faults and the journal use. */
export type LiveSimulators = Readonly<Record<string, Simulator>>

/** What a live world is made of. All but the simulators has a default. */
export interface LiveOptions<Sims extends LiveSimulators = LiveSimulators> {
  /** Providers by the name that base URLs, faults and the journal use. */
  readonly simulators: Sims
  /** Ids, sample data and chance come from it. @defaultValue 1 */
  readonly seed?: number | string
  /** Real milliseconds that a message takes, each way, drawn from the seed. @defaultValue none */
  readonly latency?: { readonly minMs: number; readonly maxMs: number }
  /** Faults that will strike. @defaultValue none */
  readonly plan?: FaultPlan
  /** How much the journal holds before it forgets the oldest. */
  readonly journal?: {
    /** Records. @defaultValue 10_000 */
    readonly recordsMax?: number
    /** Bytes of all bodies together. @defaultValue 67_108_864 */
    readonly bytesMax?: number
  }
  /** Servers in this process that deliveries reach without a socket, by origin. @defaultValue none */
  readonly receivers?: Readonly<Record<string, Receiver>>
  /** Hosts that webhooks may go to, beside this machine: `app.internal`, or `app.internal:8080`. @defaultValue none */
  readonly deliverTo?: readonly string[]
}

/** Time outside of worlds: real time, until somebody freezes or advances it. */
export interface LiveClock extends NetworkClock {
  readonly isFrozen: boolean
  /** Milliseconds by which it is ahead of real time; while it is frozen, real time catches up and passes it. */
  readonly aheadMs: number
  /** Stops it. What is due at that moment still happens. */
  freeze(): void
  /**
   * Moves it on, and does in order all that falls due on the way, each thing at its time. It stays frozen, or goes on
   * from there. What is done on the way may take real time, as a webhook does: it is waited for, up to a second each
   * time, so that a redelivery that follows comes at its time too. Otherwise all is done when the call returns.
   *
   * @throws AssertionError  when `ms` is no number of milliseconds from 0 up
   */
  advance(ms: number): Promise<void>
  /** Goes back to real time. What has been done is not undone; what lies ahead waits for its time. */
  reset(): void
  /** Like `schedule`, for what keeps no process alive: a redelivery that is hours away. */
  plan(waitMs: number, task: () => void): { cancel(): void }
  /** Lets `advance` wait for what takes real time. */
  waitFor(work: Promise<unknown>): void
  /** Forgets all that is scheduled. */
  close(): void
}

/** The journal of a live world: a ring, which forgets the oldest records. */
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

/** A fault that was set in a live world. */
export interface LiveFault extends Injection {
  /** Names it as long as it is set: `f1`. */
  readonly id: string
  /** The fault and where it strikes, complete, as plain data. */
  readonly planned: PlannedFault
}

/**
 * What was seen of connections since the world was opened, or since `forgetConnections` was called. A client that reuses
 * its connections opens no more of them than it has calls under way, and none while another one lies idle; one that is
 * made anew for each call opens one for each.
 */
export interface ConnectionCounts {
  /** Connections that carried at least one call. */
  readonly opened: number
  /** Of these, still open. */
  readonly open: number
  /** Open at the same time, at most: how far a client fans out. */
  readonly openPeak: number
  /** Of the open ones, those that lie idle. */
  readonly idle: number
  /** Made although another one of the same client lay idle, and lay so still when this one brought its first call. */
  readonly openedNeedlessly: number
  /** Never closed by the client, and never used again, until the server closed them. */
  readonly leftBehind: number
  /** Calls over all of them. */
  readonly calls: number
  /** Calls over the connection that carried the most. */
  readonly callsPerConnectionPeak: number
  /** Calls under way at the same time, at most, as far as the server could see them. */
  readonly callsAtOncePeak: number
}

/** One client of a live world: all that calls from one address under one `user-agent`. */
export interface ClientConnections extends ConnectionCounts {
  readonly address: string
  /** `''` when it sends none. */
  readonly userAgent: string
}

/** What is seen of connections in a live world. */
export interface ConnectionReport extends ConnectionCounts {
  /** Per client, in the order in which they first called; at most 256, of any further one only the sums above tell. */
  readonly clients: readonly ClientConnections[]
}

/** State of every simulator of a live world: plain data, for `restore`. */
export interface LiveSnapshot {
  readonly seed: number | string
  readonly providers: Readonly<Record<string, unknown>>
}

/** Simulators that answer in real time, outside of a deterministic run: what doors lead to there. */
export interface LiveWorld<Sims extends LiveSimulators = LiveSimulators> {
  readonly seed: number | string
  /** Each simulator at work: `live.simulators.trello.state`. Others after `reseed`. */
  readonly simulators: { readonly [Provider in keyof Sims]: LiveInstance<Sims[Provider]> }
  readonly network: Network
  /** Its time: real, unless it is frozen or moved on. */
  readonly clock: LiveClock
  readonly journal: LiveJournal
  /** Lets a fault strike the next calls of one operation, or the next deliveries of one topic. */
  inject<Provider extends keyof Sims & string>(
    provider: Provider,
    operation: LiveOperations<Sims[Provider]>,
    fault: CallFault & { readonly times?: number },
  ): LiveFault
  inject<Provider extends keyof Sims & string>(
    provider: Provider,
    target: { readonly topic: string },
    fault: DeliveryFault & { readonly times?: number },
  ): LiveFault
  /**
   * Sets every fault of a plan, as parsed JSON, or none when one of them does not fit. `fromMs` and `untilMs` count from
   * when the world was opened, by its clock.
   *
   * @throws PlanError  when one does not fit the simulators
   */
  injectPlan(plan: unknown): readonly LiveFault[]
  /** Faults that are set, in the order in which they were, those included that will strike no more. */
  faults(): readonly LiveFault[]
  /** Takes back every fault, of the plan and by hand, and forgets it. */
  clearFaults(): void
  /** Faults that are set and never struck, with where they should have. */
  unusedFaults(): readonly { readonly fault: Fault; readonly on: string }[]
  snapshot(): LiveSnapshot
  /**
   * Goes back to a snapshot. Deliveries under way go on.
   *
   * @throws AssertionError  when it is no snapshot of these simulators
   */
  restore(snapshot: LiveSnapshot): void
  /**
   * Puts every simulator back to its start, drops the deliveries that they had planned, and takes back every fault; the
   * journal stays.
   */
  reset(): void
  /** Opens every simulator anew, from another seed; deliveries that were planned are dropped. */
  reseed(seed: number | string): void
  /** What is seen of the connections that its clients open; all zero where calls come over none. */
  connections(): ConnectionReport
  /** Counts connections anew; those that are open count again with their next call. */
  forgetConnections(): void
  /** Everything of its simulators that must never be printed. */
  secrets(): readonly string[]
  /** Ends it: what is on its way never arrives; its timers and sockets are free. */
  close(): void
}

/** A simulator at work, with the state and view that it has. */
export type LiveInstance<Sim> =
  Sim extends Simulator<string, infer State, string, infer View> ? SimulatorInstance<State, View> : never

/** Names of a simulator's operations. */
export type LiveOperations<Sim> = Sim extends Simulator<string, object, infer Names, object> ? Names : never
