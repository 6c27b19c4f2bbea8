import got from 'got'

/** Counts the open cards in each list of the first board: reads only, so got may repeat what fails. */
export async function openCards({ key, token }) {
  const trello = got.extend({
    prefixUrl: 'https://api.trello.com/1',
    searchParams: { key, token },
    timeout: { request: 5_000 },
    retry: { limit: 3 },
    responseType: 'json',
    resolveBodyOnly: true,
  })
  const [board] = await trello.get('members/me/boards')
  const lists = await trello.get(`boards/${board.id}/lists`)
  const cards = await trello.get(`boards/${board.id}/cards`)
  return Object.fromEntries(lists.map(({ id, name }) => [name, cards.filter(({ idList }) => idList === id).length]))
}
