import assert from 'node:assert/strict'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import type { Contestant } from './rounds.ts'

interface Card {
  readonly id: string
  readonly idList: string
}

const cards = new Map<string, Card>([['ship-it', { id: 'ship-it', idList: 'todo' }]])

/** One handler over a map: no credentials, no limits, no journal. */
const server = setupServer(
  http.put<{ id: string }>('https://api.trello.com/1/cards/:id', ({ request, params }) => {
    const card = cards.get(params.id)
    if (!card) return new HttpResponse('card not found', { status: 404 })
    const moved = { ...card, idList: new URL(request.url).searchParams.get('idList') ?? card.idList }
    cards.set(moved.id, moved)
    return HttpResponse.json(moved)
  }),
)

/** What most tests of today answer their calls with. */
export function msw(count: number): Contestant {
  return {
    name: 'msw-fetch',
    what: 'a card moved in a map behind an MSW handler, `fetch`',
    unit: 'exchanges',
    count,
    exchanges: 1,
    lap: async () => {
      server.listen({ onUnhandledFrame: 'error' })
      try {
        for (let made = 0; made < count; made++) await move(made % 2 === 0 ? 'done' : 'todo')
      } finally {
        server.close()
      }
      return 0
    },
  }
}

async function move(idList: string): Promise<void> {
  const response = await fetch(`https://api.trello.com/1/cards/ship-it?idList=${idList}`, { method: 'PUT' })
  assert.equal(response.status, 200)
  assert.equal(((await response.json()) as Card).idList, idList)
  assert.equal(cards.get('ship-it')?.idList, idList)
}
