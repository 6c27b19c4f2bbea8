import * as z from 'zod'
import { jsonReply, type OperationDefinition, type Reply } from '../../src/simulator/index.ts'
import { isReply, type Seer, seenBoard, seenCard, sees, type TrelloOperation } from './access.ts'
import { type CardWishes, createCard, deleteCard, updateCard } from './card-changes.ts'
import { CardQuery, cardWithNested, idIn } from './card-reads.ts'
import { noCover } from './first-state.ts'
import * as input from './input.ts'
import { actionModel, cardModel } from './models.ts'
import { actionsWhere, isMoment } from './timeline.ts'

/** Names of the operations on cards themselves. */
export type CardOperation = 'cards.create' | 'cards.get' | 'cards.update' | 'cards.delete' | 'cards.actions'

const openCardsMax = 5_000

/** What create and update take alike. */
const common = {
  desc: input.looseText.optional(),
  pos: input.position.optional(),
  due: input.date.optional(),
  start: input.date.optional(),
  dueComplete: input.flag.optional(),
  idMembers: input.ids.optional(),
  idLabels: input.ids.optional(),
  address: z.string().optional(),
  locationName: z.string().optional(),
  coordinates: z.string().optional(),
}
const CreateInput = z.object({
  ...common,
  name: input.looseText.optional(),
  idList: input.objectId,
  idCardSource: input.boardOrCardId.optional(),
  urlSource: z.string().optional(),
  cardRole: z.enum(['separator', 'board', 'mirror', 'link']).optional(),
})
const UpdateInput = z.object({
  ...common,
  name: input.text.optional(),
  closed: input.flag.optional(),
  idList: input.objectId.optional(),
  idBoard: input.objectId.optional(),
  idAttachmentCover: z.union([input.objectId, z.literal('').transform(() => null), z.null()]).optional(),
  subscribed: input.flag.optional(),
  cover: z
    .union([
      z.object({ color: input.colour.optional(), brightness: z.string().optional(), size: z.string().optional() }),
      z.literal('').transform(() => noCover),
    ])
    .optional(),
})
const ActionsQuery = z.object({
  filter: z.string().optional(),
  page: input.digits.optional(),
  limit: input.digits.pipe(z.number().max(1_000)).optional(),
  since: z.string().refine(isMoment).optional(),
  before: z.string().refine(isMoment).optional(),
})

/** Operations on cards themselves. */
export function cardOperations(operation: TrelloOperation): Readonly<Record<CardOperation, OperationDefinition>> {
  const params = { id: input.boardOrCardId }
  return {
    'cards.create': operation('POST /1/cards', { input: CreateInput, effect: 'create' }, (ctx) => {
      const { idList, idCardSource, name = ctx.input.urlSource } = ctx.input
      const list = ctx.state.lists.get(idList)
      const board = list && ctx.state.boards.get(list.idBoard)
      if (!list || !board) return ctx.fail('board_of_list_not_found')
      if (!sees(ctx.principal, board)) return ctx.fail('unauthorized')
      const source = idCardSource === undefined ? undefined : seenCard(ctx, idCardSource)
      if (source && isReply(source)) return source
      const stranger = strangerIn(ctx, ctx.input, board.id)
      if (stranger !== undefined) return ctx.fail('value_invalid', stranger)
      if (openCardsOf(ctx, board.id) >= openCardsMax) return ctx.fail('too_many', 'cards')
      const card = createCard(ctx, list, { ...ctx.input, name }, source)
      return jsonReply(200, { ...cardModel(ctx.state, card), attachments: [], stickers: [], limits: {} })
    }),
    'cards.get': operation('GET /1/cards/:id', { params, query: CardQuery }, (ctx) => {
      const card = seenCard(ctx, ctx.params.id)
      return isReply(card) ? card : jsonReply(200, cardWithNested(ctx, card, ctx.query))
    }),
    'cards.update': operation('PUT /1/cards/:id', { params, input: UpdateInput, effect: 'update' }, (ctx) => {
      const card = seenCard(ctx, ctx.params.id)
      if (isReply(card)) return card
      const idList = goalOf(ctx, card.idBoard, ctx.input)
      if (typeof idList === 'object') return idList
      const idBoard = ctx.state.lists.get(idList ?? card.idList)?.idBoard ?? card.idBoard
      const stranger = strangerIn(ctx, ctx.input, idBoard)
      if (stranger !== undefined) return ctx.fail('value_invalid', stranger)
      return jsonReply(200, cardModel(ctx.state, updateCard(ctx, card, { ...ctx.input, idList })))
    }),
    'cards.delete': operation('DELETE /1/cards/:id', { params, effect: 'delete' }, (ctx) => {
      const card = seenCard(ctx, ctx.params.id)
      if (isReply(card)) return card
      deleteCard(ctx, card)
      return jsonReply(200, { limits: {} })
    }),
    'cards.actions': operation('GET /1/cards/:id/actions', { params, query: ActionsQuery }, (ctx) => {
      const card = seenCard(ctx, ctx.params.id)
      if (isReply(card)) return card
      const { filter = 'commentCard,updateCard:idList', ...query } = ctx.query
      const found = actionsWhere(ctx.state, { types: filter, ...query }, (data) => idIn(data, 'card') === card.id)
      return jsonReply(
        200,
        found.map((action) => actionModel(ctx.state, action)),
      )
    }),
  }
}

/** The list that a card goes to: the one named, or the first of the board named. */
function goalOf(
  ctx: Seer & { fail(error: 'value_invalid', detail: string): Reply },
  idBoardNow: string,
  { idList, idBoard }: { readonly idList?: string | undefined; readonly idBoard?: string | undefined },
): string | undefined | Reply {
  const { state } = ctx
  if (idBoard !== undefined) {
    const board = seenBoard(ctx, idBoard)
    if (isReply(board)) return board
  }
  if (idList === undefined) {
    if (idBoard === undefined || idBoard === idBoardNow) return undefined
    return [...state.lists.values()].find((list) => list.idBoard === idBoard && !list.closed)?.id
  }
  const list = state.lists.get(idList)
  const board = list && state.boards.get(list.idBoard)
  if (!list || !board || !sees(ctx.principal, board)) return ctx.fail('value_invalid', 'idList')
  if (idBoard !== undefined && list.idBoard !== idBoard) return ctx.fail('value_invalid', 'idList')
  return idList
}

/** The field that names a label or member the board does not have. */
function strangerIn(
  { state }: Seer,
  { idLabels = [], idMembers = [] }: Pick<CardWishes, 'idLabels' | 'idMembers'>,
  idBoard: string,
): 'idLabels' | 'idMembers' | undefined {
  if (idLabels.some((id) => state.labels.get(id)?.idBoard !== idBoard)) return 'idLabels'
  const members = state.boards.get(idBoard)?.idMembers ?? []
  return idMembers.some((id) => !members.includes(id)) ? 'idMembers' : undefined
}

function openCardsOf({ state }: Seer, idBoard: string): number {
  let count = 0
  for (const card of state.cards.values()) if (card.idBoard === idBoard && !card.closed) count++
  return count
}
