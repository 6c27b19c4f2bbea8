import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { expect, vi } from 'vitest'
import type { SuiteCase, Trouble } from './cases.ts'
import { MoveFailed, moveCard } from './moving.ts'

interface Card {
  readonly id: string
  readonly idList: string
}

const credentials = 'key=some-key&token=some-token'
const cardUrl = 'https://api.trello.com/1/cards/:id'
const cards = new Map<string, Card>()
let exchanges = 0

/** What a test of today writes in the place of a Trello: one handler over a map. */
const server = setupServer(
  http.put<{ id: string }>(cardUrl, ({ request, params }) => {
    exchanges++
    const query = new URL(request.url).searchParams
    if (query.get('key') !== 'some-key') return new HttpResponse('invalid key', { status: 401 })
    const card = cards.get(params.id)
    if (!card) return new HttpResponse('card not found', { status: 404 })
    const moved = { ...card, idList: query.get('idList') ?? card.idList }
    cards.set(moved.id, moved)
    return HttpResponse.json(moved)
  }),
)

/** Starts to answer; the result ends it. */
export function startMsw(): () => void {
  server.listen({ onUnhandledFrame: 'error' })
  return () => server.close()
}

/** Runs one case on Vitest's fake timers; gives the exchanges that were made. */
export async function runWithMsw({ cards: count, trouble, troubles, outcome }: SuiteCase): Promise<number> {
  exchanges = 0
  cards.clear()
  for (let at = 0; at < count; at++) cards.set(`card-${at}`, { id: `card-${at}`, idList: 'todo' })
  if (trouble) server.use(troubled(trouble, troubles))
  // What MSW itself waits for has to stay real.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  try {
    for (const id of [...cards.keys()]) {
      const moving = settled(moveCard(id, 'done', credentials), trouble !== undefined)
      if (outcome === 'failed') await expect(moving).rejects.toBeInstanceOf(MoveFailed)
      else expect((await moving).idList).toBe('done')
    }
  } finally {
    vi.useRealTimers()
    server.resetHandlers()
  }
  expect([...cards.values()].filter(({ idList }) => idList === 'done')).toHaveLength(outcome === 'moved' ? count : 0)
  return exchanges
}

function troubled(trouble: Trouble, times: number): ReturnType<typeof http.put> {
  let left = times
  return http.put(cardUrl, () => {
    if (left === 0) return undefined
    left--
    exchanges++
    if (trouble === 'cut off') return HttpResponse.error()
    const status = trouble === 'busy' ? 429 : 503
    return HttpResponse.json({ message: 'not now' }, { status })
  })
}

/** Lets fake time pass until a promise has settled: what waits for a reply has no timer that could be run. */
async function settled<Value>(promise: Promise<Value>, mayWait: boolean): Promise<Value> {
  if (!mayWait) return promise
  let isSettled = false
  const end = (): void => {
    isSettled = true
  }
  promise.then(end, end)
  while (!isSettled) await vi.advanceTimersByTimeAsync(1_000)
  return promise
}
