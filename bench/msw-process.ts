import assert from 'node:assert/strict'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import type { Took } from './rounds.ts'

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

/** Makes as many exchanges as it is told to; tells what they took. */
process.on('message', (count: number) => {
  exchanged(count).then((took) => process.send?.(took))
})

async function exchanged(count: number): Promise<Took> {
  const cpuBefore = process.cpuUsage()
  const before = performance.now()
  for (let made = 0; made < count; made++) await move(made % 2 === 0 ? 'done' : 'todo')
  const realMs = performance.now() - before
  const { user, system } = process.cpuUsage(cpuBefore)
  return { realMs, cpuMicros: user + system }
}

async function move(idList: string): Promise<void> {
  const response = await fetch(`https://api.trello.com/1/cards/ship-it?idList=${idList}`, { method: 'PUT' })
  assert.equal(response.status, 200)
  assert.equal(((await response.json()) as Card).idList, idList)
  assert.equal(cards.get('ship-it')?.idList, idList)
}

server.listen({ onUnhandledFrame: 'error' })
