import * as z from 'zod'
import { jsonReply, type OperationDefinition } from '../../src/simulator/index.ts'
import { boardFor, isReply, sees, type TrelloOperation, withBoard } from './access.ts'
import { createBoard, deleteBoard, updateBoard } from './board-changes.ts'
import {
  ActionsQuery,
  actionsOf,
  BoardQuery,
  boardWithNested,
  LabelsQuery,
  ListsQuery,
  labelsOf,
  listsOf,
  membersOf,
  pagedMax,
} from './board-reads.ts'
import { CardsQuery, cardsOfBoard } from './card-reads.ts'
import * as input from './input.ts'
import { boardModel } from './models.ts'

/** Names of the operations on boards. */
export type BoardOperation = BoardItself | BoardContents

type BoardItself = 'boards.create' | 'boards.get' | 'boards.update' | 'boards.delete'
type BoardContents =
  | 'boards.lists'
  | 'boards.cards'
  | 'boards.cardsByFilter'
  | 'boards.actions'
  | 'boards.labels'
  | 'boards.members'

const permission = z.enum(['private', 'org', 'public'])
const CreateInput = z.object({
  name: input.text,
  desc: input.looseText.optional(),
  defaultLists: input.flag.default(true),
  defaultLabels: input.flag.default(true),
  idOrganization: input.objectId.optional(),
  idBoardSource: input.boardOrCardId.optional(),
  keepFromSource: input.several.default([]),
  prefs_permissionLevel: permission.optional(),
  prefs_background: z.string().optional(),
})
const labelNames = Object.fromEntries(
  input.colours.map((colour) => [`labelNames/${colour}`, input.looseText.optional()]),
)
const UpdateInput = z.object({
  name: input.text.optional(),
  desc: input.looseText.optional(),
  closed: input.flag.optional(),
  'prefs/permissionLevel': permission.optional(),
  'prefs/background': z.string().optional(),
  ...labelNames,
})
const params = { id: input.boardOrCardId }

/** Operations on boards. */
export function boardOperations(operation: TrelloOperation): Readonly<Record<BoardOperation, OperationDefinition>> {
  return { ...boardItself(operation), ...boardContents(operation) }
}

function boardItself(operation: TrelloOperation): Readonly<Record<BoardItself, OperationDefinition>> {
  return {
    'boards.create': operation('POST /1/boards', { input: CreateInput, effect: 'create' }, (ctx) => {
      const { idOrganization, idBoardSource } = ctx.input
      if (idOrganization !== undefined && !ctx.state.organizations.has(idOrganization)) {
        return ctx.fail('model_not_found')
      }
      const source = idBoardSource === undefined ? undefined : boardFor(ctx, idBoardSource, sees)
      if (source && isReply(source)) return source
      return jsonReply(200, boardModel(ctx.state, createBoard(ctx, ctx.input, source)))
    }),
    'boards.get': operation('GET /1/boards/:id', { params, query: BoardQuery }, (ctx) =>
      withBoard(ctx, (board) => jsonReply(200, boardWithNested(ctx, board, ctx.query))),
    ),
    'boards.update': operation('PUT /1/boards/:id', { params, input: UpdateInput, effect: 'update' }, (ctx) =>
      withBoard(ctx, (board) => jsonReply(200, boardModel(ctx.state, updateBoard(ctx, board, ctx.input)))),
    ),
    'boards.delete': operation('DELETE /1/boards/:id', { params, effect: 'delete' }, (ctx) =>
      withBoard(ctx, (board) => {
        deleteBoard(ctx, board)
        return jsonReply(200, { _value: null })
      }),
    ),
  }
}

function boardContents(operation: TrelloOperation): Readonly<Record<BoardContents, OperationDefinition>> {
  return {
    'boards.lists': operation('GET /1/boards/:id/lists', { params, query: ListsQuery }, (ctx) =>
      withBoard(ctx, (board) => jsonReply(200, listsOf(ctx, board, ctx.query))),
    ),
    'boards.cards': operation('GET /1/boards/:id/cards', { params, query: CardsQuery }, (ctx) =>
      withBoard(ctx, (board) => jsonReply(200, cardsOfBoard(ctx, board, ctx.query))),
    ),
    'boards.cardsByFilter': operation('GET /1/boards/:id/cards/:filter', { params, query: CardsQuery }, (ctx) =>
      withBoard(ctx, (board) => {
        const named = CardsQuery.safeParse({ filter: ctx.params.filter })
        if (!named.success) return ctx.fail('value_invalid', 'filter')
        return jsonReply(200, cardsOfBoard(ctx, board, { ...ctx.query, filter: named.data.filter }))
      }),
    ),
    'boards.actions': operation('GET /1/boards/:id/actions', { params, query: ActionsQuery }, (ctx) =>
      withBoard(ctx, (board) => {
        const { limit, page } = ctx.query
        if (page > 0 && page * limit > pagedMax) return ctx.fail('value_invalid', 'page')
        return jsonReply(200, actionsOf(ctx, board, ctx.query))
      }),
    ),
    'boards.labels': operation('GET /1/boards/:id/labels', { params, query: LabelsQuery }, (ctx) =>
      withBoard(ctx, (board) => jsonReply(200, labelsOf(ctx, board, ctx.query))),
    ),
    'boards.members': operation('GET /1/boards/:id/members', { params, query: input.fieldsOnly }, (ctx) =>
      withBoard(ctx, (board) => jsonReply(200, membersOf(ctx, board, ctx.query.fields))),
    ),
  }
}
