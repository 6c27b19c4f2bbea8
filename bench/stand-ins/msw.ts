import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { OneCard, type ToldCard } from './one-card.ts'
import type { StandIn } from './stand-in.ts'

/** Handlers over a map: no credentials, no limits, no journal. */
export function startMsw(): StandIn {
  const held = new OneCard()
  const answer = (card: ToldCard | undefined): Response =>
    card ? HttpResponse.json({ ...card }) : new HttpResponse('card not found', { status: 404 })
  const server = setupServer(
    http.get('https://api.trello.com/1/cards/:id', ({ request }) => answer(held.get(request.url))),
    http.put('https://api.trello.com/1/cards/:id', ({ request }) => answer(held.move(request.url))),
  )
  server.listen({ onUnhandledFrame: 'error' })
  return { cards: held.cards, lists: held.lists, listOf: held.listOf, stop: () => server.close() }
}
