import * as z from 'zod'
import type { Seer } from './access.ts'
import { madeAt } from './ids.ts'
import * as input from './input.ts'
import {
  actionModel,
  attachmentModel,
  boardModel,
  cardModel,
  checklistModel,
  listModel,
  type Model,
  memberModel,
} from './models.ts'
import { type Board, type Card, inOrder, type List } from './state.ts'
import { actionsWhere, isMoment, stretchOf } from './timeline.ts'

/** What a read of one card may ask for. */
export const CardQuery: z.ZodType<CardQuery> = z.object({
  fields: input.fields.optional(),
  members: input.flag.optional(),
  member_fields: input.fields.optional(),
  checklists: z.enum(['all', 'none', 'true', 'false']).optional(),
  checklist_fields: input.fields.optional(),
  attachments: z.enum(['true', 'false', 'cover']).optional(),
  attachment_fields: input.fields.optional(),
  actions: z.string().optional(),
  actions_limit: input.digits.pipe(z.int().max(1_000)).optional(),
  board: input.flag.optional(),
  board_fields: input.fields.optional(),
  list: input.flag.optional(),
})

type Fields = input.Fields

/** The same, parsed. */
export interface CardQuery {
  readonly fields?: Fields
  readonly members?: boolean | undefined
  readonly member_fields?: Fields
  readonly checklists?: string | undefined
  readonly checklist_fields?: Fields
  readonly attachments?: string | undefined
  readonly attachment_fields?: Fields
  readonly actions?: string | undefined
  readonly actions_limit?: number | undefined
  readonly board?: boolean | undefined
  readonly board_fields?: Fields
  readonly list?: boolean | undefined
}

/** A card with what was asked for along with it. */
export function cardWithNested({ state }: Seer, card: Card, query: CardQuery): Model {
  const board = state.boards.get(card.idBoard)
  const list = state.lists.get(card.idList)
  const wantsChecklists = query.checklists === 'all' || query.checklists === 'true'
  return {
    ...input.picked(cardModel(state, card), query.fields),
    ...(query.members && {
      members: card.idMembers.flatMap((id) => {
        const member = state.members.get(id)
        return member ? [input.picked(memberModel(member), query.member_fields)] : []
      }),
    }),
    ...(wantsChecklists && { checklists: checklistsOf(state, card, query.checklist_fields) }),
    ...(query.attachments === 'true' && {
      attachments: attachmentsOf(state, card, query.attachment_fields),
    }),
    ...(query.actions && {
      actions: actionsWhere(
        state,
        { types: query.actions, limit: query.actions_limit },
        (data) => idIn(data, 'card') === card.id,
      ).map((action) => actionModel(state, action)),
    }),
    ...(query.board && board && { board: input.picked(boardModel(state, board), query.board_fields) }),
    ...(query.list && list && { list: listModel(list) }),
  }
}

/** A card's checklists, in order. */
export function checklistsOf(state: Seer['state'], card: Card, fields?: Fields): readonly object[] {
  const checklists = card.idChecklists.flatMap((id) => state.checklists.get(id) ?? [])
  return inOrder(checklists, () => true).map((checklist) => input.picked(checklistModel(checklist), fields))
}

/** A card's attachments, in order of their making. */
export function attachmentsOf(state: Seer['state'], card: Card, fields?: Fields): readonly object[] {
  return card.idAttachments.flatMap((id) => {
    const attachment = state.attachments.get(id)
    return attachment ? [input.picked(attachmentModel(attachment), fields)] : []
  })
}

/** The id of a thing that an action's data names. */
export function idIn(data: Readonly<Record<string, unknown>>, member: string): string | undefined {
  return (data[member] as { readonly id?: string } | undefined)?.id
}

/** What a read of many cards may ask for. */
export const CardsQuery: z.ZodType<CardsQuery> = z.object({
  fields: input.fields.optional(),
  filter: z.enum(['all', 'closed', 'none', 'open', 'visible']).optional(),
  limit: input.digits.pipe(z.int().max(1_000)).optional(),
  since: z.string().refine(isMoment).optional(),
  before: z.string().refine(isMoment).optional(),
})

/** The same, parsed. */
export interface CardsQuery {
  readonly fields?: Fields
  readonly filter?: 'all' | 'closed' | 'none' | 'open' | 'visible' | undefined
  readonly limit?: number | undefined
  readonly since?: string | undefined
  readonly before?: string | undefined
}

const cardsMax = 1_000

/** Cards of a board, from left to right and top to bottom, or page by page; at most 1,000. */
export function cardsOfBoard(ctx: Seer, board: Board, query: CardsQuery): readonly object[] {
  return cardsWhere(ctx, query, ({ idBoard }) => idBoard === board.id)
}

/** Cards of a list, from top to bottom, or page by page; at most 1,000. */
export function cardsOfList(ctx: Seer, list: List, query: CardsQuery): readonly object[] {
  return cardsWhere(ctx, query, ({ idList }) => idList === list.id)
}

function cardsWhere(
  { state }: Seer,
  { filter = 'visible', limit, since, before, fields }: CardsQuery,
  fits: (card: Card) => boolean,
): readonly object[] {
  const isWanted = (card: Card): boolean => fits(card) && isShown(state, card, filter)
  const isPaged = limit !== undefined || since !== undefined || before !== undefined
  const found = isPaged ? newestFirst(state, { since, before }).filter(isWanted) : inPlace(state, isWanted)
  return found.slice(0, limit ?? cardsMax).map((card) => input.picked(cardModel(state, card), fields))
}

/** Whoever pages gets the cards made last first, so that the last one's id leads on. */
function newestFirst({ cards }: Seer['state'], page: Pick<CardsQuery, 'since' | 'before'>): readonly Card[] {
  const all = [...cards.values()]
  const { from, to } = stretchOf(all, ({ id }) => madeAt(id), page)
  return all.slice(from, to).reverse()
}

function inPlace({ cards, lists }: Seer['state'], fits: (card: Card) => boolean): readonly Card[] {
  const place = (card: Card): number => lists.get(card.idList)?.pos ?? 0
  return inOrder(cards.values(), fits).sort((a, b) => place(a) - place(b))
}

/** Archived cards vanish from default reads, and so do the cards of an archived list. */
function isShown(state: Seer['state'], card: Card, filter: NonNullable<CardsQuery['filter']>): boolean {
  if (filter === 'all') return true
  if (filter === 'none') return false
  if (filter === 'closed') return card.closed
  if (card.closed) return false
  return filter === 'open' || state.lists.get(card.idList)?.closed === false
}
