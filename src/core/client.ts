import { Agent } from 'undici'
import { type Attempt, attempt, type OutgoingRequest } from './attempt.ts'
import { Deadline } from './deadline.ts'
import { type Applied, IntegrationError, type IntegrationErrorCode, type IntegrationErrorInit } from './errors.ts'
import type { Ask, CallInput, Operation, Reconcile, Reconciled } from './operation.ts'
import { Pace, type Permit } from './pace.ts'
import type { Provider } from './provider.ts'
import { outgoingRequest } from './request.ts'
import { nextStep } from './retry.ts'
import { type ClientSettings, type SettledSettings, settleSettings } from './settings.ts'
import { Places } from './turns.ts'
import { type Failure, judge, type Outcome } from './verdict.ts'

/** What a client is made with. */
export interface ClientOptions<Credentials> extends ClientSettings {
  /** What the provider knows the caller by; it goes into calls, and never into a message. */
  readonly credentials: Credentials
}

/** What one call may be told. */
export interface CallOptions<Input extends CallInput, Result> {
  /** Time and wish to give up that this call shares with others. @defaultValue a deadline of its own: `totalMsMax` */
  readonly deadline?: Deadline
  /** Ends the call at once: waiting, calling or between two calls. */
  readonly signal?: AbortSignal
  /** Knows more of the situation than the operation's own. */
  readonly reconcile?: Reconcile<Input, Result>
}

/** What a call came to. */
export interface CallResult<Result> {
  readonly value: Result
  /** Calls that were made, the first one included. */
  readonly attempts: number
  /** True: no reply said so; the provider was asked, and the effect was there. */
  readonly reconciled: boolean
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
  /** A deadline for several calls that serve one intent. */
  deadline(signal?: AbortSignal): Deadline
  /**
   * Does once what several callers need at the same time. The work has a deadline of its own, so none of them ends it
   * for the others; each waits as long as its own allows.
   *
   * @param key  Callers with the same key share the work.
   * @throws IntegrationError  `aborted` · `deadline_passed`, and whatever the work throws
   */
  share<Value>(key: string, deadline: Deadline, work: (deadline: Deadline) => Promise<Value>): Promise<Value>
  /** Refuses further calls, waits for those under way, then closes all connections. */
  close(): Promise<void>
}

/** Makes a client. It opens no connection before the first call. */
export function createClient<Credentials>(
  provider: Provider<Credentials>,
  options: ClientOptions<Credentials>,
): Client {
  const { credentials, windows = provider.windows, ...settings } = options
  return new ProviderClient(
    provider as Provider<never>,
    () => provider.authenticate(credentials),
    settleSettings(settings),
    new Pace(windows),
  )
}

/** One call as its retries share it. */
interface Undertaking<Input extends CallInput, Result> {
  readonly operation: Operation<Input, Result>
  readonly input: Input
  readonly outgoing: OutgoingRequest
  readonly deadline: Deadline
  readonly reconcile: Reconcile<Input, Result> | undefined
  attempts: number
  /** Whether any attempt so far may have taken effect. */
  applied: Applied
}

class ProviderClient implements Client {
  readonly #provider: Provider<never>
  readonly #authenticate: () => Readonly<Record<string, string>>
  readonly #settings: SettledSettings
  readonly #agent: Agent
  readonly #pace: Pace
  readonly #places: Places
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #shared = new Map<string, Promise<unknown>>()
  #closed = false

  constructor(
    provider: Provider<never>,
    authenticate: () => Readonly<Record<string, string>>,
    settings: SettledSettings,
    pace: Pace,
  ) {
    this.#provider = provider
    this.#authenticate = authenticate
    this.#settings = settings
    this.#pace = pace
    this.#places = new Places(settings.inFlightMax)
    this.#agent = new Agent({ connections: settings.inFlightMax, connect: { timeout: settings.connectMsMax } })
  }

  deadline(signal?: AbortSignal): Deadline {
    return new Deadline(this.#settings.totalMsMax, signal)
  }

  async share<Value>(key: string, deadline: Deadline, work: (deadline: Deadline) => Promise<Value>): Promise<Value> {
    const present = this.#shared.get(key) as Promise<Value> | undefined
    const shared = present ?? work(this.deadline())
    if (!present) {
      this.#shared.set(key, shared)
      const done = (): void => void this.#shared.delete(key)
      shared.then(done, done)
    }
    if (await deadline.outlasts(shared)) return shared
    const code = deadline.over() ?? 'deadline_passed'
    // Others may still want it, so it goes on.
    throw this.#error(code, undefined, { what: key, why: 'it goes on without this caller', applied: 'unknown' })
  }

  async call<Input extends CallInput, Result>(
    operation: Operation<Input, Result>,
    input: Input,
    options: CallOptions<Input, Result> = {},
  ): Promise<CallResult<Result>> {
    if (this.#closed) throw this.#error('closed', operation.name, {})
    const { inFlightMax, queueMax } = this.#settings
    if (this.#underWay.size >= inFlightMax + queueMax) {
      throw this.#error('overloaded', operation.name, { why: `${this.#underWay.size} of them`, retryAfterMs: 1_000 })
    }
    const calling = this.#undertake(operation, input, options)
    this.#underWay.add(calling)
    try {
      return await calling
    } finally {
      this.#underWay.delete(calling)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#underWay)
    await this.#agent.close()
  }

  async #undertake<Input extends CallInput, Result>(
    operation: Operation<Input, Result>,
    input: Input,
    { deadline, signal, reconcile = operation.reconcile }: CallOptions<Input, Result>,
  ): Promise<CallResult<Result>> {
    const request = await outgoingRequest(this.#provider.origin, operation, input, this.#authenticate())
    if ('why' in request) throw this.#error('input_invalid', operation.name, { why: request.why })
    const undertaking = {
      ...{ operation, input, reconcile, attempts: 0, applied: 'no' as Applied },
      outgoing: request.outgoing,
      deadline: deadline ?? this.deadline(signal),
    }
    for (;;) {
      const outcome = await this.#attempt(undertaking)
      if (outcome.ok) return { value: outcome.value, attempts: undertaking.attempts, reconciled: false }
      const found = await this.#afterFailure(undertaking, outcome.failure)
      if (found) return { value: found.value, attempts: undertaking.attempts, reconciled: true }
    }
  }

  /** Waits until the call may be repeated, or finds out that it need not be; throws when neither can be. */
  async #afterFailure<Input extends CallInput, Result>(
    undertaking: Undertaking<Input, Result>,
    failure: Failure,
  ): Promise<{ readonly value: Result } | undefined> {
    const { operation, deadline, attempts } = undertaking
    // What changes nothing cannot have happened by half.
    if (operation.effect !== 'none') undertaking.applied = worse(undertaking.applied, failure.applied)
    const step = nextStep(failure, {
      effect: operation.effect,
      applied: undertaking.applied,
      canReconcile: undertaking.reconcile !== undefined,
      attempts,
      leftMs: deadline.leftMs(),
      settings: this.#settings,
    })
    if (step.kind === 'give-up') throw this.#failed(undertaking, failure)
    await deadline.pause(step.waitMs)
    if (step.kind === 'repeat') return undefined
    const found = await this.#reconciled(undertaking)
    if (found.applied === 'yes') return found
    // The provider said it had done it, and now it is not there: whom to believe is not ours to guess.
    if (found.applied === 'unknown' || undertaking.applied === 'yes') throw this.#failed(undertaking, failure)
    undertaking.applied = 'no'
    if (attempts >= this.#settings.callsMax) throw this.#failed(undertaking, failure)
    return undefined
  }

  /** One attempt, once provider and pool have room for it. */
  async #attempt<Input extends CallInput, Result>(undertaking: Undertaking<Input, Result>): Promise<Outcome<Result>> {
    const { operation, outgoing, deadline } = undertaking
    const permit = await this.#admitted(undertaking)
    undertaking.attempts++
    let made: Attempt
    try {
      made = await attempt(outgoing, {
        dispatcher: this.#agent,
        withinMs: Math.min(this.#settings.attemptMsMax, Math.max(1, deadline.leftMs())),
        signal: deadline.signal,
        replyBytesMax: this.#settings.replyBytesMax,
      })
    } finally {
      this.#places.leave()
    }
    this.#pace.learn(this.#provider.windowsTold?.(made.headers) ?? [])
    permit.spent()
    const outcome = await judge(made, this.#provider, operation.reply)
    if (!outcome.ok) this.#holdUp(outcome.failure)
    return outcome
  }

  /** Waits for the provider's windows and for a place in the pool, in this order: no place is held by one who waits. */
  async #admitted<Input extends CallInput, Result>(undertaking: Undertaking<Input, Result>): Promise<Permit> {
    const { operation, deadline } = undertaking
    for (;;) {
      const pausedMs = this.#pace.pausedMs(operation.name)
      if (pausedMs > deadline.leftMs()) {
        throw this.#error('rate_limited', operation.name, {
          why: 'the provider asked to be left alone for longer than there is time',
          attempts: undertaking.attempts,
          applied: undertaking.applied,
          retryAfterMs: pausedMs,
        })
      }
      const permit = await this.#pace.acquire(operation.name, operation.cost ?? 1, deadline)
      if (!permit) throw this.#over(undertaking)
      const entered = await this.#places.enter(deadline)
      if (entered && this.#pace.pausedMs(operation.name) === 0 && !deadline.over()) return permit
      permit.unused()
      if (entered) this.#places.leave()
      if (deadline.over()) throw this.#over(undertaking)
    }
  }

  /** A provider that asks for patience gets it from all calls, not only from the one that it told. */
  #holdUp({ code, waitMs, window, status }: Failure): void {
    if (waitMs === undefined || status === undefined || status < 400 || waitMs === 0) return
    this.#pace.pause(Math.min(waitMs, this.#settings.pauseMsMax), code === 'rate_limited' ? window : undefined)
  }

  async #reconciled<Input extends CallInput, Result>(
    undertaking: Undertaking<Input, Result>,
  ): Promise<Reconciled<Result>> {
    const { reconcile, input, deadline } = undertaking
    const ask: Ask = async (operation, asked) => (await this.#undertake(operation, asked, { deadline })).value
    try {
      return (await reconcile?.(ask, input)) ?? { applied: 'unknown' }
    } catch (error) {
      if (!(error instanceof IntegrationError)) throw error
      return { applied: 'unknown' }
    }
  }

  #over<Input extends CallInput, Result>({
    operation,
    deadline,
    attempts,
    applied,
  }: Undertaking<Input, Result>): IntegrationError {
    const aborted = deadline.over() === 'aborted'
    return this.#error(aborted ? 'aborted' : 'deadline_passed', operation.name, {
      why: aborted ? 'its signal was aborted' : 'its turn did not come',
      waitedMs: deadline.totalMs,
      attempts,
      applied,
    })
  }

  #failed<Input extends CallInput, Result>(
    { operation, attempts, applied, deadline }: Undertaking<Input, Result>,
    failure: Failure,
  ): IntegrationError {
    const { code, why, retriable, status, waitMs, cause } = failure
    return this.#error(code, operation.name, {
      ...{ why, applied, retriable, attempts, status, cause, retryAfterMs: waitMs },
      waitedMs: Math.min(this.#settings.attemptMsMax, deadline.totalMs),
    })
  }

  #error(
    code: IntegrationErrorCode,
    operation: string | undefined,
    init: Omit<IntegrationErrorInit, 'provider'>,
  ): IntegrationError {
    return new IntegrationError(code, { provider: this.#provider.name, operation, ...init })
  }
}

/** What two attempts come to together. */
function worse(one: Applied, other: Applied): Applied {
  if (one === 'yes' || other === 'yes') return 'yes'
  return one === 'unknown' || other === 'unknown' ? 'unknown' : 'no'
}
