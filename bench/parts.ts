import assert from 'node:assert/strict'
import { Bench } from 'tinybench'
import { trello, trelloCredentials } from '../simulators/trello/index.ts'
import { createRandom } from '../src/simulator/random.ts'
import { trelloWorld } from './trello-world.ts'

/** What one part of the work takes, in microseconds: the median of many, and their median deviation from it. */
export interface PartFigure {
  readonly what: string
  readonly micros: number
  readonly spread: number
}

/** Measures the parts that a run is made of, each by itself. */
export async function partFigures(quick: boolean): Promise<readonly PartFigure[]> {
  const bench = new Bench({ time: quick ? 1 : 400, warmupTime: quick ? 1 : 200, iterations: quick ? 2 : 64 })
  const put = exchangeInside('PUT')
  const get = exchangeInside('GET')
  bench
    .add('a world is made', () => {
      trelloWorld(1, 'documented')
    })
    .add('a world is made, takes over, does nothing, gives back', async () => {
      await trelloWorld(1, 'documented').run(() => undefined)
    })
    .add('the Trello simulator alone: a card moved', put)
    .add('the Trello simulator alone: a card read', get)
  await bench.run()
  return bench.tasks.map(({ name, result }) => {
    assert(result?.state === 'completed', `${name}: ${JSON.stringify(result)}`)
    const { p50, mad } = result.latency
    return { what: name, micros: p50 * 1_000, spread: mad * 1_000 }
  })
}

/** One exchange with a simulator that is in no world: routes, credentials, limits, schemas, handler, effects. */
function exchangeInside(method: 'PUT' | 'GET'): () => void {
  const board = { name: 'Kanban', lists: [{ name: 'To Do', cards: [{ name: 'ship it' }] }, { name: 'Done' }] }
  let nowMs = Date.UTC(2026, 0, 5)
  const instance = trello({ boards: [board], limits: { token: { max: 1e9 }, key: { max: 1e9 } } }).open({
    clock: { now: () => nowMs },
    random: createRandom('parts'),
    schedule: () => ({ cancel: () => undefined }),
    send: () => Promise.resolve({ kind: 'refused' }),
  })
  const [card] = instance.state.cards.values()
  const lists = [...instance.state.lists.keys()]
  assert(card)
  const credentials = `key=${trelloCredentials.key}&token=${trelloCredentials.token}`
  const headers = { host: 'api.trello.com' }
  let made = 0
  return () => {
    nowMs += 20
    made++
    const query = method === 'PUT' ? `idList=${lists[made % 2]}&${credentials}` : credentials
    const call = { method, origin: 'https://api.trello.com', path: `/1/cards/${card.id}`, query, headers }
    const handled = instance.handle({ ...call, body: new Uint8Array() })
    assert(!(handled instanceof Promise) && handled.reply.status === 200)
  }
}
