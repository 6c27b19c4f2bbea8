import type { OperationDefinition, SimulatorFactory } from '../../src/simulator/index.ts'
import { defineSimulator } from '../../src/simulator/index.ts'
import { authenticate, type Principal, type TrelloOperation } from './access.ts'
import { type AttachmentOperation, attachmentOperations } from './attachments.ts'
import { type BoardOperation, boardOperations } from './boards.ts'
import { type CardPartOperation, cardPartOperations } from './card-parts.ts'
import { type CardOperation, cardOperations } from './cards.ts'
import { type ChecklistOperation, checklistOperations } from './checklists.ts'
import { webhooks } from './deliveries.ts'
import { errors, refusalReply, refuseAtEdge, type TrelloError, unknownRoute } from './errors.ts'
import { firstState } from './first-state.ts'
import { trelloId } from './ids.ts'
import { limitsOf } from './limits.ts'
import { type ListOperation, listOperations } from './lists.ts'
import { type MemberOperation, memberOperations } from './members.ts'
import type { TrelloOptions } from './options.ts'
import { type SearchOperation, searchOperations } from './search.ts'
import type { TrelloState } from './state.ts'
import { type TokenOperation, tokenOperations } from './tokens.ts'
import { type TrelloView, viewOf } from './view.ts'
import { type WebhookOperation, webhookOperations } from './webhooks.ts'

/** Names of Trello's operations, as faults, journal and coverage use them. */
export type TrelloOperationName =
  | AttachmentOperation
  | BoardOperation
  | CardOperation
  | CardPartOperation
  | ChecklistOperation
  | ListOperation
  | MemberOperation
  | SearchOperation
  | TokenOperation
  | WebhookOperation

/**
 * Trello's REST API, version 1: boards, lists, cards and what hangs on them, history, search, batch, tokens, webhooks.
 * Sources and divergences stand in the README beside this file.
 *
 * @source developer.atlassian.com/cloud/trello, pages of 2025-06-24 to 2026-01-26
 */
export const trello: SimulatorFactory<'trello', TrelloState, TrelloOperationName, TrelloView, TrelloOptions> =
  defineSimulator<'trello', TrelloState, TrelloError, TrelloOperationName, Principal, TrelloView, TrelloOptions>({
    name: 'trello',
    version: '1',
    origins: ['https://api.trello.com'],
    state: firstState,
    effectsNoted: true,
    ids: trelloId,
    edge: refuseAtEdge,
    checks: ['params', 'auth', 'limits', 'input'],
    auth: authenticate,
    errors,
    limits: limitsOf,
    invalid: ({ path }, ctx) => {
      const [where, field] = path
      if (where === 'params' && field === 'idWebhook') return ctx.fail('value_invalid', field)
      if (where === 'params') return ctx.fail(field === 'id' ? 'id_invalid' : 'object_id_invalid')
      return ctx.fail('value_invalid', String(field ?? 'body'))
    },
    unknownRoute,
    headers: ({ random }) => ({
      server: 'AtlassianEdge',
      'atl-traceid': traceId(random),
      'cache-control': 'max-age=0, must-revalidate, no-cache, no-store',
      'x-trello-environment': 'Production',
    }),
    faults: [
      ...([
        'rate-limited',
        'bad-request',
        'unauthorized',
        'forbidden',
        'not-found',
        'conflict',
        'server-error',
      ] as const),
      ...(['latency', 'hang', 'connection-refused', 'connection-timeout', 'dns-failure'] as const),
      ...(['certificate-expired', 'connection-reset'] as const),
      ...([
        'reply-lost',
        'truncated-body',
        'garbled-reply',
        'malformed-body',
        'wrong-content-type',
        'slow-body',
      ] as const),
      ...(['schema-drift', 'call-duplicated'] as const),
      ...(['duplicated', 'delayed', 'reordered', 'lost', 'tampered', 'replayed-late', 'burst'] as const),
    ],
    refuse: refusalReply,
    operations: (operation): Readonly<Record<TrelloOperationName, OperationDefinition>> => {
      const declare = operation as TrelloOperation
      return {
        ...boardOperations(declare),
        ...listOperations(declare),
        ...cardOperations(declare),
        ...cardPartOperations(declare),
        ...attachmentOperations(declare),
        ...checklistOperations(declare),
        ...memberOperations(declare),
        ...searchOperations(declare),
        ...tokenOperations(declare),
        ...webhookOperations(declare),
      }
    },
    webhooks,
    secrets: ({ tokens, apps }) => [
      ...tokens.keys(),
      ...[...apps.values()].flatMap(({ key, secret }) => [key, secret]),
    ],
    view: viewOf,
  })

const bytes = Buffer.alloc(16)

function traceId(random: Parameters<typeof trelloId>[0]['random']): string {
  random.fill(bytes)
  return bytes.toString('hex')
}
