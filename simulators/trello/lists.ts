import * as z from 'zod'
import { jsonReply, type OperationDefinition } from '../../src/simulator/index.ts'
import { isReply, seenBoard, seenOnBoard, type TrelloOperation } from './access.ts'
import { CardsQuery, cardsWhere } from './card-reads.ts'
import { boardData, type Historian, happened, listData } from './history.ts'
import * as input from './input.ts'
import { labelModel, listModel } from './models.ts'
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
const CreateInput = CreateOnBoard.extend({ idBoard: input.objectId })
const UpdateInput = z.object({
  name: input.text.optional(),
  closed: input.flag.optional(),
  idBoard: input.objectId.optional(),
  pos: input.position.optional(),
  subscribed: input.flag.optional(),
})
const LabelInput = z.object({ name: input.looseText, color: input.colour, idBoard: input.objectId })

/** Operations on lists and labels. */
export function listOperations(operation: TrelloOperation): Readonly<Record<ListOperation, OperationDefinition>> {
  const params = { id: input.objectId }
  const boardParams = { id: input.boardOrCardId }
  return {
    'lists.create': operation('POST /1/lists', { input: CreateInput, effect: 'create' }, (ctx) => {
      const board = seenBoard(ctx, ctx.input.idBoard)
      if (isReply(board)) return board
      return jsonReply(200, { ...listModel(createList(ctx, board, ctx.input)), limits: {} })
    }),
    'lists.createOnBoard': operation(
      'POST /1/boards/:id/lists',
      { params: boardParams, input: CreateOnBoard, effect: 'create' },
      (ctx) => {
        const board = seenBoard(ctx, ctx.params.id)
        if (isReply(board)) return board
        return jsonReply(200, { ...listModel(createList(ctx, board, ctx.input)), limits: {} })
      },
    ),
    'lists.get': operation('GET /1/lists/:id', { params }, (ctx) => {
      const list = seenOnBoard(ctx, ctx.state.lists, ctx.params.id)
      return isReply(list) ? list : jsonReply(200, listModel(list))
    }),
    'lists.update': operation('PUT /1/lists/:id', { params, input: UpdateInput, effect: 'update' }, (ctx) => {
      const list = seenOnBoard(ctx, ctx.state.lists, ctx.params.id)
      if (isReply(list)) return list
      const board = ctx.input.idBoard === undefined ? undefined : seenBoard(ctx, ctx.input.idBoard)
      if (board && isReply(board)) return board
      return jsonReply(200, listModel(updateList(ctx, list, ctx.input)))
    }),
    'lists.cards': operation('GET /1/lists/:id/cards', { params, query: CardsQuery }, (ctx) => {
      const list = seenOnBoard(ctx, ctx.state.lists, ctx.params.id)
      if (isReply(list)) return list
      // Cards of an archived list are told too, to whoever asks for that very list.
      const { filter = 'open', ...query } = ctx.query
      return jsonReply(
        200,
        cardsWhere(ctx, { ...query, filter }, ({ idList }) => idList === list.id),
      )
    }),
    'labels.create': operation('POST /1/labels', { input: LabelInput, effect: 'create' }, (ctx) => {
      const board = seenBoard(ctx, ctx.input.idBoard)
      if (isReply(board)) return board
      const { name, color } = ctx.input
      const label: Label = { id: ctx.ids.next(), idBoard: board.id, name, color }
      ctx.state.labels.set(label.id, label)
      happened(ctx, { type: 'createLabel', data: { board: boardData(board), label: { id: label.id, name, color } } })
      ctx.effect({ what: 'label created', key: `${name || color || 'label'} on ${board.name}` })
      return jsonReply(200, { ...labelModel(label), limits: {} })
    }),
  }
}

interface NewList {
  readonly name: string
  readonly pos?: Position | undefined
}

function createList(ctx: Historian, board: Board, { name, pos = 'top' }: NewList): List {
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
  return list
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
      if (card.idList === list.id) state.cards.set(card.id, { ...card, idBoard })
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
