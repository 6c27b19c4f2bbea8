import * as z from 'zod'
import { type Ask, IntegrationError, type Operation, operation } from '../../core/index.ts'
import { keyIn } from './item-key.ts'

const id = z.string().regex(/^[0-9a-f]{24}$/i, 'must be a Trello id: 24 hexadecimal digits')
/** A board by its id, or by the short link of its address. */
export const boardPattern: RegExp = /^([0-9a-f]{24}|[a-z0-9]{8})$/i
const boardId = z.string().regex(boardPattern, 'must be the id of a Trello board, or its short link')

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

/** Cards that Trello gives at most in one reply. */
const cardsMax = 1_000

/** Characters that a description holds at most. */
export const descLengthMax = 16_384

/** A read of a board's lists, archived ones included. */
export interface ListsRead extends ById {
  readonly query: { readonly filter: 'all' }
}

/** A read of a board's cards that were made in a span of time. */
export interface SpanRead extends ById {
  readonly query: CardsRead['query'] & { readonly limit: typeof cardsMax } & Span
}

/** From `since` on, and before `before`: ISO dates. Absent: without end. */
type Span = { readonly since?: string | undefined; readonly before?: string | undefined }

const cardFields = 'name,desc,idList,idBoard,closed' as const
const byId = z.object({ params: z.object({ id }) })
const ofBoard = z.object({ id: boardId })
const cardsRead = byId.extend({ query: z.object({ fields: z.literal(cardFields) }) })
const cardsOfSpan = z.object({
  ...{ fields: z.literal(cardFields), limit: z.literal(cardsMax) },
  ...{ since: z.iso.datetime().optional(), before: z.iso.datetime().optional() },
})

/** What is asked of every read of cards: no more than the workflow needs. */
export const cardQuery: CardsRead['query'] = { fields: cardFields }

/** The lists of a board, archived ones included. */
export const listsOfBoard: Operation<ListsRead, readonly TrelloList[]> = operation({
  name: 'boards.lists',
  method: 'GET',
  path: '/1/boards/:id/lists',
  effect: 'none',
  input: z.object({ params: ofBoard, query: z.object({ filter: z.literal('all') }) }),
  reply: z.array(list),
})

/** Cards of a board, archived ones included: those that were made in a span of time, and 1,000 of them at most. */
export const cardsOfBoard: Operation<SpanRead, readonly TrelloCard[]> = operation({
  name: 'boards.cardsByFilter',
  method: 'GET',
  path: '/1/boards/:id/cards/all',
  effect: 'none',
  input: z.object({ params: ofBoard, query: cardsOfSpan }),
  reply: z.array(card),
})

/** The open cards of a list, 1,000 of them at most. */
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
    desc: z.string().max(descLengthMax),
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
    const twin = await cardWithKey(ask, idBoard, key)
    return twin ? { applied: 'yes', value: twin } : { applied: 'no' }
  },
})

/**
 * The card of a board that carries a key, on whichever list it stands, archived or not. A board of more cards than
 * Trello gives at once is read by the time of their making, the latest first.
 *
 * @throws IntegrationError  `conflict` when not all cards can be read
 */
export async function cardWithKey(
  ask: Ask,
  board: string,
  key: string,
  span: Span = {},
): Promise<TrelloCard | undefined> {
  const query = { ...cardQuery, limit: cardsMax, ...span } as const
  const cards = await ask(cardsOfBoard, { params: { id: board }, query })
  const found = cards.find(({ desc }) => keyIn(desc) === key)
  if (found || cards.length < cardsMax) return found
  const times = cards.map(madeAt).sort((a, b) => a - b)
  const middle = times[cardsMax / 2] === times[0] ? times.find((at) => at !== times[0]) : times[cardsMax / 2]
  if (middle === undefined) {
    const why = `${cardsMax} of its cards were made within one second, too many to read them all`
    throw new IntegrationError('conflict', { provider: 'trello', what: `Looking for the card with key ${key}`, why })
  }
  // A millisecond is in both, whichever of the two bounds Trello counts in.
  const later = { ...span, since: new Date(middle - 1).toISOString() }
  const earlier = { ...span, before: new Date(middle).toISOString() }
  return (await cardWithKey(ask, board, key, later)) ?? cardWithKey(ask, board, key, earlier)
}

/** A card's id begins with the second of its making. */
function madeAt({ id }: TrelloCard): number {
  return Number.parseInt(id.slice(0, 8), 16) * 1_000
}

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
