import * as z from 'zod'
import { jsonReply, type OperationDefinition, type Reply } from '../../src/simulator/index.ts'
import type { Asker, TrelloOperation } from './access.ts'
import * as input from './input.ts'
import { type Model, tokenModel, webhookModel } from './models.ts'
import type { Token } from './state.ts'
import { createWebhook, NewWebhookInput } from './webhooks.ts'

/** Names of the operations on tokens. */
export type TokenOperation = 'tokens.get' | 'tokens.delete' | 'tokens.webhooks' | 'tokens.createWebhook'

const TokenQuery = z.object({ fields: input.fields.optional(), webhooks: input.flag.default(false) })

/** Operations on tokens, and on the webhooks that belong to them. */
export function tokenOperations(operation: TrelloOperation): Readonly<Record<TokenOperation, OperationDefinition>> {
  return {
    'tokens.get': operation('GET /1/tokens/:token', { query: TokenQuery }, (ctx) =>
      withToken(ctx, (token) => {
        const model = tokenModel(token, ctx.state.apps.get(token.key)?.name ?? '')
        const { fields, webhooks } = ctx.query
        return jsonReply(200, { ...input.picked(model, fields), ...(webhooks && { webhooks: webhooksOf(ctx, token) }) })
      }),
    ),
    'tokens.delete': operation('DELETE /1/tokens/:token', { effect: 'delete' }, (ctx) =>
      withToken(ctx, ({ token, idMember }) => {
        ctx.state.tokens.delete(token)
        for (const webhook of ctx.state.webhooks.values()) {
          if (webhook.token === token) ctx.state.webhooks.delete(webhook.id)
        }
        ctx.effect({ what: 'token revoked', key: ctx.state.members.get(idMember)?.username ?? '' })
        return jsonReply(200, { _value: null })
      }),
    ),
    'tokens.webhooks': operation('GET /1/tokens/:token/webhooks', {}, (ctx) =>
      withToken(ctx, (token) => jsonReply(200, webhooksOf(ctx, token))),
    ),
    'tokens.createWebhook': operation(
      'POST /1/tokens/:token/webhooks',
      { input: NewWebhookInput, effect: 'create' },
      (ctx) => withToken(ctx, () => createWebhook(ctx, ctx.input)),
    ),
  }
}

/** A token is a matter of its own only: no token may look at another one. */
function withToken<Answer extends Reply | Promise<Reply>>(
  ctx: Asker & { readonly params: { readonly token: string } },
  answer: (token: Token) => Answer,
): Answer | Reply {
  const token = ctx.state.tokens.get(ctx.params.token)
  if (!token) return ctx.fail('token_invalid')
  return token.token === ctx.principal.token ? answer(token) : ctx.fail('token_of_another')
}

function webhooksOf({ state }: Asker, { token }: Token): readonly Model[] {
  return [...state.webhooks.values()].filter((webhook) => webhook.token === token).map(webhookModel)
}
