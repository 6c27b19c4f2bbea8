import { createHmac } from 'node:crypto'
import * as z from 'zod'
import {
  type Call,
  callOf,
  headerOf,
  jsonReply,
  type OperationDefinition,
  type Outcome,
  type Reply,
  type SimulatorContext,
  type WebhookEvent,
  type WebhooksDefinition,
} from '../../src/simulator/index.ts'
import { type Principal, type Seer, sees, type TrelloOperation } from './access.ts'
import { idIn } from './card-reads.ts'
import * as input from './input.ts'
import {
  actionModel,
  boardModel,
  cardModel,
  listModel,
  type Model,
  memberModel,
  tokenModel,
  webhookModel,
} from './models.ts'
import type { Action, Token, TrelloState, Webhook } from './state.ts'

/** Names of the operations on webhooks and tokens. */
export type WebhookOperation =
  | 'webhooks.create'
  | 'webhooks.get'
  | 'webhooks.update'
  | 'webhooks.delete'
  | 'tokens.get'
  | 'tokens.delete'
  | 'tokens.webhooks'
  | 'tokens.createWebhook'

const url = z.url({ protocol: /^https?$/ })
const CreateInput = z.object({
  callbackURL: url,
  idModel: input.objectId,
  description: input.looseText.default(''),
  active: input.flag.default(true),
})
const UpdateInput = z.object({
  callbackURL: url.optional(),
  idModel: input.objectId.optional(),
  description: input.looseText.optional(),
  active: input.flag.optional(),
})
const TokenQuery = z.object({ fields: input.fields.optional(), webhooks: input.flag.default(false) })

interface WebhookContext extends Seer {
  fail(error: 'webhook_exists' | 'value_invalid' | 'unauthorized' | 'resource_not_found', detail?: string): Reply
  effect(note: { readonly what: string; readonly key: string }): void
  send(call: Call): Promise<Outcome>
}

/** Operations on webhooks, and on the tokens that they belong to. */
export function webhookOperations(operation: TrelloOperation): Readonly<Record<WebhookOperation, OperationDefinition>> {
  const params = { idWebhook: input.objectId }
  return {
    'webhooks.create': operation('POST /1/webhooks', { input: CreateInput, effect: 'create' }, (ctx) =>
      createWebhook(ctx, ctx.input),
    ),
    'webhooks.get': operation('GET /1/webhooks/:idWebhook', { params }, (ctx) => {
      const webhook = ownWebhook(ctx, ctx.params.idWebhook)
      return webhook ? jsonReply(200, webhookModel(webhook)) : ctx.fail('resource_not_found')
    }),
    'webhooks.update': operation(
      'PUT /1/webhooks/:idWebhook',
      { params, input: UpdateInput, effect: 'update' },
      (ctx) => {
        const webhook = ownWebhook(ctx, ctx.params.idWebhook)
        return webhook ? updateWebhook(ctx, webhook, ctx.input) : ctx.fail('resource_not_found')
      },
    ),
    'webhooks.delete': operation('DELETE /1/webhooks/:idWebhook', { params, effect: 'delete' }, (ctx) => {
      const webhook = ownWebhook(ctx, ctx.params.idWebhook)
      if (!webhook) return ctx.fail('resource_not_found')
      ctx.state.webhooks.delete(webhook.id)
      ctx.effect({ what: 'webhook deleted', key: webhook.callbackURL })
      return jsonReply(200, { _value: null })
    }),
    'tokens.get': operation('GET /1/tokens/:token', { query: TokenQuery }, (ctx) => {
      const token = ctx.state.tokens.get(ctx.params.token)
      if (!token) return ctx.fail('token_invalid')
      if (token.token !== ctx.principal.token) return ctx.fail('token_of_another')
      const model = tokenModel(token, ctx.state.apps.get(token.key)?.name ?? '')
      return jsonReply(200, {
        ...input.picked(model, ctx.query.fields),
        ...(ctx.query.webhooks && { webhooks: webhooksOf(ctx, token) }),
      })
    }),
    'tokens.delete': operation('DELETE /1/tokens/:token', { effect: 'delete' }, (ctx) => {
      const token = ctx.state.tokens.get(ctx.params.token)
      if (!token) return ctx.fail('token_invalid')
      if (token.token !== ctx.principal.token) return ctx.fail('token_of_another')
      ctx.state.tokens.delete(token.token)
      for (const webhook of ctx.state.webhooks.values()) {
        if (webhook.token === token.token) ctx.state.webhooks.delete(webhook.id)
      }
      ctx.effect({ what: 'token revoked', key: ctx.state.members.get(token.idMember)?.username ?? '' })
      return jsonReply(200, { _value: null })
    }),
    'tokens.webhooks': operation('GET /1/tokens/:token/webhooks', {}, (ctx) => {
      const token = ctx.state.tokens.get(ctx.params.token)
      if (!token) return ctx.fail('token_invalid')
      return token.token === ctx.principal.token ? jsonReply(200, webhooksOf(ctx, token)) : ctx.fail('token_of_another')
    }),
    'tokens.createWebhook': operation(
      'POST /1/tokens/:token/webhooks',
      { input: CreateInput, effect: 'create' },
      (ctx) => {
        if (ctx.params.token !== ctx.principal.token) return ctx.fail('token_of_another')
        return createWebhook(ctx, ctx.input)
      },
    ),
  }
}

function webhooksOf({ state }: Seer, { token }: Token): readonly Model[] {
  return [...state.webhooks.values()].filter((webhook) => webhook.token === token).map(webhookModel)
}

/** A webhook belongs to the token that made it; others do not see it. */
function ownWebhook({ state, principal }: Seer, id: string): Webhook | undefined {
  const webhook = state.webhooks.get(id)
  return webhook && webhook.token === principal.token ? webhook : undefined
}

async function createWebhook(ctx: WebhookContext, given: z.output<typeof CreateInput>): Promise<Reply> {
  const { state, principal, ids } = ctx
  const { callbackURL, idModel } = given
  if (!modelOf(state, principal, idModel)) return ctx.fail('value_invalid', 'idModel')
  const { token = '' } = principal
  const isTwin = (other: Webhook): boolean =>
    other.callbackURL === callbackURL && other.idModel === idModel && other.token === token
  if ([...state.webhooks.values()].some(isTwin)) return ctx.fail('webhook_exists')
  const refusal = await handshake(ctx, callbackURL)
  if (refusal) return refusal
  const webhook: Webhook = {
    id: ids.next(),
    ...given,
    consecutiveFailures: 0,
    firstConsecutiveFailDate: null,
    token,
  }
  state.webhooks.set(webhook.id, webhook)
  ctx.effect({ what: 'webhook created', key: callbackURL })
  return jsonReply(200, webhookModel(webhook))
}

async function updateWebhook(
  ctx: WebhookContext,
  webhook: Webhook,
  given: z.output<typeof UpdateInput>,
): Promise<Reply> {
  const { state, principal } = ctx
  const wanted: Webhook = {
    ...webhook,
    callbackURL: given.callbackURL ?? webhook.callbackURL,
    idModel: given.idModel ?? webhook.idModel,
    description: given.description ?? webhook.description,
    active: given.active ?? webhook.active,
  }
  if (!modelOf(state, principal, wanted.idModel)) return ctx.fail('value_invalid', 'idModel')
  const revives = wanted.active && !webhook.active
  if (revives || wanted.callbackURL !== webhook.callbackURL) {
    const refusal = await handshake(ctx, wanted.callbackURL)
    if (refusal) return refusal
  }
  const after = revives ? { ...wanted, consecutiveFailures: 0, firstConsecutiveFailDate: null } : wanted
  if (JSON.stringify(after) === JSON.stringify(webhook)) return jsonReply(200, webhookModel(webhook))
  state.webhooks.set(after.id, after)
  ctx.effect({ what: 'webhook changed', key: after.callbackURL })
  return jsonReply(200, webhookModel(after))
}

/** Trello asks the address whether it is there, while the caller waits. */
async function handshake(ctx: WebhookContext, callbackURL: string): Promise<Reply | undefined> {
  const outcome = await ctx.send(callOf(callbackURL, { method: 'HEAD', headers: { 'user-agent': userAgent } }))
  if (outcome.kind === 'replied' && outcome.reply.status === 200) return undefined
  const got = outcome.kind === 'replied' ? outcome.reply.status : connectionErrors[outcome.kind]
  const message = `URL (${callbackURL}) did not return 200 status code, got ${got ?? 'undefined'}`
  return jsonReply(400, { message, error: 'ERROR' })
}

const userAgent = 'Trello'
const connectionErrors: Readonly<Partial<Record<Outcome['kind'], string>>> = {
  refused: 'ECONNREFUSED',
  unresolved: 'ENOTFOUND',
  reset: 'ECONNRESET',
}

/** The model that a webhook watches, if the caller may see it. */
function modelOf(state: TrelloState, principal: Principal, id: string): Model | undefined {
  const board = state.boards.get(id)
  if (board) return sees(principal, board) ? boardModel(state, board) : undefined
  const card = state.cards.get(id)
  const list = state.lists.get(id)
  const home = state.boards.get(card?.idBoard ?? list?.idBoard ?? '')
  if (home && !sees(principal, home)) return undefined
  if (card) return cardModel(state, card)
  if (list) return listModel(list)
  const member = state.members.get(id)
  if (member) return memberModel(member)
  const organization = state.organizations.get(id)
  return organization && { ...organization }
}

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
  retryDelaysMs: [30_000, 60_000, 120_000],
  timeoutMs: 30_000,
  subscriptions: ({ state }, { payload }) => {
    const action = payload as Action
    return [...state.webhooks.values()]
      .filter((webhook) => webhook.active && concerns(action, webhook.idModel, state) && mayHear(state, webhook))
      .map(({ id, callbackURL }) => ({ id, url: callbackURL }))
  },
  isActive: ({ state }, { id }) => state.webhooks.get(id)?.active ?? false,
  request: (ctx, { id, url: callbackURL }, event) => {
    const { state } = ctx
    const webhook = state.webhooks.get(id)
    const body = JSON.stringify(bodyOf(ctx, webhook, event.payload as Action))
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
  return { ...webhook, consecutiveFailures, firstConsecutiveFailDate: since, active: !isGivenUp }
}

function mayHear(state: TrelloState, { token, idModel }: Webhook): boolean {
  const granted = state.tokens.get(token)
  if (!granted) return false
  return modelOf(state, { key: granted.key, token, idMember: granted.idMember }, idModel) !== undefined
}

/** Whether what happened is news of a model. */
function concerns({ data, idMember, idMemberCreator }: Action, idModel: string, state: TrelloState): boolean {
  const about = ['board', 'boardSource', 'list', 'listBefore', 'listAfter', 'card']
  if (about.some((member) => idIn(data, member) === idModel)) return true
  if (idMember === idModel || idMemberCreator === idModel) return true
  return state.boards.get(idIn(data, 'board') ?? '')?.idOrganization === idModel
}

function bodyOf(
  { state }: SimulatorContext<TrelloState>,
  webhook: Webhook | undefined,
  action: WebhookEvent['payload'] & Action,
): object {
  const granted = webhook && state.tokens.get(webhook.token)
  const principal = { key: granted?.key, token: webhook?.token, idMember: granted?.idMember }
  return {
    action: actionModel(state, action),
    model: (webhook && modelOf(state, principal, webhook.idModel)) ?? {},
    ...(webhook && { webhook: webhookModel(webhook) }),
  }
}
