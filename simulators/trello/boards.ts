import * as z from 'zod'
import { jsonReply, type OperationDefinition } from '../../src/simulator/index.ts'
import { isReply, type Seer, seenBoard, type TrelloOperation } from './access.ts'
import { CardsQuery, cardsWhere, idIn } from './card-reads.ts'
import { boardData, type Historian, happened } from './history.ts'
import * as input from './input.ts'
import { actionModel, boardModel, checklistModel, labelModel, listModel, type Model, memberModel } from './models.ts'
import { type Board, inOrder, type Label, type List, posStep } from './state.ts'
import { type ActionQuery, actionsWhere, isMoment } from './timeline.ts'

/** Names of the operations on boards. */
export type BoardOperation =
  | 'boards.create'
  | 'boards.get'
  | 'boards.update'
  | 'boards.delete'
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
  keepFromSource: z.string().optional(),
  prefs_permissionLevel: permission.optional(),
  prefs_background: z.string().optional(),
})
const labelNames = Object.fromEntries(
  input.boardColours.map((colour) => [`labelNames/${colour}`, input.looseText.optional()]),
)
const UpdateInput = z.object({
  name: input.text.optional(),
  desc: input.looseText.optional(),
  closed: input.flag.optional(),
  'prefs/permissionLevel': permission.optional(),
  'prefs/background': z.string().optional(),
  ...labelNames,
})
const ReadQuery = z.object({
  fields: input.fields.optional(),
  cards: z.enum(['all', 'closed', 'none', 'open', 'visible']).optional(),
  card_fields: input.fields.optional(),
  lists: z.enum(['all', 'closed', 'none', 'open']).optional(),
  list_fields: input.fields.optional(),
  labels: z.string().optional(),
  members: z.string().optional(),
  member_fields: input.fields.optional(),
  checklists: z.string().optional(),
  actions: z.string().optional(),
  actions_limit: input.digits.pipe(z.number().max(1_000)).optional(),
})
const ListsQuery = z.object({
  filter: z.enum(['all', 'closed', 'none', 'open']).default('open'),
  fields: input.fields.optional(),
  cards: z.enum(['all', 'closed', 'none', 'open', 'visible']).optional(),
  card_fields: input.fields.optional(),
})
/** Pages reach no further than this. */
const pagedMax = 1_000
const ActionsQuery = z.object({
  filter: z.string().optional(),
  limit: input.digits.pipe(z.int().max(1_000)).default(50),
  page: input.digits.default(0),
  before: z.string().refine(isMoment).optional(),
  since: z.string().refine(isMoment).optional(),
  fields: input.fields.optional(),
  idModels: input.several.optional(),
  member: input.flag.default(true),
  memberCreator: input.flag.default(true),
})

/** Operations on boards. */
export function boardOperations(operation: TrelloOperation): Readonly<Record<BoardOperation, OperationDefinition>> {
  const params = { id: input.boardOrCardId }
  return {
    'boards.create': operation('POST /1/boards', { input: CreateInput, effect: 'create' }, (ctx) => {
      const { idOrganization, idBoardSource } = ctx.input
      if (idOrganization !== undefined && !ctx.state.organizations.has(idOrganization)) {
        return ctx.fail('model_not_found')
      }
      const source = idBoardSource === undefined ? undefined : seenBoard(ctx, idBoardSource)
      if (source && isReply(source)) return source
      return jsonReply(200, boardModel(ctx.state, createBoard(ctx, ctx.input, source)))
    }),
    'boards.get': operation('GET /1/boards/:id', { params, query: ReadQuery }, (ctx) => {
      const board = seenBoard(ctx, ctx.params.id)
      return isReply(board) ? board : jsonReply(200, boardWithNested(ctx, board, ctx.query))
    }),
    'boards.update': operation('PUT /1/boards/:id', { params, input: UpdateInput, effect: 'update' }, (ctx) => {
      const board = seenBoard(ctx, ctx.params.id)
      if (isReply(board)) return board
      return jsonReply(200, boardModel(ctx.state, updateBoard(ctx, board, ctx.input)))
    }),
    'boards.delete': operation('DELETE /1/boards/:id', { params, effect: 'delete' }, (ctx) => {
      const board = seenBoard(ctx, ctx.params.id)
      if (isReply(board)) return board
      deleteBoard(ctx, board)
      return jsonReply(200, { _value: null })
    }),
    'boards.lists': operation('GET /1/boards/:id/lists', { params, query: ListsQuery }, (ctx) => {
      const board = seenBoard(ctx, ctx.params.id)
      return isReply(board) ? board : jsonReply(200, listsOf(ctx, board, ctx.query))
    }),
    'boards.cards': operation('GET /1/boards/:id/cards', { params, query: CardsQuery }, (ctx) => {
      const board = seenBoard(ctx, ctx.params.id)
      if (isReply(board)) return board
      return jsonReply(
        200,
        cardsWhere(ctx, ctx.query, ({ idBoard }) => idBoard === board.id),
      )
    }),
    'boards.cardsByFilter': operation('GET /1/boards/:id/cards/:filter', { params, query: CardsQuery }, (ctx) => {
      const board = seenBoard(ctx, ctx.params.id)
      if (isReply(board)) return board
      const named = CardsQuery.safeParse({ filter: ctx.params.filter })
      if (!named.success) return ctx.fail('value_invalid', 'filter')
      const query = { ...ctx.query, filter: named.data.filter }
      return jsonReply(
        200,
        cardsWhere(ctx, query, ({ idBoard }) => idBoard === board.id),
      )
    }),
    'boards.actions': operation('GET /1/boards/:id/actions', { params, query: ActionsQuery }, (ctx) => {
      const board = seenBoard(ctx, ctx.params.id)
      if (isReply(board)) return board
      const { filter, limit, page } = ctx.query
      if (page > 0 && page * limit > pagedMax) return ctx.fail('value_invalid', 'page')
      return jsonReply(200, actionsOf(ctx, board, { ...ctx.query, types: filter }))
    }),
    'boards.labels': operation('GET /1/boards/:id/labels', { params }, (ctx) => {
      const board = seenBoard(ctx, ctx.params.id)
      return isReply(board) ? board : jsonReply(200, labelsOf(ctx, board).map(labelModel))
    }),
    'boards.members': operation('GET /1/boards/:id/members', { params }, (ctx) => {
      const board = seenBoard(ctx, ctx.params.id)
      return isReply(board) ? board : jsonReply(200, membersOf(ctx, board))
    }),
  }
}

function createBoard(ctx: Historian, given: z.output<typeof CreateInput>, source: Board | undefined): Board {
  const { state, ids, clock } = ctx
  const idMember = ctx.principal.idMember ?? ''
  const [workspace = ''] = state.organizations.keys()
  const board: Board = {
    id: ids.next(),
    name: given.name,
    desc: given.desc ?? source?.desc ?? '',
    closed: false,
    idMemberCreator: idMember,
    idOrganization: given.idOrganization ?? workspace,
    shortLink: ids.next('shortLink'),
    permissionLevel: given.prefs_permissionLevel ?? 'private',
    background: given.prefs_background ?? 'blue',
    labelNames: {},
    idMembers: [idMember],
    dateLastActivity: new Date(clock.now()).toISOString(),
    cardsMade: 0,
  }
  state.boards.set(board.id, board)
  state.shortLinks.set(board.shortLink, board.id)
  const names = source ? listsOf(ctx, source, { filter: 'open' }).map(({ name }) => String(name)) : []
  const wanted = source ? names : given.defaultLists ? ['To Do', 'Doing', 'Done'] : []
  for (const [at, name] of wanted.entries()) {
    const list: List = {
      id: ids.next(),
      name,
      closed: false,
      idBoard: board.id,
      pos: (at + 1) * posStep,
      subscribed: false,
    }
    state.lists.set(list.id, list)
  }
  for (const color of given.defaultLabels ? input.boardColours : []) {
    const label: Label = { id: ids.next(), idBoard: board.id, name: '', color }
    state.labels.set(label.id, label)
  }
  happened(ctx, { type: 'createBoard', data: { board: boardData(board) } })
  ctx.effect({ what: 'board created', key: board.name })
  return board
}

function updateBoard(ctx: Historian, board: Board, given: z.output<typeof UpdateInput>): Board {
  const { 'prefs/permissionLevel': permissionLevel, 'prefs/background': background, name, desc, closed } = given
  const named = Object.entries(given).flatMap(([field, value]) =>
    field.startsWith('labelNames/') && typeof value === 'string' ? [[field.slice('labelNames/'.length), value]] : [],
  )
  const wanted: Board = {
    ...board,
    name: name ?? board.name,
    desc: desc ?? board.desc,
    closed: closed ?? board.closed,
    permissionLevel: permissionLevel ?? board.permissionLevel,
    background: background ?? board.background,
    labelNames: { ...board.labelNames, ...Object.fromEntries(named) },
  }
  const changed = (['name', 'desc', 'closed', 'permissionLevel', 'background'] as const).filter(
    (member) => wanted[member] !== board[member],
  )
  if (changed.length === 0 && named.length === 0) return board
  const after = { ...wanted, dateLastActivity: new Date(ctx.clock.now()).toISOString() }
  ctx.state.boards.set(board.id, after)
  for (const member of changed) {
    const data = { board: { ...boardData(after), [member]: after[member] }, old: { [member]: board[member] } }
    happened(ctx, { type: 'updateBoard', data })
    ctx.effect({ what: 'board changed', key: `${after.name}: ${member}` })
  }
  for (const [colour] of named) ctx.effect({ what: 'board changed', key: `${after.name}: label ${colour}` })
  return after
}

function deleteBoard(ctx: Historian, board: Board): void {
  const { state } = ctx
  for (const card of state.cards.values()) {
    if (card.idBoard !== board.id) continue
    state.cards.delete(card.id)
    state.shortLinks.delete(card.shortLink)
  }
  for (const items of [state.lists, state.labels, state.checklists] as const) {
    for (const { id, idBoard } of items.values()) if (idBoard === board.id) items.delete(id)
  }
  state.boards.delete(board.id)
  state.shortLinks.delete(board.shortLink)
  ctx.effect({ what: 'board deleted', key: board.name })
}

function boardWithNested(ctx: Seer, board: Board, query: z.output<typeof ReadQuery>): Model {
  const { cards, lists, labels, members, checklists, actions } = query
  const isOfBoard = ({ idBoard }: { readonly idBoard: string }): boolean => idBoard === board.id
  return {
    ...input.picked(boardModel(ctx.state, board), query.fields),
    ...(cards && { cards: cardsWhere(ctx, { filter: cards, fields: query.card_fields }, isOfBoard) }),
    ...(lists && { lists: listsOf(ctx, board, { filter: lists, fields: query.list_fields }) }),
    ...(labels && labels !== 'none' && { labels: labelsOf(ctx, board).map(labelModel) }),
    ...(members && members !== 'none' && { members: membersOf(ctx, board, query.member_fields) }),
    ...(checklists &&
      checklists !== 'none' && {
        checklists: [...ctx.state.checklists.values()].filter(isOfBoard).map(checklistModel),
      }),
    ...(actions && { actions: actionsOf(ctx, board, { types: actions, limit: query.actions_limit }) }),
  }
}

function listsOf(ctx: Seer, board: Board, query: z.input<typeof ListsQuery> | z.output<typeof ListsQuery>): Model[] {
  const { filter, fields, cards, card_fields } = query as z.output<typeof ListsQuery>
  const lists = inOrder(ctx.state.lists.values(), ({ idBoard, closed }) => {
    if (idBoard !== board.id || filter === 'none') return false
    return filter === 'all' || closed === (filter === 'closed')
  })
  return lists.map((list) => ({
    ...input.picked(listModel(list), fields),
    ...(cards && {
      cards: cardsWhere(ctx, { filter: cards, fields: card_fields }, ({ idList }) => idList === list.id),
    }),
  }))
}

function labelsOf({ state }: Seer, board: Board): readonly Label[] {
  return [...state.labels.values()].filter(({ idBoard }) => idBoard === board.id)
}

function membersOf({ state }: Seer, board: Board, fields?: readonly string[] | 'all'): readonly object[] {
  return board.idMembers.flatMap((id) => {
    const member = state.members.get(id)
    return member ? [input.picked(memberModel(member), fields)] : []
  })
}

function actionsOf(
  { state }: Seer,
  board: Board,
  query: ActionQuery & Partial<Pick<z.output<typeof ActionsQuery>, 'fields' | 'idModels' | 'member' | 'memberCreator'>>,
): readonly object[] {
  const { idModels, fields, member = true, memberCreator = true } = query
  const concerns = (data: Readonly<Record<string, unknown>>): boolean => {
    if (idIn(data, 'board') !== board.id) return false
    return !idModels || idModels.some((id) => idIn(data, 'card') === id || idIn(data, 'list') === id || id === board.id)
  }
  return actionsWhere(state, query, concerns).map((action) => {
    const model: Record<string, unknown> = { ...actionModel(state, action) }
    if (!memberCreator) delete model['memberCreator']
    if (!member) delete model['member']
    return input.picked(model, fields)
  })
}
