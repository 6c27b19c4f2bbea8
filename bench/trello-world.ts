import assert from 'node:assert/strict'
import { request } from 'undici'
import { type BoardSpec, type TrelloOptions, trello, trelloCredentials } from '../simulators/trello/index.ts'
import { createWorld } from '../src/index.ts'

/** Where Trello is. */
export const origin = 'https://api.trello.com'
const { key, token } = trelloCredentials
/** Credentials that work, as a query. */
export const credentials: string = `key=${key}&token=${token}`

/** Ten cards to move. */
export const board: BoardSpec = {
  name: 'Kanban',
  lists: [{ name: 'To Do', cards: Array.from({ length: 10 }, (_, at) => ({ name: `card ${at}` })) }, { name: 'Done' }],
}

/** Every limit is counted as ever; only its number is one that no lap reaches. */
export const limitsOutOfReach: Exclude<TrelloOptions['limits'], undefined> = { token: { max: 1e9 }, key: { max: 1e9 } }

/** A world with a Trello in it: limits as documented, or counted and out of reach. */
export function trelloWorld(seed: number, limits: 'documented' | 'out of reach') {
  return createWorld({
    seed,
    simulators: {
      trello: trello({ boards: [board], limits: limits === 'documented' ? limits : limitsOutOfReach }),
    },
    bounds: { eventsMax: 1e9, realMsMax: 600_000 },
  })
}

/** A world of this benchmark. */
export type TrelloWorld = ReturnType<typeof trelloWorld>

/** How an exchange is made. */
export type Client = (method: 'GET' | 'PUT', url: string) => Promise<{ status: number; card: { idList: string } }>

/** The exchange by `undici.request`. */
export const byUndici: Client = async (method, url) => {
  const { statusCode, body } = await request(url, { method })
  return { status: statusCode, card: (await body.json()) as { idList: string } }
}

/** The exchange by `fetch`. */
export const byFetch: Client = async (method, url) => {
  const response = await fetch(url, { method })
  return { status: response.status, card: (await response.json()) as { idList: string } }
}

/** Moves cards to and fro, one after the other; each move is seen in the reply and in Trello's state. */
export function moved(world: TrelloWorld, client: Client, count: number): Promise<void> {
  const { cards, lists } = world.trello.state
  const [home, done] = [...lists.keys()] as [string, string]
  const ids = [...cards.keys()]
  const move = async (at: number): Promise<void> => {
    const id = ids[at % ids.length] as string
    const idList = cards.get(id)?.idList === done ? home : done
    const { status, card } = await client('PUT', `${origin}/1/cards/${id}?idList=${idList}&${credentials}`)
    assert.equal(status, 200)
    assert.equal(card.idList, idList)
    assert.equal(cards.get(id)?.idList, idList)
  }
  return world.run(async () => {
    for (let at = 0; at < count; at++) await move(at)
    assert.equal(world.journal.length, count)
  })
}

/** Reads cards, one after the other. */
export function read(world: TrelloWorld, client: Client, count: number): Promise<void> {
  const { cards } = world.trello.state
  const all = [...cards.values()]
  const readOne = async (at: number): Promise<void> => {
    const { id, idList } = all[at % all.length] as (typeof all)[number]
    const { status, card } = await client('GET', `${origin}/1/cards/${id}?${credentials}`)
    assert.equal(status, 200)
    assert.equal(card.idList, idList)
  }
  return world.run(async () => {
    for (let at = 0; at < count; at++) await readOne(at)
    assert.equal(world.journal.length, count)
  })
}
