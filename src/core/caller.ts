import type { Dispatcher } from 'undici'
import { type Attempt, attempt, type OutgoingRequest } from './attempt.ts'
import { Deadline } from './deadline.ts'
import { type Applied, IntegrationError, type IntegrationErrorCode, type IntegrationErrorInit } from './errors.ts'
import type { Ask, CallInput, Operation, Reconcile, Reconciled } from './operation.ts'
import type { Pace, Permit } from './pace.ts'
import type { Provider } from './provider.ts'
import { outgoingRequest } from './request.ts'
import { nextStep } from './retry.ts'
import type { SettledSettings } from './settings.ts'
import type { Places } from './turns.ts'
import type { Veil } from './veil.ts'
import { type Failure, judge, type Outcome } from './verdict.ts'

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
  /** Calls that were made, the first one included; those by which the provider was asked do not count. */
  readonly attempts: number
  /** True: no reply said so; the provider was asked, and the effect was there. */
  readonly reconciled: boolean
}

/** What a caller makes its calls with. */
export interface CallerParts {
  readonly provider: Provider<never>
  /** Header fields that carry the credentials, and what keeps these out of error messages. */
  authenticate(): { readonly headers: Readonly<Record<string, string>>; readonly veil: Veil }
  readonly settings: SettledSettings
  readonly dispatcher: Dispatcher
  readonly pace: Pace
  readonly places: Places
}

/** One call as its retries share it. */
interface Undertaking<Input extends CallInput, Result> {
  readonly operation: Operation<Input, Result>
  readonly input: Input
  readonly outgoing: OutgoingRequest
  readonly veil: Veil
  readonly deadline: Deadline
  readonly reconcile: Reconcile<Input, Result> | undefined
  attempts: number
  /** Whether any attempt so far may have taken effect. */
  applied: Applied
  /** What the latest attempt was given. */
  withinMs: number
  /** What became of the latest attempt. */
  failure: Failure | undefined
}

/** Makes calls: waits for room, tries, judges, and repeats what may be repeated. */
export class Caller {
  readonly #parts: CallerParts

  constructor(parts: CallerParts) {
    this.#parts = parts
  }

  /** Has the provider do one thing, within a deadline. */
  async undertake<Input extends CallInput, Result>(
    operation: Operation<Input, Result>,
    input: Input,
    options: CallOptions<Input, Result>,
  ): Promise<CallResult<Result>> {
    const { provider, settings } = this.#parts
    const { headers, veil } = this.#parts.authenticate()
    const request = await outgoingRequest(provider.origin, operation, input, headers)
    if (!request.ok) {
      throw this.error('input_invalid', operation.name, { why: veil(request.why), cause: request.cause })
    }
    const undertaking: Undertaking<Input, Result> = {
      ...{ operation, input, veil, attempts: 0, applied: 'no', withinMs: 0, failure: undefined },
      reconcile: options.reconcile ?? operation.reconcile,
      outgoing: request.value,
      deadline: (options.deadline ?? new Deadline(settings.totalMsMax)).endedBy(options.signal),
    }
    for (;;) {
      const outcome = await this.#attempt(undertaking)
      if (outcome.ok) return { value: outcome.value, attempts: undertaking.attempts, reconciled: false }
      const found = await this.#afterFailure(undertaking, outcome.failure)
      if (found) return { value: found.value, attempts: undertaking.attempts, reconciled: true }
    }
  }

  /** An error of this provider. */
  error(
    code: IntegrationErrorCode,
    operation: string | undefined,
    init: Omit<IntegrationErrorInit, 'provider'>,
  ): IntegrationError {
    return new IntegrationError(code, { provider: this.#parts.provider.name, operation, ...init })
  }

  /** One attempt, once provider and pool have room for it. */
  async #attempt<Input extends CallInput, Result>(undertaking: Undertaking<Input, Result>): Promise<Outcome<Result>> {
    const { provider, settings, dispatcher, places } = this.#parts
    const { operation, outgoing, deadline } = undertaking
    const permit = await this.#admitted(undertaking)
    undertaking.attempts++
    undertaking.withinMs = Math.ceil(Math.min(settings.attemptMsMax, Math.max(1, deadline.leftMs())))
    let made: Attempt | undefined
    try {
      made = await attempt(outgoing, {
        dispatcher,
        withinMs: undertaking.withinMs,
        signal: deadline.signal,
        replyBytesMax: settings.replyBytesMax,
      })
    } finally {
      places.leave()
      permit.spent(made ? (provider.windowsTold?.(made.headers) ?? []) : [])
    }
    const outcome = await judge(made, provider, operation.reply, undertaking.veil)
    if (!outcome.ok) this.#holdUp(outcome.failure)
    return outcome
  }

  /** Waits for the provider's windows and for a place in the pool, in this order: no place is held by one who waits. */
  async #admitted<Input extends CallInput, Result>(undertaking: Undertaking<Input, Result>): Promise<Permit> {
    const { pace, places } = this.#parts
    const { operation, deadline } = undertaking
    const cost = operation.cost ?? 1
    const never = pace.neverFits(operation.name, cost)
    if (never) {
      const why = `it costs ${cost}, and the window "${never.name}" never has room for more than ${never.callsMax}`
      throw this.error('input_invalid', operation.name, { why })
    }
    for (;;) {
      if (deadline.over()) throw this.#over(undertaking)
      const permit = await pace.acquire(operation.name, cost, deadline)
      if (!permit) throw this.#over(undertaking)
      const entered = await places.enter(deadline)
      if (entered && pace.pausedMs(operation.name) === 0 && !deadline.over()) return permit
      permit.unused()
      if (entered) places.leave()
      if (!entered) throw this.#over(undertaking)
    }
  }

  /** Waits until the call may be repeated, or finds out that it need not be; throws when neither can be. */
  async #afterFailure<Input extends CallInput, Result>(
    undertaking: Undertaking<Input, Result>,
    failure: Failure,
  ): Promise<{ readonly value: Result } | undefined> {
    const { settings } = this.#parts
    const { operation, deadline, attempts } = undertaking
    undertaking.failure = failure
    // What changes nothing cannot have happened by half.
    if (operation.effect !== 'none') undertaking.applied = worse(undertaking.applied, failure.applied)
    const step = nextStep(failure, {
      effect: operation.effect,
      applied: undertaking.applied,
      canReconcile: undertaking.reconcile !== undefined,
      attempts,
      leftMs: deadline.leftMs(),
      settings,
    })
    if (step.kind === 'give-up') throw this.#failed(undertaking, failure)
    await deadline.pause(step.waitMs)
    if (step.kind === 'repeat') return undefined
    if (deadline.over()) throw this.#over(undertaking)
    const found = await this.#reconciled(undertaking)
    if (found.applied === 'yes') return found
    if (deadline.over() === 'aborted') throw this.#over(undertaking)
    // The provider said it had done it, and now it is not there: whom to believe is not ours to guess.
    if (found.applied === 'unknown' || undertaking.applied === 'yes') {
      throw this.#failed(undertaking, { ...failure, cause: failure.cause ?? found.cause })
    }
    undertaking.applied = 'no'
    if (attempts >= settings.callsMax) throw this.#failed(undertaking, failure)
    return undefined
  }

  async #reconciled<Input extends CallInput, Result>(
    undertaking: Undertaking<Input, Result>,
  ): Promise<Reconciled<Result> & { readonly cause?: unknown }> {
    const { reconcile, input, deadline } = undertaking
    const ask: Ask = async (operation, asked) => (await this.undertake(operation, asked, { deadline })).value
    try {
      return (await reconcile?.(ask, input)) ?? { applied: 'unknown' }
    } catch (cause) {
      return { applied: 'unknown', cause }
    }
  }

  /** A provider that asks for patience gets it from all calls, not only from the one that it told. */
  #holdUp({ code, waitMs, window, status }: Failure): void {
    const { pace, settings } = this.#parts
    if (waitMs === undefined || waitMs === 0 || status === undefined) return
    // Some refuse with a 200 that says so inside.
    if (status < 400 && code !== 'rate_limited') return
    pace.pause(Math.min(waitMs, settings.pauseMsMax), code === 'rate_limited' ? window : undefined)
  }

  /** Its turn did not come, and will not come in time. */
  #over<Input extends CallInput, Result>(undertaking: Undertaking<Input, Result>): IntegrationError {
    const { operation, deadline, attempts, applied, failure } = undertaking
    const before = failure && this.#failed(undertaking, failure)
    const known = { attempts, applied, status: failure?.status }
    if (deadline.over() === 'aborted') {
      const cause: unknown = before ?? deadline.signal?.reason
      return this.error('aborted', operation.name, { ...known, why: 'its signal was aborted', cause })
    }
    const pausedMs = this.#parts.pace.pausedMs(operation.name)
    if (pausedMs > deadline.leftMs()) {
      const why = 'the provider asked to be left alone for longer than there is time'
      return this.error('rate_limited', operation.name, { ...known, why, retryAfterMs: pausedMs, cause: before })
    }
    const why = before ? `the last call failed with ${before.code}` : 'its turn did not come'
    return this.error('deadline_passed', operation.name, { ...known, why, waitedMs: deadline.totalMs, cause: before })
  }

  #failed<Input extends CallInput, Result>(
    { operation, attempts, applied, veil, withinMs }: Undertaking<Input, Result>,
    { code, why, retriable, status, waitMs, cause }: Failure,
  ): IntegrationError {
    return this.error(code, operation.name, {
      ...{ why: veil(why), applied, retriable, attempts, status, cause, retryAfterMs: waitMs, waitedMs: withinMs },
    })
  }
}

/** What two attempts come to together. */
function worse(one: Applied, other: Applied): Applied {
  if (one === 'yes' || other === 'yes') return 'yes'
  return one === 'unknown' || other === 'unknown' ? 'unknown' : 'no'
}
