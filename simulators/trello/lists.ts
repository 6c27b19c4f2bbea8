import * as z from 'zod'
import { jsonReply, type OperationDefinition, type Reply } from '../../src/simulator/index.ts'
import { type Asker, boardFor, isReply, onBoardFor, sees, type TrelloOperation, withBoard } from './access.ts'
import { createCard, takeChecklistsAlong } from './card-changes.ts'
import { CardsQuery, cardsOfList } from './card-reads.ts'
import { boardData, type Historian, happened, listData } from './history.ts'
import * as input from './input.ts'
import { labelModel, listModel, type Model } from './models.ts'
import { type Board, inOrder, type Label, type List, type Position, placeAmong } from './state.ts'

/** Names of the operations on lists and labels. */
export type ListOperation =
  | 'lists.create'
  | 'lists.createOnBoard'
  | 'lists.get'
  | 'lists.update'
  | 'lists.cards'
  | 'labels.create'

const CreateOnBoard = z.object({ name: input.text, pos: input.position.optional() })
const CreateInput = CreateOnBoard.extend({ idBoard: input.objectId, idListSource: input.objectId.optional() })
const UpdateInput = z.object({
  name: input.text.optional(),
  closed: input.flag.optional(),
  idBoard: input.objectId.optional(),
  pos: input.position.optional(),
  subscribed: input.flag.optional(),
})
const LabelInput = z.object({ name: input.looseText, color: input.colour, idBoard: input.objectId })

const params = { id: input.objectId }

/** Operations on lists and labels. */
export function listOperations(operation: TrelloOperation): Readonly<Record<ListOperation, OperationDefinition>> {
  return {
    'lists.create': operation('POST /1/lists', { input: CreateInput, effect: 'create' }, (ctx) => {
      const { idBoard, idListSource } = ctx.input
      const board = boardFor(ctx, idBoard)
      if (isReply(board)) return board
      const source = idListSource === undefined ? undefined : onBoardFor(ctx, ctx.state.lists, idListSource, sees)
      if (source && isReply(source)) return source
      return jsonReply(200, createList(ctx, board, ctx.input, source))
    }),
    'lists.createOnBoard': operation(
      'POST /1/boards/:id/lists',
      { params: { id: input.boardOrCardId }, input: CreateOnBoard, effect: 'create' },
      (ctx) => withBoard(ctx, (board) => jsonReply(200, createList(ctx, board, ctx.input))),
    ),
    'lists.get': operation('GET /1/lists/:id', { params, query: input.fieldsOnly }, (ctx) =>
      withList(ctx, (list) => jsonReply(200, input.picked(listModel(list), ctx.query.fields))),
    ),
    'lists.update': operation('PUT /1/lists/:id', { params, input: UpdateInput, effect: 'update' }, (ctx) =>
      withList(ctx, (list) => {
        const board = ctx.input.idBoard === undefined ? undefined : boardFor(ctx, ctx.input.idBoard)
        if (board && isReply(board)) return board
        return jsonReply(200, listModel(updateList(ctx, list, ctx.input)))
      }),
    ),
    'lists.cards': operation('GET /1/lists/:id/cards', { params, query: CardsQuery }, (ctx) =>
      withList(ctx, (list) => {
        // Cards of an archived list are told too, to whoever asks for that very list.
        const { filter = 'open', ...query } = ctx.query
        return jsonReply(200, cardsOfList(ctx, list, { ...query, filter }))
      }),
    ),
    'labels.create': operation('POST /1/labels', { input: LabelInput, effect: 'create' }, (ctx) => {
      const board = boardFor(ctx, ctx.input.idBoard)
      return isReply(board) ? board : jsonReply(200, createLabel(ctx, board, ctx.input))
    }),
  }
}

function withList<Answer extends Reply | Promise<Reply>>(
  ctx: Asker & { readonly params: { readonly id: string } },
  answer: (list: List) => Answer,
): Answer | Reply {
  const list = onBoardFor(ctx, ctx.state.lists, ctx.params.id)
  return isReply(list) ? list : answer(list)
}

function createLabel(ctx: Historian, board: Board, { name, color }: z.output<typeof LabelInput>): Model {
  const label: Label = { id: ctx.ids.next(), idBoard: board.id, name, color }
  ctx.state.labels.set(label.id, label)
  happened(ctx, { type: 'createLabel', data: { board: boardData(board), label: { id: label.id, name, color } } })
  ctx.effect({ what: 'label created', key: `${name || color || 'label'} on ${board.name}` })
  return { ...labelModel(label), limits: {} }
}

interface NewList {
  readonly name: string
  readonly pos?: Position | undefined
}

function createList(ctx: Historian, board: Board, { name, pos = 'top' }: NewList, source?: List): Model {
  const { state, ids } = ctx
  const neighbours = inOrder(state.lists.values(), ({ idBoard, closed }) => idBoard === board.id && !closed)
  const list: List = {
    id: ids.next(),
    name,
    closed: false,
    idBoard: board.id,
    pos: placeAmong(neighbours, pos),
    subscribed: false,
  }
  state.lists.set(list.id, list)
  happened(ctx, { type: 'createList', data: { list: listData(list), board: boardData(board) } })
  ctx.effect({ what: 'list created', key: `${name} on ${board.name}` })
  const cards = inOrder(state.cards.values(), ({ idList, closed }) => idList === source?.id && !closed)
  for (const card of cards) createCard(ctx, list, {}, card)
  return { ...listModel(list), limits: {} }
}

function updateList(ctx: Historian, list: List, given: z.output<typeof UpdateInput>): List {
  const { state } = ctx
  const idBoard = given.idBoard ?? list.idBoard
  const neighbours = inOrder(state.lists.values(), (other) => other.idBoard === idBoard && other.id !== list.id)
  const after: List = {
    ...list,
    idBoard,
    name: given.name ?? list.name,
    closed: given.closed ?? list.closed,
    subscribed: given.subscribed ?? list.subscribed,
    pos: given.pos === undefined ? list.pos : placeAmong(neighbours, given.pos),
  }
  const changed = (['name', 'closed', 'idBoard', 'pos', 'subscribed'] as const).filter(
    (member) => after[member] !== list[member],
  )
  if (changed.length === 0) return list
  state.lists.set(list.id, after)
  const board = state.boards.get(idBoard)
  if (idBoard !== list.idBoard) {
    for (const card of state.cards.values()) {
      if (card.idList !== list.id) continue
      state.cards.set(card.id, { ...card, idBoard })
      takeChecklistsAlong(state, { ...card, idBoard })
    }
  }
  for (const member of changed) {
    happened(ctx, {
      type: member === 'idBoard' ? 'moveListToBoard' : 'updateList',
      data: {
        list: { ...listData(after), [member]: after[member] },
        old: { [member]: list[member] },
        ...(board && { board: boardData(board) }),
      },
    })
    ctx.effect({ what: 'list changed', key: `${after.name}: ${member}` })
  }
  return after
}
