import * as z from 'zod'
import {
  type Call,
  callOf,
  jsonReply,
  type OperationDefinition,
  type Outcome,
  type Reply,
} from '../../src/simulator/index.ts'
import type { Asker, TrelloOperation } from './access.ts'
import type { Historian } from './history.ts'
import * as input from './input.ts'
import { webhookModel } from './models.ts'
import type { Webhook } from './state.ts'
import { mayWatch } from './watched.ts'

/** Names of the operations on webhooks. */
export type WebhookOperation = 'webhooks.create' | 'webhooks.get' | 'webhooks.update' | 'webhooks.delete'

const url = z.url({ protocol: /^https?$/ })

/** What a new webhook needs. */
export const NewWebhookInput: z.ZodType<NewWebhook> = z.object({
  callbackURL: url,
  idModel: input.objectId,
  description: input.looseText.default(''),
  active: input.flag.default(true),
})

/** The same, parsed. */
export type NewWebhook = Pick<Webhook, 'callbackURL' | 'idModel' | 'description' | 'active'>

const UpdateInput = z.object({
  callbackURL: url.optional(),
  idModel: input.objectId.optional(),
  description: input.looseText.optional(),
  active: input.flag.optional(),
})

/** What the making and changing of webhooks need of a call. */
export interface WebhookContext extends Asker, Pick<Historian, 'effect'> {
  send(call: Call): Promise<Outcome>
}

/** Operations on webhooks. */
export function webhookOperations(operation: TrelloOperation): Readonly<Record<WebhookOperation, OperationDefinition>> {
  const params = { idWebhook: input.objectId }
  return {
    'webhooks.create': operation('POST /1/webhooks', { input: NewWebhookInput, effect: 'create' }, (ctx) =>
      createWebhook(ctx, ctx.input),
    ),
    'webhooks.get': operation('GET /1/webhooks/:idWebhook', { params }, (ctx) =>
      withWebhook(ctx, (webhook) => jsonReply(200, webhookModel(webhook))),
    ),
    'webhooks.update': operation(
      'PUT /1/webhooks/:idWebhook',
      { params, input: UpdateInput, effect: 'update' },
      (ctx) => withWebhook(ctx, (webhook) => updateWebhook(ctx, webhook, ctx.input)),
    ),
    'webhooks.delete': operation('DELETE /1/webhooks/:idWebhook', { params, effect: 'delete' }, (ctx) =>
      withWebhook(ctx, (webhook) => {
        ctx.state.webhooks.delete(webhook.id)
        ctx.effect({ what: 'webhook deleted', key: webhook.callbackURL })
        return jsonReply(200, { _value: null })
      }),
    ),
  }
}

/** A webhook belongs to the token that made it; others do not see it. */
function withWebhook<Answer extends Reply | Promise<Reply>>(
  ctx: Asker & { readonly params: { readonly idWebhook: string } },
  answer: (webhook: Webhook) => Answer,
): Answer | Reply {
  const webhook = ctx.state.webhooks.get(ctx.params.idWebhook)
  if (!webhook || webhook.token !== ctx.principal.token) return ctx.fail('resource_not_found')
  return answer(webhook)
}

/** Makes a webhook for the caller's token, once its address has answered. */
export async function createWebhook(ctx: WebhookContext, given: NewWebhook): Promise<Reply> {
  const { state, principal, ids } = ctx
  const { callbackURL, idModel, description, active } = given
  const { token = '' } = principal
  const webhook: Webhook = {
    id: ids.next(),
    description,
    idModel,
    callbackURL,
    active,
    consecutiveFailures: 0,
    firstConsecutiveFailDate: null,
    token,
  }
  if (!mayWatch(ctx, idModel)) return ctx.fail('value_invalid', 'idModel')
  if (hasTwin(ctx, webhook)) return ctx.fail('webhook_exists')
  const refusal = await handshake(ctx, callbackURL)
  if (refusal) return refusal
  // Another call may have made the same one while this one waited for the address.
  if (hasTwin(ctx, webhook)) return ctx.fail('webhook_exists')
  state.webhooks.set(webhook.id, webhook)
  ctx.effect({ what: 'webhook created', key: callbackURL })
  return jsonReply(200, webhookModel(webhook))
}

function hasTwin({ state }: Asker, { id, callbackURL, idModel, token }: Webhook): boolean {
  for (const other of state.webhooks.values()) {
    if (other.id === id) continue
    if (other.callbackURL === callbackURL && other.idModel === idModel && other.token === token) return true
  }
  return false
}

async function updateWebhook(
  ctx: WebhookContext,
  before: Webhook,
  given: z.output<typeof UpdateInput>,
): Promise<Reply> {
  const { webhooks } = ctx.state
  const wanted = changed(before, given)
  if (!mayWatch(ctx, wanted.idModel)) return ctx.fail('value_invalid', 'idModel')
  if (hasTwin(ctx, wanted)) return ctx.fail('webhook_exists')
  if ((wanted.active && !before.active) || wanted.callbackURL !== before.callbackURL) {
    const refusal = await handshake(ctx, wanted.callbackURL)
    if (refusal) return refusal
  }
  // Deliveries may have counted, or a receiver may have given it up, while this call waited for the address.
  const current = webhooks.get(before.id)
  if (!current) return ctx.fail('resource_not_found')
  const after = changed(current, given)
  if (JSON.stringify(after) === JSON.stringify(current)) return jsonReply(200, webhookModel(current))
  webhooks.set(after.id, after)
  ctx.effect({ what: 'webhook changed', key: after.callbackURL })
  return jsonReply(200, webhookModel(after))
}

/** Whoever activates a webhook again starts its count of failures anew. */
function changed(webhook: Webhook, given: z.output<typeof UpdateInput>): Webhook {
  const active = given.active ?? webhook.active
  return {
    ...webhook,
    callbackURL: given.callbackURL ?? webhook.callbackURL,
    idModel: given.idModel ?? webhook.idModel,
    description: given.description ?? webhook.description,
    active,
    ...(active && !webhook.active && { consecutiveFailures: 0, firstConsecutiveFailDate: null }),
  }
}

/** Trello asks the address whether it is there, while the caller waits. */
async function handshake(ctx: WebhookContext, callbackURL: string): Promise<Reply | undefined> {
  const outcome = await ctx.send(callOf(callbackURL, { method: 'HEAD', headers: { 'user-agent': userAgent } }))
  if (outcome.kind === 'replied' && outcome.reply.status === 200) return undefined
  const got = outcome.kind === 'replied' ? outcome.reply.status : connectionErrors[outcome.kind]
  const message = `URL (${callbackURL}) did not return 200 status code, got ${got ?? 'undefined'}`
  return jsonReply(400, { message, error: 'ERROR' })
}

/** How Trello names itself to the addresses it calls. */
export const userAgent = 'Trello'

const connectionErrors: Readonly<Partial<Record<Outcome['kind'], string>>> = {
  refused: 'ECONNREFUSED',
  unresolved: 'ENOTFOUND',
  reset: 'ECONNRESET',
}
