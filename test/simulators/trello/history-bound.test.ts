import { expect, test } from 'vitest'
import { ask, boardIn, given, receiverOf, type TrelloWorld, trelloWorld, wait } from './asking.ts'

const hook = 'https://app.example/hooks'

/** A world whose Trello keeps ten actions, in which one card has been renamed 25 times, once a second. */
async function within(
  body: (line: string, ids: readonly string[], world: TrelloWorld) => Promise<void>,
): Promise<void> {
  const world = trelloWorld({ actionsMax: 10 })
  await world.run(async () => {
    const ids: string[] = []
    for (let at = 0; at < 25; at++) {
      await given(`PUT /cards/${world.trello.cards[0]?.id}`, { json: { name: `name ${at}` } })
      ids.push([...world.trello.state.actions.keys()].at(-1) ?? '')
      await wait(1_000)
    }
    await body(`GET /boards/${boardIn(world).id}/actions`, ids, world)
  })
}

const idsOf = (actions: readonly { readonly id: string }[]): readonly string[] => actions.map(({ id }) => id)

test('keeps the youngest actions, and tells them newest first', () =>
  within(async (line, ids, world) => {
    expect(world.trello.state.actions.size).toBe(10)
    expect(idsOf(await given(line, { query: { limit: 1_000 } }))).toEqual(ids.slice(15).reverse())
    expect(idsOf(await given(`GET /cards/${world.trello.cards[0]?.id}/actions`, { query: { filter: 'all' } }))).toEqual(
      ids.slice(15).reverse(),
    )
  }))

test('is walked back to the oldest action that is kept, and told page by page up to it', () =>
  within(async (line, ids) => {
    const kept = ids.slice(15).reverse()
    const walked: string[] = []
    for (let page = 0; page < 10; page++) {
      const before = walked.at(-1)
      const found = idsOf(await given(line, { query: { limit: 4, ...(before !== undefined && { before }) } }))
      if (found.length === 0) break
      walked.push(...found)
    }
    expect(walked).toEqual(kept)
    expect(idsOf(await given(line, { query: { limit: 4, page: 2 } }))).toEqual(kept.slice(8))
    expect(await given(line, { query: { limit: 4, page: 3 } })).toEqual([])
  }))

test('takes the id of a forgotten action for the moment of its making', () =>
  within(async (line, ids) => {
    const [forgotten = '', oldest = '', second = ''] = ids.slice(14)
    expect(idsOf(await given(line, { query: { since: forgotten } }))).toEqual(ids.slice(15).reverse())
    expect(await given(line, { query: { before: forgotten } })).toEqual([])
    expect(idsOf(await given(line, { query: { since: oldest } }))).toEqual(ids.slice(16).reverse())
    expect(idsOf(await given(line, { query: { before: second } }))).toEqual([oldest])
  }))

test('is still told whole by webhooks, with a try after the action is forgotten', async () => {
  const book = receiverOf(({ method }) => (method === 'POST' && book.deliveries.length === 1 ? 500 : 200))
  const world = trelloWorld({ actionsMax: 1 }, { receivers: { [new URL(hook).origin]: book.receive } })
  await world.run(async () => {
    const [card] = world.trello.cards
    await given('POST /webhooks', { json: { idModel: card?.id, callbackURL: hook } })
    for (const name of ['a', 'b', 'c']) await given(`PUT /cards/${card?.id}`, { json: { name } })
    await wait(300_000)
    const told = book.deliveries.map(({ text }) => JSON.parse(text).action.data.card.name)
    expect(told.toSorted()).toEqual(['a', 'a', 'b', 'c'])
    expect(world.trello.state.actions.size).toBe(1)
  })
})

test('is bounded again in a state that was put in the place of another', () =>
  within(async (line, _, world) => {
    const { state } = world.trello
    Object.assign(state, { actions: new Map(state.actions) })
    for (const name of ['x', 'y']) await given(`PUT /cards/${world.trello.cards[0]?.id}`, { json: { name } })
    const told = await given(line)
    expect(told.slice(0, 2).map(({ data }: { data: { card: { name: string } } }) => data.card.name)).toEqual(['y', 'x'])
    expect(told).toHaveLength(10)
  }))

test.each([0, -1, 1.5, Number.NaN])('refuses to keep %d actions', (actionsMax) => {
  expect(() => trelloWorld({ actionsMax })).toThrow('actionsMax counts the action that has just happened')
})

test('keeps everything unless it is told otherwise', async () => {
  const world = trelloWorld()
  await world.run(async () => {
    const card = `/cards/${world.trello.cards[0]?.id}`
    for (let at = 0; at < 120; at++) expect((await ask(`PUT ${card}`, { json: { name: `n${at}` } })).status).toBe(200)
    expect(world.trello.state.actions.size).toBe(120)
  })
})
