import * as z from 'zod'
import type { Seer } from './access.ts'
import { cardsOfBoard, cardsOfList, idIn } from './card-reads.ts'
import * as input from './input.ts'
import { actionModel, boardModel, checklistModel, labelModel, listModel, type Model, memberModel } from './models.ts'
import { type Board, inOrder } from './state.ts'
import { actionsWhere, isMoment, limitDefault } from './timeline.ts'

type Fields = input.Fields
type ListFilter = 'all' | 'closed' | 'none' | 'open'
type CardFilter = ListFilter | 'visible'

const listFilter = z.enum(['all', 'closed', 'none', 'open'])
const cardFilter = z.enum(['all', 'closed', 'none', 'open', 'visible'])
const limit = input.digits.pipe(z.int().max(1_000))

/** What a read of one board may ask for. */
export const BoardQuery: z.ZodType<BoardQuery> = z.object({
  fields: input.fields.optional(),
  cards: cardFilter.optional(),
  card_fields: input.fields.optional(),
  lists: listFilter.optional(),
  list_fields: input.fields.optional(),
  labels: z.string().optional(),
  members: z.string().optional(),
  member_fields: input.fields.optional(),
  checklists: z.string().optional(),
  actions: z.string().optional(),
  actions_limit: limit.optional(),
})

/** The same, parsed. */
export interface BoardQuery {
  readonly fields?: Fields
  readonly cards?: CardFilter | undefined
  readonly card_fields?: Fields
  readonly lists?: ListFilter | undefined
  readonly list_fields?: Fields
  readonly labels?: string | undefined
  readonly members?: string | undefined
  readonly member_fields?: Fields
  readonly checklists?: string | undefined
  readonly actions?: string | undefined
  readonly actions_limit?: number | undefined
}

/** What a read of a board's lists may ask for. */
export const ListsQuery: z.ZodType<ListsQuery> = z.object({
  filter: listFilter.optional(),
  fields: input.fields.optional(),
  cards: cardFilter.optional(),
  card_fields: input.fields.optional(),
})

/** The same, parsed. */
export interface ListsQuery {
  /** @defaultValue `'open'` */
  readonly filter?: ListFilter | undefined
  readonly fields?: Fields
  readonly cards?: CardFilter | undefined
  readonly card_fields?: Fields
}

/** What a read of a board's labels may ask for. */
export const LabelsQuery: z.ZodType<LabelsQuery> = z.object({
  fields: input.fields.optional(),
  limit: limit.optional(),
})

/** The same, parsed. */
export interface LabelsQuery {
  readonly fields?: Fields
  /** @defaultValue all */
  readonly limit?: number | undefined
}

/** Pages of history reach no further than this. */
export const pagedMax = 1_000

/** What a read of a board's history may ask for. */
export const ActionsQuery: z.ZodType<ActionsQuery> = z.object({
  filter: z.string().optional(),
  limit: limit.default(limitDefault),
  page: input.digits.pipe(z.int()).default(0),
  before: z.string().refine(isMoment).optional(),
  since: z.string().refine(isMoment).optional(),
  fields: input.fields.optional(),
  idModels: input.several.optional(),
  member: input.flag.default(true),
  memberCreator: input.flag.default(true),
})

/** The same, parsed. */
export interface ActionsQuery {
  readonly filter?: string | undefined
  readonly limit: number
  readonly page: number
  readonly before?: string | undefined
  readonly since?: string | undefined
  readonly fields?: Fields
  readonly idModels?: readonly string[] | undefined
  readonly member: boolean
  readonly memberCreator: boolean
}

/** A board with what was asked for along with it. */
export function boardWithNested(ctx: Seer, board: Board, query: BoardQuery): Model {
  const { cards, lists, labels, members, checklists, actions } = query
  return {
    ...input.picked(boardModel(ctx.state, board), query.fields),
    ...(cards && { cards: cardsOfBoard(ctx, board, { filter: cards, fields: query.card_fields }) }),
    ...(lists && { lists: listsOf(ctx, board, { filter: lists, fields: query.list_fields }) }),
    ...(labels && labels !== 'none' && { labels: labelsOf(ctx, board) }),
    ...(members && members !== 'none' && { members: membersOf(ctx, board, query.member_fields) }),
    ...(checklists && checklists !== 'none' && { checklists: checklistsOfBoard(ctx, board) }),
    ...(actions && { actions: actionsOf(ctx, board, { filter: actions, limit: query.actions_limit }) }),
  }
}

/** A board's lists from left to right, each with its cards if they are asked for. */
export function listsOf(ctx: Seer, board: Board, query: ListsQuery): readonly Model[] {
  const { filter = 'open', fields, cards, card_fields } = query
  const lists = inOrder(ctx.state.lists.values(), ({ idBoard, closed }) => {
    if (idBoard !== board.id || filter === 'none') return false
    return filter === 'all' || closed === (filter === 'closed')
  })
  return lists.map((list) => ({
    ...input.picked(listModel(list), fields),
    ...(cards && { cards: cardsOfList(ctx, list, { filter: cards, fields: card_fields }) }),
  }))
}

/** A board's labels, in order of their making. */
export function labelsOf(
  { state }: Seer,
  board: Board,
  { fields, limit = 1_000 }: LabelsQuery = {},
): readonly object[] {
  const labels = [...state.labels.values()].filter(({ idBoard }) => idBoard === board.id)
  return labels.slice(0, limit).map((label) => input.picked(labelModel(label), fields))
}

/** A board's members. */
export function membersOf({ state }: Seer, board: Board, fields?: Fields): readonly object[] {
  return board.idMembers.flatMap((id) => {
    const member = state.members.get(id)
    return member ? [input.picked(memberModel(member), fields)] : []
  })
}

function checklistsOfBoard({ state }: Seer, board: Board): readonly Model[] {
  return [...state.checklists.values()].filter(({ idBoard }) => idBoard === board.id).map(checklistModel)
}

/** A board's history, the newest first. */
export function actionsOf(
  { state }: Seer,
  board: Board,
  query: { readonly [Name in keyof ActionsQuery]?: ActionsQuery[Name] | undefined },
): readonly object[] {
  const { filter: types, idModels, fields, member = true, memberCreator = true, ...rest } = query
  const concerns = (data: Readonly<Record<string, unknown>>): boolean => {
    if (idIn(data, 'board') !== board.id) return false
    return !idModels || idModels.some((id) => idIn(data, 'card') === id || idIn(data, 'list') === id || id === board.id)
  }
  return actionsWhere(state, { ...rest, types }, concerns).map((action) => {
    const model: Record<string, unknown> = { ...actionModel(state, action) }
    if (!memberCreator) delete model['memberCreator']
    if (!member) delete model['member']
    return input.picked(model, fields)
  })
}
