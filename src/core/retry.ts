import type { Applied } from './errors.ts'
import type { OperationEffect } from './operation.ts'
import type { SettledSettings } from './settings.ts'
import type { Failure } from './verdict.ts'

/** What is done about a failure. */
export type Step =
  | { readonly kind: 'give-up' }
  /** Calls again after `waitMs`. */
  | { readonly kind: 'repeat'; readonly waitMs: number }
  /** Asks after `waitMs` whether the effect is there, and calls again only if it is not. */
  | { readonly kind: 'reconcile'; readonly waitMs: number }

/** What a decision rests on beside the failure itself. */
export interface Situation {
  readonly effect: OperationEffect
  /** Whether this attempt, or one before it, may have taken effect. */
  readonly applied: Applied
  readonly canReconcile: boolean
  /** Calls made so far. */
  readonly attempts: number
  /** Milliseconds left of the total deadline. */
  readonly leftMs: number
  readonly settings: SettledSettings
}

const giveUp: Step = { kind: 'give-up' }

/**
 * Decides what follows a failure. A call is repeated only where that is safe: it only reads, it comes to the same
 * however often it happens, it certainly did not happen, or the provider has just been asked and says so.
 */
export function nextStep(failure: Failure, situation: Situation): Step {
  const { effect, applied, canReconcile, attempts, leftMs, settings } = situation
  if (!failure.retriable || failure.code === 'aborted') return giveUp
  const mayRepeat = effect === 'none' || applied === 'no' || (effect === 'idempotent' && !canReconcile)
  // After the last call, asking still tells the caller what became of it.
  if (mayRepeat && attempts >= settings.callsMax) return giveUp
  if (!mayRepeat && !canReconcile) return giveUp
  const waitMs = waitMsAfter(failure, attempts, settings)
  if (waitMs > settings.waitMsMax || waitMs >= leftMs) return giveUp
  return { kind: mayRepeat ? 'repeat' : 'reconcile', waitMs }
}

/** As long as the provider asks for; else full jitter: anything from nothing to a bound that doubles with each call. */
function waitMsAfter({ waitMs }: Failure, attempts: number, { waitMsFirst, waitMsMax }: SettledSettings): number {
  const jitterMs = Math.random() * Math.min(waitMsMax, waitMsFirst * 2 ** (attempts - 1))
  if (waitMs === undefined) return Math.round(jitterMs)
  // Nobody may come early, and not everybody at once.
  return Math.min(waitMs + Math.round(jitterMs), Math.max(waitMs, waitMsMax))
}
