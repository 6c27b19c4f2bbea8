import * as z from 'zod'
import { jsonReply, type OperationDefinition, type UploadedFile } from '../../src/simulator/index.ts'
import { isReply, type Seer, seenCard, seenOnBoard, type TrelloOperation } from './access.ts'
import { addLabel, addMember, removeLabel, removeMember } from './card-changes.ts'
import { checklistsOf } from './card-reads.ts'
import { cardData, type Historian, happened, storeCard } from './history.ts'
import * as input from './input.ts'
import { actionModel, attachmentModel, checkItemModel, checklistModel, memberModel } from './models.ts'
import { type Card, type CheckItem, type Checklist, type Position, placeAmong, posStep } from './state.ts'

/** Names of the operations on what hangs on a card. */
export type CardPartOperation =
  | 'cards.comment'
  | 'cards.addMember'
  | 'cards.removeMember'
  | 'cards.addLabel'
  | 'cards.removeLabel'
  | 'cards.attach'
  | 'cards.checklists'
  | 'cards.addChecklist'
  | 'cards.updateCheckItem'
  | 'checklists.create'
  | 'checklists.get'
  | 'checklists.addItem'

const attachmentsMax = 1_000
const checklistsMax = 500

const ChecklistInput = z.object({ name: input.looseText.optional(), pos: input.position.optional() })
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
})
const AttachInput = z.object({
  url: z.url().optional(),
  file: z.custom<UploadedFile>((given) => typeof given === 'object' && given !== null && 'bytes' in given).optional(),
  name: z.string().max(256).optional(),
  mimeType: z.string().max(256).optional(),
  setCover: input.flag.optional(),
})
const params = { id: input.boardOrCardId }

/** Operations on what hangs on a card: comments, members, labels, attachments. */
export function cardPartOperations(
  operation: TrelloOperation,
): Readonly<Record<CardPartOperation, OperationDefinition>> {
  const value = z.object({ value: input.objectId })
  const comment = z.object({ text: input.text })
  return {
    'cards.comment': operation(
      'POST /1/cards/:id/actions/comments',
      { params, input: comment, effect: 'create' },
      (ctx) => {
        const found = seenCard(ctx, ctx.params.id)
        if (isReply(found)) return found
        const card = storeCard(ctx, { ...found, comments: found.comments + 1 })
        const data = { ...cardData(ctx.state, card), text: ctx.input.text, textData: { emoji: {} } }
        const action = happened(ctx, { type: 'commentCard', data, translationKey: 'action_comment_on_card' })
        ctx.effect({ what: 'comment added', key: `${ctx.input.text} on ${card.name}` })
        return jsonReply(200, actionModel(ctx.state, action))
      },
    ),
    'cards.addMember': operation('POST /1/cards/:id/idMembers', { params, input: value, effect: 'update' }, (ctx) => {
      const card = seenCard(ctx, ctx.params.id)
      if (isReply(card)) return card
      const idMember = ctx.input.value
      if (card.idMembers.includes(idMember)) return ctx.fail('member_already_on_card')
      const mayJoin = ctx.state.boards.get(card.idBoard)?.idMembers.includes(idMember) ?? false
      if (!mayJoin) return ctx.fail('value_invalid', 'value')
      return jsonReply(200, membersOf(ctx, addMember(ctx, card, idMember)))
    }),
    'cards.removeMember': operation('DELETE /1/cards/:id/idMembers/:idMember', { params, effect: 'update' }, (ctx) => {
      const card = seenCard(ctx, ctx.params.id)
      if (isReply(card)) return card
      if (!input.objectId.safeParse(ctx.params.idMember).success) return ctx.fail('object_id_invalid')
      if (!card.idMembers.includes(ctx.params.idMember)) return ctx.fail('model_not_found')
      return jsonReply(200, membersOf(ctx, removeMember(ctx, card, ctx.params.idMember)))
    }),
    'cards.addLabel': operation('POST /1/cards/:id/idLabels', { params, input: value, effect: 'update' }, (ctx) => {
      const card = seenCard(ctx, ctx.params.id)
      if (isReply(card)) return card
      if (card.idLabels.includes(ctx.input.value)) return ctx.fail('label_already_on_card')
      if (ctx.state.labels.get(ctx.input.value)?.idBoard !== card.idBoard) return ctx.fail('value_invalid', 'value')
      return jsonReply(200, addLabel(ctx, card, ctx.input.value).idLabels)
    }),
    'cards.removeLabel': operation('DELETE /1/cards/:id/idLabels/:idLabel', { params, effect: 'update' }, (ctx) => {
      const card = seenCard(ctx, ctx.params.id)
      if (isReply(card)) return card
      if (!input.objectId.safeParse(ctx.params.idLabel).success) return ctx.fail('object_id_invalid')
      if (!card.idLabels.includes(ctx.params.idLabel)) return ctx.fail('model_not_found')
      return jsonReply(200, removeLabel(ctx, card, ctx.params.idLabel).idLabels)
    }),
    'cards.attach': operation(
      'POST /1/cards/:id/attachments',
      { params, input: AttachInput, effect: 'create' },
      (ctx) => {
        const card = seenCard(ctx, ctx.params.id)
        if (isReply(card)) return card
        if (!ctx.input.url && !ctx.input.file) return ctx.fail('value_invalid', 'url')
        if (card.idAttachments.length >= attachmentsMax) return ctx.fail('too_many', 'attachments')
        return jsonReply(200, attachmentModel(attach(ctx, card, ctx.input)))
      },
    ),
    ...checklistOperations(operation),
  }
}

type ChecklistOperation = Extract<CardPartOperation, `${string}heck${string}`>

function checklistOperations(operation: TrelloOperation): Readonly<Record<ChecklistOperation, OperationDefinition>> {
  const onCard = ChecklistInput.extend({ idCard: input.objectId })
  const byId = { id: input.objectId }
  return {
    'cards.checklists': operation('GET /1/cards/:id/checklists', { params }, (ctx) => {
      const card = seenCard(ctx, ctx.params.id)
      return isReply(card) ? card : jsonReply(200, checklistsOf(ctx.state, card))
    }),
    'cards.addChecklist': operation(
      'POST /1/cards/:id/checklists',
      { params, input: ChecklistInput, effect: 'create' },
      (ctx) => {
        const card = seenCard(ctx, ctx.params.id)
        if (isReply(card)) return card
        if (card.idChecklists.length >= checklistsMax) return ctx.fail('too_many', 'checklists')
        return jsonReply(200, checklistModel(addChecklist(ctx, card, ctx.input)))
      },
    ),
    'checklists.create': operation('POST /1/checklists', { input: onCard, effect: 'create' }, (ctx) => {
      const card = seenCard(ctx, ctx.input.idCard)
      if (isReply(card)) return card
      if (card.idChecklists.length >= checklistsMax) return ctx.fail('too_many', 'checklists')
      return jsonReply(200, checklistModel(addChecklist(ctx, card, ctx.input)))
    }),
    'checklists.get': operation('GET /1/checklists/:id', { params: byId }, (ctx) => {
      const checklist = seenOnBoard(ctx, ctx.state.checklists, ctx.params.id)
      return isReply(checklist) ? checklist : jsonReply(200, checklistModel(checklist))
    }),
    'checklists.addItem': operation(
      'POST /1/checklists/:id/checkItems',
      { params: byId, input: ItemInput, effect: 'create' },
      (ctx) => {
        const checklist = seenOnBoard(ctx, ctx.state.checklists, ctx.params.id)
        return isReply(checklist) ? checklist : jsonReply(200, checkItemModel(addItem(ctx, checklist, ctx.input)))
      },
    ),
    'cards.updateCheckItem': operation(
      'PUT /1/cards/:id/checkItem/:idCheckItem',
      { params: { ...params, idCheckItem: input.objectId }, input: ItemUpdate, effect: 'update' },
      (ctx) => {
        const card = seenCard(ctx, ctx.params.id)
        if (isReply(card)) return card
        const checklist = card.idChecklists
          .flatMap((id) => ctx.state.checklists.get(id) ?? [])
          .find(({ checkItems }) => checkItems.some(({ id }) => id === ctx.params.idCheckItem))
        const item = checklist?.checkItems.find(({ id }) => id === ctx.params.idCheckItem)
        if (!checklist || !item) return ctx.fail('model_not_found')
        return jsonReply(200, checkItemModel(updateItem(ctx, card, checklist, item, ctx.input)))
      },
    ),
  }
}

function membersOf({ state }: Seer, { idMembers }: Card): readonly object[] {
  return idMembers.flatMap((id) => {
    const member = state.members.get(id)
    return member ? [memberModel(member)] : []
  })
}

function attach(ctx: Historian, card: Card, given: z.output<typeof AttachInput>) {
  const { state, ids, clock, principal } = ctx
  const { file, url = '' } = given
  const id = ids.next()
  const name = given.name ?? file?.name ?? url
  const attachment = {
    id,
    idCard: card.id,
    idMember: principal.idMember ?? '',
    name,
    url: file ? `https://trello.com/1/cards/${card.id}/attachments/${id}/download/${encodeURIComponent(name)}` : url,
    mimeType: given.mimeType ?? file?.type ?? '',
    fileName: file ? file.name : null,
    bytes: file ? file.bytes.length : null,
    isUpload: file !== undefined,
    date: new Date(clock.now()).toISOString(),
    pos: (card.idAttachments.length + 1) * posStep,
  }
  state.attachments.set(id, attachment)
  const idAttachmentCover = given.setCover ? id : card.idAttachmentCover
  const after = storeCard(ctx, { ...card, idAttachments: [...card.idAttachments, id], idAttachmentCover })
  happened(ctx, {
    type: 'addAttachmentToCard',
    data: { ...cardData(state, after), attachment: { id, name, url: attachment.url } },
  })
  ctx.effect({ what: 'attachment added', key: `${name} on ${card.name}` })
  return attachment
}

function addChecklist(
  ctx: Historian,
  card: Card,
  { name = 'Checklist', pos }: z.output<typeof ChecklistInput>,
): Checklist {
  const { state, ids } = ctx
  const neighbours = card.idChecklists.flatMap((id) => state.checklists.get(id) ?? [])
  const checklist: Checklist = {
    id: ids.next(),
    name,
    idBoard: card.idBoard,
    idCard: card.id,
    pos: placeAmong(neighbours, pos),
    checkItems: [],
  }
  state.checklists.set(checklist.id, checklist)
  const after = storeCard(ctx, { ...card, idChecklists: [...card.idChecklists, checklist.id] })
  happened(ctx, {
    type: 'addChecklistToCard',
    data: { ...cardData(state, after), checklist: { id: checklist.id, name } },
  })
  ctx.effect({ what: 'checklist added', key: `${name} on ${card.name}` })
  return checklist
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

function tellItem(ctx: Historian, card: Card, { id, name }: Checklist, item: CheckItem, type: string): void {
  happened(ctx, {
    type,
    data: {
      ...cardData(ctx.state, card),
      checklist: { id, name },
      checkItem: { id: item.id, name: item.name, state: item.state },
    },
  })
}
