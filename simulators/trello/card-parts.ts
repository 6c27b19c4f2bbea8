import * as z from 'zod'
import { jsonReply, type OperationDefinition } from '../../src/simulator/index.ts'
import { type Seer, type TrelloOperation, withCard } from './access.ts'
import { addLabel, addMember, removeLabel, removeMember } from './card-changes.ts'
import { cardData, type Historian, happened, storeCard } from './history.ts'
import * as input from './input.ts'
import { actionModel, type Model, memberModel } from './models.ts'
import type { Card } from './state.ts'

/** Names of the operations on comments, members and labels of a card. */
export type CardPartOperation =
  | 'cards.comment'
  | 'cards.addMember'
  | 'cards.removeMember'
  | 'cards.addLabel'
  | 'cards.removeLabel'

const params = { id: input.boardOrCardId }

/** Operations on comments, members and labels of a card. */
export function cardPartOperations(
  operation: TrelloOperation,
): Readonly<Record<CardPartOperation, OperationDefinition>> {
  const value = z.object({ value: input.objectId })
  return {
    'cards.comment': operation(
      'POST /1/cards/:id/actions/comments',
      { params, input: z.object({ text: input.text }), effect: 'create' },
      (ctx) => withCard(ctx, (card) => jsonReply(200, addComment(ctx, card, ctx.input.text))),
    ),
    'cards.addMember': operation('POST /1/cards/:id/idMembers', { params, input: value, effect: 'update' }, (ctx) =>
      withCard(ctx, (card) => {
        const idMember = ctx.input.value
        if (card.idMembers.includes(idMember)) return ctx.fail('member_already_on_card')
        const mayJoin = ctx.state.boards.get(card.idBoard)?.idMembers.includes(idMember) ?? false
        if (!mayJoin) return ctx.fail('value_invalid', 'value')
        return jsonReply(200, membersOf(ctx, addMember(ctx, card, idMember)))
      }),
    ),
    'cards.removeMember': operation(
      'DELETE /1/cards/:id/idMembers/:idMember',
      { params: { ...params, idMember: input.objectId }, effect: 'update' },
      (ctx) =>
        withCard(ctx, (card) => {
          if (!card.idMembers.includes(ctx.params.idMember)) return ctx.fail('model_not_found')
          return jsonReply(200, membersOf(ctx, removeMember(ctx, card, ctx.params.idMember)))
        }),
    ),
    'cards.addLabel': operation('POST /1/cards/:id/idLabels', { params, input: value, effect: 'update' }, (ctx) =>
      withCard(ctx, (card) => {
        if (card.idLabels.includes(ctx.input.value)) return ctx.fail('label_already_on_card')
        if (ctx.state.labels.get(ctx.input.value)?.idBoard !== card.idBoard) return ctx.fail('value_invalid', 'value')
        return jsonReply(200, addLabel(ctx, card, ctx.input.value).idLabels)
      }),
    ),
    'cards.removeLabel': operation(
      'DELETE /1/cards/:id/idLabels/:idLabel',
      { params: { ...params, idLabel: input.objectId }, effect: 'update' },
      (ctx) =>
        withCard(ctx, (card) => {
          if (!card.idLabels.includes(ctx.params.idLabel)) return ctx.fail('model_not_found')
          return jsonReply(200, removeLabel(ctx, card, ctx.params.idLabel).idLabels)
        }),
    ),
  }
}

function addComment(ctx: Historian, before: Card, text: string): Model {
  const card = storeCard(ctx, { ...before, comments: before.comments + 1 })
  const data = { ...cardData(ctx.state, card), text, textData: { emoji: {} } }
  const action = happened(ctx, { type: 'commentCard', data, translationKey: 'action_comment_on_card' })
  ctx.effect({ what: 'comment added', key: `${text} on ${card.name}` })
  return actionModel(ctx.state, action)
}

function membersOf({ state }: Seer, { idMembers }: Card): readonly object[] {
  return idMembers.flatMap((id) => {
    const member = state.members.get(id)
    return member ? [memberModel(member)] : []
  })
}
