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

const Card = z.object({ id, name: z.string(), desc: z.string(), idList: id, idBoard: id, closed: z.boolean() })
const List = z.object({ id, name: z.string(), idBoard: id, closed: z.boolean() })

/** A card, as far as the workflow needs it. */
export type TrelloCard = z.output<typeof Card>
/** A list, as far as the workflow needs it. */
export type TrelloList = z.output<typeof List>

const cardFields = 'name,desc,idList,idBoard,closed'
const WithId = z.object({ params: z.object({ id }) })
const WithFields = WithId.extend({ query: z.object({ fields: z.literal(cardFields) }) })

type WithId = z.output<typeof WithId>
type WithFields = z.output<typeof WithFields>

/** What is asked of every read of cards: no more than the workflow needs. */
export const cardQuery: WithFields['query'] = { fields: cardFields }

/** The open lists of a board. */
export const listsOfBoard: Operation<WithId, readonly TrelloList[]> = operation({
  name: 'boards.lists',
  method: 'GET',
  path: '/1/boards/:id/lists',
  effect: 'none',
  input: z.object({ params: z.object({ id: boardId }) }),
  reply: z.array(List),
})

/** All cards of a board, archived ones included. */
export const cardsOfBoard: Operation<WithFields, readonly TrelloCard[]> = operation({
  name: 'boards.cardsByFilter',
  method: 'GET',
  path: '/1/boards/:id/cards/all',
  effect: 'none',
  input: WithFields.extend({ params: z.object({ id: boardId }) }),
  reply: z.array(Card),
})

/** The open cards of a list. */
export const cardsOfList: Operation<WithFields, readonly TrelloCard[]> = operation({
  name: 'lists.cards',
  method: 'GET',
  path: '/1/lists/:id/cards',
  effect: 'none',
  input: WithFields,
  reply: z.array(Card),
})

/** One list. */
export const readList: Operation<WithId, TrelloList> = operation({
  name: 'lists.get',
  method: 'GET',
  path: '/1/lists/:id',
  effect: 'none',
  input: WithId,
  reply: List,
})

/** One card. */
export const readCard: Operation<WithFields, TrelloCard> = operation({
  name: 'cards.get',
  method: 'GET',
  path: '/1/cards/:id',
  effect: 'none',
  input: WithFields,
  reply: Card,
})

const CreateCard = z.object({
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
export const createCard: Operation<z.output<typeof CreateCard>, TrelloCard> = operation({
  name: 'cards.create',
  method: 'POST',
  path: '/1/cards',
  effect: 'unsafe',
  input: CreateCard,
  reply: Card,
  reconcile: async (ask, { body: { idList, desc } }) => {
    const key = keyIn(desc)
    if (key === undefined) return { applied: 'unknown' }
    const { idBoard } = await ask(readList, { params: { id: idList } })
    const cards = await ask(cardsOfBoard, { params: { id: idBoard }, query: cardQuery })
    const twin = cards.find((card) => keyIn(card.desc) === key)
    return twin ? { applied: 'yes', value: twin } : { applied: 'no' }
  },
})

const MoveCard = z.object({
  params: z.object({ id }),
  body: z.object({ idList: id }),
})

/**
 * Moves a card to a list. Twice comes to the same only while nobody else moves it in between, so after an unclear end
 * Trello is asked where the card is.
 */
export const moveCard: Operation<z.output<typeof MoveCard>, TrelloCard> = operation({
  name: 'cards.update',
  method: 'PUT',
  path: '/1/cards/:id',
  effect: 'idempotent',
  input: MoveCard,
  reply: Card,
  reconcile: async (ask, { params, body: { idList } }) => {
    const card = await ask(readCard, { params, query: cardQuery })
    return card.idList === idList ? { applied: 'yes', value: card } : { applied: 'no' }
  },
})
