import * as z from 'zod'
import { type Operation, operation } from '../../core/index.ts'
import { keyIn } from './item-key.ts'

const id = z.string().regex(/^[0-9a-f]{24}$/i, 'must be a Trello id: 24 hexadecimal digits')
const boardId = z
  .string()
  .regex(
    /^([0-9a-f]{24}|[A-Za-z0-9]{8})$/i,
    'must be the id of a Trello board, or its short link: 8 letters and digits',
  )

/** A card, as far as the workflow needs it. */
export interface TrelloCard {
  readonly id: string
  readonly name: string
  readonly desc: string
  readonly idList: string
  readonly idBoard: string
  readonly closed: boolean
}
const card: z.ZodType<TrelloCard> = z.object({
  ...{ id, name: z.string(), desc: z.string() },
  ...{ idList: id, idBoard: id, closed: z.boolean() },
})

/** A list, as far as the workflow needs it. */
export interface TrelloList {
  readonly id: string
  readonly name: string
  readonly idBoard: string
  readonly closed: boolean
}
const list: z.ZodType<TrelloList> = z.object({ id, name: z.string(), idBoard: id, closed: z.boolean() })

/** A call about one thing. */
export interface ById {
  readonly params: { readonly id: string }
}

/** A read of cards. */
export interface CardsRead extends ById {
  readonly query: { readonly fields: typeof cardFields }
}

const cardFields = 'name,desc,idList,idBoard,closed' as const
const byId = z.object({ params: z.object({ id }) })
const cardsRead = byId.extend({ query: z.object({ fields: z.literal(cardFields) }) })

/** What is asked of every read of cards: no more than the workflow needs. */
export const cardQuery: CardsRead['query'] = { fields: cardFields }

/** The open lists of a board. */
export const listsOfBoard: Operation<ById, readonly TrelloList[]> = operation({
  name: 'boards.lists',
  method: 'GET',
  path: '/1/boards/:id/lists',
  effect: 'none',
  input: z.object({ params: z.object({ id: boardId }) }),
  reply: z.array(list),
})

/** All cards of a board, archived ones included. */
export const cardsOfBoard: Operation<CardsRead, readonly TrelloCard[]> = operation({
  name: 'boards.cardsByFilter',
  method: 'GET',
  path: '/1/boards/:id/cards/all',
  effect: 'none',
  input: cardsRead.extend({ params: z.object({ id: boardId }) }),
  reply: z.array(card),
})

/** The open cards of a list. */
export const cardsOfList: Operation<CardsRead, readonly TrelloCard[]> = operation({
  name: 'lists.cards',
  method: 'GET',
  path: '/1/lists/:id/cards',
  effect: 'none',
  input: cardsRead,
  reply: z.array(card),
})

/** One list. */
export const readList: Operation<ById, TrelloList> = operation({
  name: 'lists.get',
  method: 'GET',
  path: '/1/lists/:id',
  effect: 'none',
  input: byId,
  reply: list,
})

/** One card. */
export const readCard: Operation<CardsRead, TrelloCard> = operation({
  name: 'cards.get',
  method: 'GET',
  path: '/1/cards/:id',
  effect: 'none',
  input: cardsRead,
  reply: card,
})

/** What a card is made from. */
export interface CardCreation {
  readonly body: { readonly idList: string; readonly name: string; readonly desc: string }
}
const cardCreation: z.ZodType<CardCreation, CardCreation> = z.object({
  body: z.object({
    idList: id,
    name: z.string().min(1, 'must not be empty').max(16_384),
    desc: z.string().max(16_384),
  }),
})

/**
 * Makes a card. Trello has no idempotency key: a card that was made by a call whose reply was lost is found by the key
 * in its description, on whichever list it stands by then.
 */
export const createCard: Operation<CardCreation, TrelloCard> = operation({
  name: 'cards.create',
  method: 'POST',
  path: '/1/cards',
  effect: 'unsafe',
  input: cardCreation,
  reply: card,
  reconcile: async (ask, { body: { idList, desc } }) => {
    const key = keyIn(desc)
    if (key === undefined) return { applied: 'unknown' }
    const { idBoard } = await ask(readList, { params: { id: idList } })
    const cards = await ask(cardsOfBoard, { params: { id: idBoard }, query: cardQuery })
    const twin = cards.find((one) => keyIn(one.desc) === key)
    return twin ? { applied: 'yes', value: twin } : { applied: 'no' }
  },
})

/** Where a card is moved to. */
export interface CardMove extends ById {
  readonly body: { readonly idList: string }
}
const cardMove: z.ZodType<CardMove, CardMove> = byId.extend({ body: z.object({ idList: id }) })

/**
 * Moves a card to a list. Twice comes to the same only while nobody else moves it in between, so after an unclear end
 * Trello is asked where the card is.
 */
export const moveCard: Operation<CardMove, TrelloCard> = operation({
  name: 'cards.update',
  method: 'PUT',
  path: '/1/cards/:id',
  effect: 'idempotent',
  input: cardMove,
  reply: card,
  reconcile: async (ask, { params, body: { idList } }) => {
    const now = await ask(readCard, { params, query: cardQuery })
    return now.idList === idList ? { applied: 'yes', value: now } : { applied: 'no' }
  },
})
