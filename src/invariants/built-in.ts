import { concurrencyIsBounded } from './concurrency-is-bounded.ts'
import { effectsHappenOnce } from './effects-happen-once.ts'
import { failureIsReported } from './failure-is-reported.ts'
import { intentsSettle } from './intents-settle.ts'
import type { Invariant } from './invariant.ts'
import { noEscapedCall } from './no-escaped-call.ts'
import { noSecretLeaks } from './no-secret-leaks.ts'
import { noUnhandledRejection } from './no-unhandled-rejection.ts'
import { retriesAreBounded } from './retries-are-bounded.ts'
import { retryAfterIsObeyed } from './retry-after-is-obeyed.ts'
import { successMeansEffects } from './success-means-effects.ts'

/** The invariants that hold in every scenario unless it switches one off. */
export const builtInInvariants: {
  readonly [Name in BuiltInName]: Invariant
} = {
  'effects-happen-once': effectsHappenOnce,
  'success-means-effects': successMeansEffects,
  'failure-is-reported': failureIsReported,
  'retry-after-is-obeyed': retryAfterIsObeyed,
  'retries-are-bounded': retriesAreBounded,
  'concurrency-is-bounded': concurrencyIsBounded,
  'intents-settle': intentsSettle,
  'no-unhandled-rejection': noUnhandledRejection,
  'no-escaped-call': noEscapedCall,
  'no-secret-leaks': noSecretLeaks,
}

/** Names of the built-in invariants. */
export type BuiltInName =
  | 'effects-happen-once'
  | 'success-means-effects'
  | 'failure-is-reported'
  | 'retry-after-is-obeyed'
  | 'retries-are-bounded'
  | 'concurrency-is-bounded'
  | 'intents-settle'
  | 'no-unhandled-rejection'
  | 'no-escaped-call'
  | 'no-secret-leaks'

/** Switches one off, with the reason why. */
export interface Off {
  readonly off: string
}

/** What a scenario says of the built-in invariants. Those that it does not name hold as they are. */
export interface InvariantTuning {
  /**
   * `compensations`: effects by which the subject takes back what it did, such as `card deleted`. To
   * `success-means-effects`, what was taken back did not happen.
   *
   * @defaultValue none
   */
  readonly 'effects-happen-once'?: Off | { readonly compensations?: readonly string[] }
  /** Has nothing to tune. @defaultValue on */
  readonly 'success-means-effects'?: Off
  /** Has nothing to tune. @defaultValue on */
  readonly 'failure-is-reported'?: Off
  /** Has nothing to tune. @defaultValue on */
  readonly 'retry-after-is-obeyed'?: Off
  /** `retriesMax`: calls of one operation in one intent beyond those of the faultless run. @defaultValue 8 */
  readonly 'retries-are-bounded'?: Off | { readonly retriesMax?: number }
  /** `callsMax`: calls in flight to one origin. @defaultValue 20 */
  readonly 'concurrency-is-bounded'?: Off | { readonly callsMax?: number }
  /** `virtualMsMax`: virtual milliseconds from an intent's start to its end. @defaultValue 240_000 */
  readonly 'intents-settle'?: Off | { readonly virtualMsMax?: number }
  /** Has nothing to tune. @defaultValue on */
  readonly 'no-unhandled-rejection'?: Off
  /** Has nothing to tune. @defaultValue on */
  readonly 'no-escaped-call'?: Off
  /** Has nothing to tune. @defaultValue on */
  readonly 'no-secret-leaks'?: Off
}
