import type { Call, Outcome } from '../http/exchange.ts'
import type { SimulatorContext } from './context.ts'

/** Topic of what a provider sends outside of any event, such as the check of a new callback address. */
export const handshakeTopic = 'handshake'

/** Something that happened at a provider, on its way to those who asked to hear of it. */
export interface WebhookEvent {
  readonly topic: string
  readonly payload: unknown
  /** Milliseconds since 1970. */
  readonly at: number
  /** The call that caused it, if any. */
  readonly cause?: Call
}

/** One address that wants an event. */
export interface Subscription {
  readonly id: string
  /** Absolute URL. */
  readonly url: string
}

/** How a try to deliver ended. */
export interface DeliveryResult {
  /** 1 for the first try. */
  readonly attempt: number
  /** True when no further try follows. */
  readonly final: boolean
  readonly outcome: Outcome | 'timed-out'
  /** Milliseconds since 1970 at which the outcome was known. */
  readonly at: number
}

/** How a provider delivers: who hears of what, in which form, how often it tries again. */
export interface WebhooksDefinition<State> {
  /**
   * Every topic that the provider tells of, so that a fault plan which names another one is refused.
   *
   * @defaultValue not known: any topic may be named
   */
  readonly topics?: readonly string[]
  /** Waits before each further try, in milliseconds; its length is the number of further tries. */
  readonly retryDelaysMs: readonly number[]
  /** How long the provider waits for an answer. */
  readonly timeoutMs: number
  /** Active subscriptions that want the event, in the provider's order. Asked when the event happens. */
  subscriptions(ctx: SimulatorContext<State>, event: WebhookEvent): readonly Subscription[]
  /** Whether the subscription still stands; asked before each try. */
  isActive(ctx: SimulatorContext<State>, subscription: Subscription): boolean
  /** The request that carries the event, signed as the provider signs. */
  request(ctx: SimulatorContext<State>, subscription: Subscription, event: WebhookEvent, attempt: number): Call
  /** Whether the receiver took it. */
  accepts(outcome: Outcome): boolean
  /** Notes a try in the provider's state: counts failures, disables, deletes. */
  settled?(ctx: SimulatorContext<State>, subscription: Subscription, result: DeliveryResult): void
}
