import type { Call, Headers, Reply } from '../http/exchange.ts'
import type { Clock } from './context.ts'

/**
 * How a limit counts. A fixed window starts with the first call after the last one ended. A bucket starts full and
 * fills evenly, `max` in one interval; unlike the windows it does not count what it refuses.
 */
export type LimitAlgorithm = 'fixed-window' | 'sliding-window' | 'token-bucket'

/** What a limit rule knows of the call it judges. */
export interface LimitContext<Principal = unknown> {
  readonly call: Call
  readonly operation: string
  readonly params: Readonly<Record<string, string>>
  readonly principal: Principal
  readonly clock: Clock
}

/** One limit of a provider: a count per scope, and what is said when it is passed. */
export interface LimitRule<Principal = unknown> {
  readonly name: string
  readonly algorithm: LimitAlgorithm
  /** Calls (or cost) in one interval. */
  readonly max: number
  readonly intervalMs: number
  /**
   * `calls`: every call counts, refused or not (but see the bucket). `refusals`: counts the calls that any rule refused; once more than
   * `max` of them fall into one interval, every call of that scope is refused until it ends.
   *
   * @defaultValue `'calls'`
   */
  readonly counts?: 'calls' | 'refusals'
  /** Whose count this call goes to; `undefined` when the rule does not concern it. */
  scope(ctx: LimitContext<Principal>): string | undefined
  /** The provider's answer to a call over the limit. */
  refuse(verdict: LimitVerdict, ctx: LimitContext<Principal>): Reply
  /** Header fields that tell of this limit on every reply it concerns. */
  headers?(verdict: LimitVerdict): Headers
}

/** What a rule says of one call. */
export interface LimitVerdict {
  readonly rule: string
  readonly allowed: boolean
  readonly max: number
  /** What is left of the interval's count after this call; never below 0. */
  readonly remaining: number
  /** When a window ends, the oldest call leaves a sliding one, or a bucket is full: milliseconds since 1970. */
  readonly resetAtMs: number
  readonly intervalMs: number
}

/** Which limits a simulator keeps: the provider's, none, or the provider's with other numbers, by rule name. */
export type LimitsOption =
  | 'documented'
  | 'off'
  | Readonly<Record<string, { readonly max?: number; readonly intervalMs?: number }>>
