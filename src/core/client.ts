import { Agent } from 'undici'
import { Caller, type CallOptions, type CallResult } from './caller.ts'
import { Deadline } from './deadline.ts'
import { IntegrationError } from './errors.ts'
import type { CallInput, Operation, OperationEffect } from './operation.ts'
import { Pace } from './pace.ts'
import type { Provider, RateWindow } from './provider.ts'
import { type ClientSettings, type SettledSettings, settleSettings, settleWindows } from './settings.ts'
import { Places } from './turns.ts'
import { type Veil, veilFor } from './veil.ts'

/** What a client is made with. */
export interface ClientOptions<Credentials> extends ClientSettings {
  /** What the provider knows its caller by. They go into header fields, and nowhere else. */
  readonly credentials: Credentials
}

/** What several callers need at the same time, and is done once for all of them. */
export interface SharedWork<Value> {
  /** What it achieves, in the product's words. Callers that name the same share it. */
  readonly what: string
  /** `none` when it only reads: whoever leaves early then knows that nothing has changed. */
  readonly effect: OperationEffect
  /** Does it, within a deadline of its own: no caller ends it for the others. */
  run(deadline: Deadline): Promise<Value>
}

/** A provider's client: made once, shared by all, closed once. */
export interface Client {
  /**
   * Has the provider do one thing.
   *
   * @throws IntegrationError  every code of the catalogue; `applied` says whether it may have happened
   */
  call<Input extends CallInput, Result>(
    operation: Operation<Input, Result>,
    input: Input,
    options?: CallOptions<Input, Result>,
  ): Promise<CallResult<Result>>
  /**
   * Does what takes several calls, under one deadline that `work` hands on to each of them. `close` lets all of it end.
   *
   * @throws IntegrationError  `closed`, and whatever the work throws
   */
  intent<Value>(work: (deadline: Deadline) => Promise<Value>, signal?: AbortSignal): Promise<Value>
  /**
   * Does once what several callers need at the same time; each waits as long as its own deadline allows. Whoever only
   * joined work that failed does it anew: after a refusal as often as others are refused, after an outage once.
   *
   * @throws IntegrationError  `aborted` · `deadline_passed` · `closed`, and whatever the work throws
   */
  share<Value>(work: SharedWork<Value>, deadline: Deadline): Promise<Value>
  /** Refuses what is new, waits for the calls and intents under way, then closes all connections. */
  close(): Promise<void>
}

/**
 * Makes a client. It opens no connection before the first call.
 *
 * @throws AssertionError  for settings or windows that cannot work
 */
export function createClient<Credentials>(
  provider: Provider<Credentials>,
  options: ClientOptions<Credentials>,
): Client {
  const { credentials, windows = provider.windows, ...settings } = options
  const authenticate = (): ReturnType<Authenticate> => {
    const headers = provider.authenticate(credentials)
    // Few calls fail, so what hides secrets is made when one does.
    return { headers, veil: (text) => veilFor(credentials, headers)(text) }
  }
  return new ProviderClient(provider as Provider<never>, authenticate, settleSettings(settings), settleWindows(windows))
}

type Authenticate = () => { readonly headers: Readonly<Record<string, string>>; readonly veil: Veil }

class ProviderClient implements Client {
  readonly #settings: SettledSettings
  readonly #agent: Agent
  readonly #caller: Caller
  readonly #calls = new Set<Promise<unknown>>()
  readonly #intents = new Map<Deadline, Promise<unknown>>()
  readonly #shared = new Map<string, Promise<unknown>>()
  #closing: Promise<void> | undefined

  constructor(
    provider: Provider<never>,
    authenticate: Authenticate,
    settings: SettledSettings,
    windows: readonly RateWindow[],
  ) {
    this.#settings = settings
    this.#agent = new Agent({ connections: settings.inFlightMax, connect: { timeout: settings.connectMsMax } })
    this.#caller = new Caller({
      ...{ provider, authenticate, settings, dispatcher: this.#agent },
      pace: new Pace(windows),
      places: new Places(settings.inFlightMax),
    })
  }

  async call<Input extends CallInput, Result>(
    operation: Operation<Input, Result>,
    input: Input,
    options: CallOptions<Input, Result> = {},
  ): Promise<CallResult<Result>> {
    this.#refuseWhenClosed(operation.name, options.deadline)
    const { inFlightMax, queueMax } = this.#settings
    const count = this.#calls.size
    if (count >= inFlightMax + queueMax) {
      throw this.#caller.error('overloaded', operation.name, { why: `${count} of them` })
    }
    const calling = this.#caller.undertake(operation, input, options)
    this.#calls.add(calling)
    try {
      return await calling
    } finally {
      this.#calls.delete(calling)
    }
  }

  async intent<Value>(work: (deadline: Deadline) => Promise<Value>, signal?: AbortSignal): Promise<Value> {
    this.#refuseWhenClosed(undefined, undefined)
    return this.#begin(work, signal)
  }

  async share<Value>(work: SharedWork<Value>, deadline: Deadline): Promise<Value> {
    const { what, effect } = work
    for (let outages = 0; ; ) {
      this.#refuseWhenClosed(undefined, deadline)
      const present = this.#shared.get(what) as Promise<Value> | undefined
      const over = deadline.over()
      if (over && !present) throw this.#caller.error(over, undefined, { what, ...left(deadline), applied: 'no' })
      const shared = present ?? this.#beginShared(work)
      if (!(await deadline.outlasts(shared))) {
        // Others may still want it, so it goes on.
        const applied = effect === 'none' ? 'no' : 'unknown'
        throw this.#caller.error(deadline.over() ?? 'deadline_passed', undefined, { what, ...left(deadline), applied })
      }
      const failure = await failureOf(shared)
      // An outage is everybody's in the end; a refusal may have been meant for the one who began.
      if (failure === 'outage') outages++
      if (!present || failure === undefined || outages > 1) return shared
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#drain()
    return this.#closing
  }

  #beginShared<Value>({ what, run }: SharedWork<Value>): Promise<Value> {
    const shared = this.#begin(run, undefined)
    this.#shared.set(what, shared)
    const done = (): void => void this.#shared.delete(what)
    shared.then(done, done)
    return shared
  }

  async #drain(): Promise<void> {
    // An intent that ends its one call goes on to the next.
    while (this.#calls.size + this.#intents.size > 0) {
      await Promise.allSettled([...this.#calls, ...this.#intents.values()])
    }
    await this.#agent.close()
  }

  async #begin<Value>(work: (deadline: Deadline) => Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
    const deadline = new Deadline(this.#settings.totalMsMax, signal)
    // Known before it starts, since its first call may come at once.
    const working = Promise.resolve().then(() => work(deadline))
    this.#intents.set(deadline, working)
    try {
      return await working
    } finally {
      this.#intents.delete(deadline)
    }
  }

  /** What belongs to an intent that began before may go on. */
  #refuseWhenClosed(operation: string | undefined, deadline: Deadline | undefined): void {
    if (this.#closing && !(deadline && this.#intents.has(deadline))) {
      throw this.#caller.error('closed', operation, {})
    }
  }
}

function failureOf(work: Promise<unknown>): Promise<'outage' | 'refusal' | undefined> {
  const kindOf = (error: unknown): 'outage' | 'refusal' =>
    error instanceof IntegrationError && error.retriable ? 'outage' : 'refusal'
  return work.then(() => undefined, kindOf)
}

function left({ totalMs, signal }: Deadline): {
  readonly why: string
  readonly waitedMs: number
  readonly cause: unknown
} {
  const cause: unknown = signal?.aborted ? signal.reason : undefined
  return { why: 'it goes on without this caller', waitedMs: totalMs, cause }
}
