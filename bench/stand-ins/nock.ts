import { requirePeer } from '../servers/installed-peers.ts'
import { OneCard, type ToldCard } from './one-card.ts'
import type { StandIn } from './stand-in.ts'

interface Interceptor {
  query(any: true): Interceptor
  reply(answer: (request: Request) => readonly [number, unknown]): unknown
}

/** What is used of nock, whose types are there only once it is installed. */
interface Nock {
  (origin: string): { persist(): { get(path: RegExp): Interceptor; put(path: RegExp): Interceptor } }
  restore(): void
}

/** Interceptors over a map. */
export function startNock(): StandIn {
  const { default: nock } = requirePeer('nock') as { readonly default: Nock }
  const held = new OneCard()
  const answer = (card: ToldCard | undefined): readonly [number, unknown] => (card ? [200, card] : [404, 'not found'])
  const trello = nock('https://api.trello.com').persist()
  trello
    .get(/^\/1\/cards\/\w+/)
    .query(true)
    .reply(({ url }) => answer(held.get(url)))
  trello
    .put(/^\/1\/cards\/\w+/)
    .query(true)
    .reply(({ url }) => answer(held.move(url)))
  return { cards: held.cards, lists: held.lists, listOf: held.listOf, stop: () => nock.restore() }
}
