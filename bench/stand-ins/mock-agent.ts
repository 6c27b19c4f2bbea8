import { getGlobalDispatcher, MockAgent, setGlobalDispatcher } from 'undici'
import { OneCard, type ToldCard } from './one-card.ts'
import type { StandIn } from './stand-in.ts'

/** Interceptors over a map, in the place of the dispatcher of every `fetch`. */
export function startMockAgent(): StandIn {
  const held = new OneCard()
  const before = getGlobalDispatcher()
  const agent = new MockAgent()
  agent.disableNetConnect()
  setGlobalDispatcher(agent)
  const pool = agent.get('https://api.trello.com')
  const isCard = (path: string): boolean => path.startsWith('/1/cards/')
  const answer = (card: ToldCard | undefined) => ({
    statusCode: card ? 200 : 404,
    data: JSON.stringify(card ?? 'not found'),
    responseOptions: { headers: { 'content-type': 'application/json' } },
  })
  pool
    .intercept({ path: isCard, method: 'GET' })
    .reply(({ path }) => answer(held.get(path)))
    .persist()
  pool
    .intercept({ path: isCard, method: 'PUT' })
    .reply(({ path }) => answer(held.move(path)))
    .persist()
  return { cards: held.cards, lists: held.lists, listOf: held.listOf, stop: () => setGlobalDispatcher(before) }
}
