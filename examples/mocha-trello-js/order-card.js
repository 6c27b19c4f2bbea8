import { createTrelloClient } from 'trello.js'

/** Has one card for an order, however often it is called: Trello knows no idempotency key, so the card bears a mark. */
export async function cardForOrder({ key, token }, { board, list, order }) {
  const trello = createTrelloClient({ apiKey: key, apiToken: token })
  const mark = `order:${order}`
  const made = async () => (await trello.boards.getBoardCards({ id: board })).find(({ desc }) => desc === mark)

  const before = await made()
  if (before) return before.id
  try {
    return (await trello.cards.createCard({ idList: list, name: `Order ${order}`, desc: mark })).id
  } catch (error) {
    // Whatever it was: the card is there, or it is not.
    const after = await made()
    if (after) return after.id
    throw error
  }
}
