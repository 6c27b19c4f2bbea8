import { createHmac } from 'node:crypto'
import { callOf, headerOf, type SimulatorContext, type WebhooksDefinition } from '../../src/simulator/index.ts'
import { hasLapsed } from './access.ts'
import { actionTypes } from './action-types.ts'
import { idIn } from './card-reads.ts'
import { actionModel, webhookModel } from './models.ts'
import type { Action, Token, TrelloState, Webhook } from './state.ts'
import { isGone, mayWatch, watchedModel } from './watched.ts'
import { userAgent } from './webhooks.ts'

type Context = SimulatorContext<TrelloState>

const dayMs = 86_400_000
/** Both must be passed before Trello gives an address up. */
const failuresMax = 1_000
const failingMsMax = 30 * dayMs

/**
 * How Trello delivers.
 *
 * @source developer.atlassian.com/cloud/trello/guides/rest-api/webhooks, page of 2026-01-26
 */
export const webhooks: WebhooksDefinition<TrelloState> = {
  topics: actionTypes,
  retryDelaysMs: [30_000, 60_000, 120_000],
  timeoutMs: 30_000,
  subscriptions: (ctx, { payload }) => {
    const { state } = ctx
    if (state.webhooks.size === 0) return []
    const action = payload as Action
    const found: { readonly id: string; readonly url: string }[] = []
    for (const webhook of state.webhooks.values()) {
      if (!webhook.active || !concerns(action, webhook.idModel, state) || !mayHear(ctx, webhook)) continue
      found.push({ id: webhook.id, url: webhook.callbackURL })
    }
    return found
  },
  isActive: (ctx, { id }) => {
    const webhook = ctx.state.webhooks.get(id)
    return webhook?.active === true && mayHear(ctx, webhook)
  },
  request: ({ state }, { id, url: callbackURL }, event) => {
    const webhook = state.webhooks.get(id)
    const body = JSON.stringify({
      action: actionModel(state, event.payload as Action),
      model: webhook ? watchedModel({ state }, webhook.idModel) : {},
      ...(webhook && { webhook: webhookModel(webhook) }),
    })
    const token = webhook && state.tokens.get(webhook.token)
    const secret = (token && state.apps.get(token.key)?.secret) ?? ''
    const client = event.cause && headerOf(event.cause, 'x-trello-client-identifier')
    return callOf(callbackURL, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': userAgent,
        'x-trello-webhook': createHmac('sha1', secret)
          .update(body + callbackURL)
          .digest('base64'),
        ...(client !== undefined && { 'x-trello-client-identifier': client }),
      },
      body,
    })
  },
  accepts: (outcome) => outcome.kind === 'replied' && outcome.reply.status === 200,
  settled: ({ state }, { id }, { outcome, at }) => {
    const webhook = state.webhooks.get(id)
    if (!webhook) return
    const status = outcome !== 'timed-out' && outcome.kind === 'replied' ? outcome.reply.status : undefined
    if (status === 410) state.webhooks.delete(id)
    else state.webhooks.set(id, status === 200 ? healed(webhook) : failed(webhook, at))
  },
}

function healed(webhook: Webhook): Webhook {
  return { ...webhook, consecutiveFailures: 0, firstConsecutiveFailDate: null }
}

function failed(webhook: Webhook, at: number): Webhook {
  const since = webhook.firstConsecutiveFailDate ?? new Date(at).toISOString()
  const consecutiveFailures = webhook.consecutiveFailures + 1
  const isGivenUp = consecutiveFailures > failuresMax && at - Date.parse(since) >= failingMsMax
  return { ...webhook, consecutiveFailures, firstConsecutiveFailDate: since, active: webhook.active && !isGivenUp }
}

/**
 * Whoever has lost sight of the model hears no more of it, but its deletion is still told. A webhook goes with its
 * token, also when that lapses.
 */
function mayHear(ctx: Context, { id, token, idModel }: Webhook): boolean {
  const { state, clock } = ctx
  const granted: Token | undefined = state.tokens.get(token)
  if (!granted || hasLapsed(granted, clock.now())) {
    state.webhooks.delete(id)
    return false
  }
  const seer = { state, principal: granted }
  return mayWatch(seer, idModel) || isGone(seer, idModel)
}

/** Whether what happened is news of a model. */
function concerns({ data, idMember, idMemberCreator }: Action, idModel: string, state: TrelloState): boolean {
  const about = ['board', 'boardSource', 'list', 'listBefore', 'listAfter', 'card']
  if (about.some((member) => idIn(data, member) === idModel)) return true
  if (idMember === idModel || idMemberCreator === idModel) return true
  return state.boards.get(idIn(data, 'board') ?? '')?.idOrganization === idModel
}
