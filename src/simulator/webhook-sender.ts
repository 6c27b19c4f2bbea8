import type { Outcome } from '../http/exchange.ts'
import type { SimulatorContext } from './context.ts'
import type { SimulatorHost } from './definition.ts'
import type { Subscription, WebhookEvent, WebhooksDefinition } from './webhooks.ts'

/** Carries events to those who asked for them, with the provider's tries and waits. */
export interface WebhookSender {
  publish(event: WebhookEvent): void
}

/** Makes the sender of one instance. */
export function createWebhookSender<State>(
  webhooks: WebhooksDefinition<State>,
  ctx: SimulatorContext<State>,
  host: SimulatorHost,
): WebhookSender {
  const deliver = (subscription: Subscription, event: WebhookEvent, attempt: number): void => {
    if (!webhooks.isActive(ctx, subscription)) return
    const call = webhooks.request(ctx, subscription, event, attempt)
    const settle = (outcome: Outcome | 'timed-out'): void => {
      const accepted = outcome !== 'timed-out' && webhooks.accepts(outcome)
      const waitMs = accepted ? undefined : webhooks.retryDelaysMs[attempt - 1]
      webhooks.settled?.(ctx, subscription, { attempt, final: waitMs === undefined, outcome, at: host.clock.now() })
      if (waitMs !== undefined) host.schedule(waitMs, () => deliver(subscription, event, attempt + 1))
    }
    const { timeoutMs } = webhooks
    answerWithin(timeoutMs, host, host.send(call, { topic: event.topic, attempt, timeoutMs })).then(settle)
  }
  return {
    publish: (event) => {
      for (const subscription of webhooks.subscriptions(ctx, event)) {
        host.schedule(0, () => deliver(subscription, event, 1))
      }
    },
  }
}

/** The outcome, or `timed-out` when it takes longer than the provider waits. */
function answerWithin(
  timeoutMs: number,
  host: SimulatorHost,
  answer: Promise<Outcome>,
): Promise<Outcome | 'timed-out'> {
  return new Promise((resolve) => {
    const patience = host.schedule(timeoutMs, () => resolve('timed-out'))
    answer.then((outcome) => {
      patience.cancel()
      resolve(outcome)
    })
  })
}
