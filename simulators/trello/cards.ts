import * as z from 'zod'
import { jsonReply, type OperationDefinition, type Reply } from '../../src/simulator/index.ts'
import {
  type Asker,
  belongs,
  boardFor,
  cardFor,
  isReply,
  type Seer,
  sees,
  type TrelloOperation,
  withCard,
} from './access.ts'
import { attach } from './attachments.ts'
import { type CardWishes, createCard, deleteCard, updateCard } from './card-changes.ts'
import { attachmentsOf, CardQuery, cardWithNested, idIn } from './card-reads.ts'
import { noCover } from './first-state.ts'
import * as input from './input.ts'
import { actionModel, cardModel, openCards, openCardsMax } from './models.ts'
import type { Card } from './state.ts'
import { actionsWhere, isMoment } from './timeline.ts'

/** Names of the operations on cards themselves. */
export type CardOperation = 'cards.create' | 'cards.get' | 'cards.update' | 'cards.delete' | 'cards.actions'

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
  keepFromSource: input.several.default(['all']),
  urlSource: z.url().optional(),
  fileSource: input.file.optional(),
  mimeType: z.string().max(256).optional(),
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

const params = { id: input.boardOrCardId }

/** Operations on cards themselves. */
export function cardOperations(operation: TrelloOperation): Readonly<Record<CardOperation, OperationDefinition>> {
  return {
    'cards.create': operation('POST /1/cards', { input: CreateInput, effect: 'create' }, (ctx) => {
      const { idList, idCardSource, urlSource, fileSource } = ctx.input
      const list = ctx.state.lists.get(idList)
      const board = list && ctx.state.boards.get(list.idBoard)
      if (!list || !board) return ctx.fail('board_of_list_not_found')
      if (!belongs(ctx.principal, board)) return ctx.fail('unauthorized')
      const source = idCardSource === undefined ? undefined : cardFor(ctx, idCardSource, sees)
      if (source && isReply(source)) return source
      const stranger = strangerIn(ctx, ctx.input, board.id)
      if (stranger !== undefined) return ctx.fail('value_invalid', stranger)
      if (isFull(ctx, board.id)) return ctx.fail('too_many', 'cards')
      const { name = urlSource ?? fileSource?.name } = ctx.input
      const made = createCard(ctx, list, { ...ctx.input, name }, source)
      if (urlSource || fileSource)
        attach(ctx, made, { ...ctx.input, name: undefined, url: urlSource, file: fileSource })
      const card = ctx.state.cards.get(made.id) ?? made
      const attachments = attachmentsOf(ctx.state, card)
      return jsonReply(200, { ...cardModel(ctx.state, card), attachments, stickers: [], limits: {} })
    }),
    'cards.get': operation('GET /1/cards/:id', { params, query: CardQuery }, (ctx) =>
      withCard(ctx, (card) => jsonReply(200, cardWithNested(ctx, card, ctx.query))),
    ),
    'cards.update': operation('PUT /1/cards/:id', { params, input: UpdateInput, effect: 'update' }, (ctx) =>
      withCard(ctx, (card) => {
        const idList = goalOf(ctx, card.idBoard, ctx.input)
        if (typeof idList === 'object') return idList
        const idBoard = ctx.state.lists.get(idList ?? card.idList)?.idBoard ?? card.idBoard
        const stranger = strangerIn(ctx, ctx.input, idBoard)
        if (stranger !== undefined) return ctx.fail('value_invalid', stranger)
        if (opensOn(card, ctx.input.closed, idBoard) && isFull(ctx, idBoard)) return ctx.fail('too_many', 'cards')
        return jsonReply(200, cardModel(ctx.state, updateCard(ctx, card, { ...ctx.input, idList })))
      }),
    ),
    'cards.delete': operation('DELETE /1/cards/:id', { params, effect: 'delete' }, (ctx) =>
      withCard(ctx, (card) => {
        deleteCard(ctx, card)
        return jsonReply(200, { limits: {} })
      }),
    ),
    'cards.actions': operation('GET /1/cards/:id/actions', { params, query: ActionsQuery }, (ctx) =>
      withCard(ctx, (card) => {
        const { filter = 'commentCard,updateCard:idList', ...query } = ctx.query
        const found = actionsWhere(ctx.state, { types: filter, ...query }, (data) => idIn(data, 'card') === card.id)
        const models = found.map((action) => actionModel(ctx.state, action))
        return jsonReply(200, models)
      }),
    ),
  }
}

/** Whether a change makes a card one of the open cards of a board that it was not among. */
function opensOn(card: Card, closed: boolean | undefined, idBoard: string): boolean {
  const isOpen = !(closed ?? card.closed)
  return isOpen && (card.closed || card.idBoard !== idBoard)
}

/** Counting takes time: while there are fewer cards in all, no board can be full. */
function isFull({ state }: Seer, idBoard: string): boolean {
  return state.cards.size >= openCardsMax && openCards(state, idBoard) >= openCardsMax
}

/** The list that a card goes to: the one named, or the first of the board named. */
function goalOf(
  ctx: Asker,
  idBoardNow: string,
  { idList, idBoard }: { readonly idList?: string | undefined; readonly idBoard?: string | undefined },
): string | undefined | Reply {
  const { state } = ctx
  if (idBoard !== undefined) {
    const board = boardFor(ctx, idBoard)
    if (isReply(board)) return board
  }
  if (idList === undefined) {
    if (idBoard === undefined || idBoard === idBoardNow) return undefined
    return [...state.lists.values()].find((list) => list.idBoard === idBoard && !list.closed)?.id
  }
  const list = state.lists.get(idList)
  const board = list && state.boards.get(list.idBoard)
  if (!list || !board || !belongs(ctx.principal, board)) return ctx.fail('value_invalid', 'idList')
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
