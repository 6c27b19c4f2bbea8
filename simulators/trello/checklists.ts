import * as z from 'zod'
import { jsonReply, type OperationDefinition, type Reply } from '../../src/simulator/index.ts'
import { type Asker, cardFor, isReply, onBoardFor, type TrelloOperation, withCard } from './access.ts'
import type { ActionType } from './action-types.ts'
import { checklistsOf } from './card-reads.ts'
import { cardData, type Historian, happened, storeCard } from './history.ts'
import * as input from './input.ts'
import { checkItemModel, checklistModel } from './models.ts'
import { type Card, type CheckItem, type Checklist, type Position, placeAmong } from './state.ts'

/** Names of the operations on checklists. */
export type ChecklistOperation =
  | 'cards.checklists'
  | 'cards.addChecklist'
  | 'cards.updateCheckItem'
  | 'checklists.create'
  | 'checklists.get'
  | 'checklists.addItem'

const checklistsMax = 500

const ChecklistInput = z.object({
  name: input.looseText.optional(),
  pos: input.position.optional(),
  idChecklistSource: input.objectId.optional(),
})
const ItemInput = z.object({
  name: input.text,
  pos: input.position.optional(),
  checked: input.flag.optional(),
  due: input.date.optional(),
  dueReminder: input.digits.optional(),
  idMember: input.objectId.optional(),
})
const ItemUpdate = z.object({
  name: input.text.optional(),
  state: z
    .union([z.enum(['complete', 'incomplete']), input.flag.transform((done) => (done ? 'complete' : 'incomplete'))])
    .optional(),
  pos: input.position.optional(),
  due: input.date.optional(),
  dueReminder: input.digits.optional(),
  idMember: input.objectId.optional(),
})
const params = { id: input.boardOrCardId }

/** Operations on checklists. */
export function checklistOperations(
  operation: TrelloOperation,
): Readonly<Record<ChecklistOperation, OperationDefinition>> {
  const byId = { id: input.objectId }
  return {
    'cards.checklists': operation('GET /1/cards/:id/checklists', { params, query: input.fieldsOnly }, (ctx) =>
      withCard(ctx, (card) => jsonReply(200, checklistsOf(ctx.state, card, ctx.query.fields))),
    ),
    'cards.addChecklist': operation(
      'POST /1/cards/:id/checklists',
      { params, input: ChecklistInput, effect: 'create' },
      (ctx) => withCard(ctx, (card) => addChecklist(ctx, card, ctx.input)),
    ),
    'checklists.create': operation(
      'POST /1/checklists',
      { input: ChecklistInput.extend({ idCard: input.objectId }), effect: 'create' },
      (ctx) => {
        const card = cardFor(ctx, ctx.input.idCard)
        return isReply(card) ? card : addChecklist(ctx, card, ctx.input)
      },
    ),
    'checklists.get': operation('GET /1/checklists/:id', { params: byId, query: input.fieldsOnly }, (ctx) => {
      const checklist = onBoardFor(ctx, ctx.state.checklists, ctx.params.id)
      if (isReply(checklist)) return checklist
      return jsonReply(200, input.picked(checklistModel(checklist), ctx.query.fields))
    }),
    'checklists.addItem': operation(
      'POST /1/checklists/:id/checkItems',
      { params: byId, input: ItemInput, effect: 'create' },
      (ctx) => {
        const checklist = onBoardFor(ctx, ctx.state.checklists, ctx.params.id)
        return isReply(checklist) ? checklist : jsonReply(200, checkItemModel(addItem(ctx, checklist, ctx.input)))
      },
    ),
    'cards.updateCheckItem': operation(
      'PUT /1/cards/:id/checkItem/:idCheckItem',
      { params: { ...params, idCheckItem: input.objectId }, input: ItemUpdate, effect: 'update' },
      (ctx) =>
        withCard(ctx, (card) => {
          const checklist = card.idChecklists
            .flatMap((id) => ctx.state.checklists.get(id) ?? [])
            .find(({ checkItems }) => checkItems.some(({ id }) => id === ctx.params.idCheckItem))
          const item = checklist?.checkItems.find(({ id }) => id === ctx.params.idCheckItem)
          if (!checklist || !item) return ctx.fail('model_not_found')
          return jsonReply(200, checkItemModel(updateItem(ctx, card, checklist, item, ctx.input)))
        }),
    ),
  }
}

function addChecklist(ctx: Historian & Asker, card: Card, wishes: z.output<typeof ChecklistInput>): Reply {
  const { state, ids } = ctx
  const { idChecklistSource, pos } = wishes
  if (card.idChecklists.length >= checklistsMax) return ctx.fail('too_many', 'checklists')
  const source = idChecklistSource === undefined ? undefined : onBoardFor(ctx, state.checklists, idChecklistSource)
  if (source && isReply(source)) return source
  const id = ids.next()
  const checklist: Checklist = {
    id,
    name: wishes.name ?? source?.name ?? 'Checklist',
    idBoard: card.idBoard,
    idCard: card.id,
    pos: placeAmong(
      card.idChecklists.flatMap((one) => state.checklists.get(one) ?? []),
      pos,
    ),
    checkItems: (source?.checkItems ?? []).map((item) => ({ ...item, id: ids.next(), idChecklist: id })),
  }
  state.checklists.set(id, checklist)
  const after = storeCard(ctx, { ...card, idChecklists: [...card.idChecklists, id] })
  const { name } = checklist
  happened(ctx, { type: 'addChecklistToCard', data: { ...cardData(state, after), checklist: { id, name } } })
  ctx.effect({ what: 'checklist added', key: `${name} on ${card.name}` })
  return jsonReply(200, checklistModel(checklist))
}

function addItem(ctx: Historian, checklist: Checklist, given: z.output<typeof ItemInput>): CheckItem {
  const { state, ids } = ctx
  const item: CheckItem = {
    id: ids.next(),
    idChecklist: checklist.id,
    name: given.name,
    state: given.checked ? 'complete' : 'incomplete',
    pos: placeAmong(checklist.checkItems, given.pos),
    due: given.due ?? null,
    dueReminder: given.dueReminder ?? null,
    idMember: given.idMember ?? null,
  }
  state.checklists.set(checklist.id, { ...checklist, checkItems: [...checklist.checkItems, item] })
  const card = state.cards.get(checklist.idCard)
  if (card) tellItem(ctx, card, checklist, item, 'createCheckItem')
  ctx.effect({ what: 'check item added', key: `${item.name} in ${checklist.name} on ${card?.name ?? ''}` })
  return item
}

function updateItem(
  ctx: Historian,
  card: Card,
  checklist: Checklist,
  item: CheckItem,
  given: z.output<typeof ItemUpdate>,
): CheckItem {
  const others = checklist.checkItems.filter(({ id }) => id !== item.id)
  const after: CheckItem = {
    ...item,
    name: given.name ?? item.name,
    state: given.state ?? item.state,
    pos: placeOf(others, item, given.pos),
    due: given.due === undefined ? item.due : given.due,
    dueReminder: given.dueReminder ?? item.dueReminder,
    idMember: given.idMember ?? item.idMember,
  }
  if (JSON.stringify(after) === JSON.stringify(item)) return item
  const checkItems = checklist.checkItems.map((one) => (one.id === item.id ? after : one))
  ctx.state.checklists.set(checklist.id, { ...checklist, checkItems })
  const ticks = after.state !== item.state
  tellItem(ctx, storeCard(ctx, card), checklist, after, ticks ? 'updateCheckItemStateOnCard' : 'updateCheckItem')
  ctx.effect({ what: ticks ? `check item ${after.state}` : 'check item changed', key: `${after.name} on ${card.name}` })
  return after
}

function placeOf(others: readonly CheckItem[], item: CheckItem, pos: Position | undefined): number {
  return pos === undefined ? item.pos : placeAmong(others, pos)
}

function tellItem(ctx: Historian, card: Card, { id, name }: Checklist, item: CheckItem, type: ActionType): void {
  happened(ctx, {
    type,
    data: {
      ...cardData(ctx.state, card),
      checklist: { id, name },
      checkItem: { id: item.id, name: item.name, state: item.state },
    },
  })
}
