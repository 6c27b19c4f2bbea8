import assert from 'node:assert/strict'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'

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

/** Moves the card to and fro, with MSW between `fetch` and the network. */
export async function movedBehindMsw(count: number): Promise<void> {
  server.listen({ onUnhandledFrame: 'error' })
  try {
    for (let made = 0; made < count; made++) await move(made % 2 === 0 ? 'done' : 'todo')
  } finally {
    server.close()
  }
}

async function move(idList: string): Promise<void> {
  const response = await fetch(`https://api.trello.com/1/cards/ship-it?idList=${idList}`, { method: 'PUT' })
  assert.equal(response.status, 200)
  assert.equal(((await response.json()) as Card).idList, idList)
  assert.equal(cards.get('ship-it')?.idList, idList)
}
