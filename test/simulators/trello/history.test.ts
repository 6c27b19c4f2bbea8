import { describe, expect, test } from 'vitest'
import { ask, boardIn, given, refusal, type TrelloWorld, trelloWorld, wait } from './asking.ts'

/** A world in which one card has been renamed often, ten times a second, and moved to and fro in between. */
function within(body: (world: TrelloWorld, line: string) => Promise<void>, renames = 120): Promise<void> {
  const world = trelloWorld({}, { latency: { minMs: 50, maxMs: 50 } })
  return world.run(async () => {
    const card = `PUT /cards/${world.trello.card('ship it')?.id}`
    const [todo, done] = [world.trello.list('To Do').id, world.trello.list('Done').id]
    for (let at = 0; at < renames; at++) {
      await given(card, { json: { name: `name ${at}` } })
      if (at % 40 === 39) await given(card, { json: { idList: at % 80 === 39 ? done : todo } })
    }
    await body(world, `GET /boards/${boardIn(world).id}/actions`)
  })
}

type Told = { readonly id: string; readonly type: string; readonly date: string; readonly data: Record<string, never> }
const namesIn = (actions: readonly Told[]): unknown[] => actions.map(({ data }) => data['card']?.['name'])

describe('the history of a board', () => {
  test('gives the 50 newest actions, the newest first', () =>
    within(async (_, line) => {
      const actions: readonly Told[] = await given(line)
      expect(actions).toHaveLength(50)
      expect(namesIn(actions).slice(0, 3)).toEqual(['name 119', 'name 119', 'name 118'])
      const dates = actions.map(({ date }) => Date.parse(date))
      expect(dates).toEqual(dates.toSorted((a, b) => b - a))
    }))

  test('is walked back with the id of the last one, without loss or repetition', () =>
    within(async (_, line) => {
      const walked: Told[] = []
      for (let page = 0; page < 20; page++) {
        const last = walked.at(-1)?.id
        const found: Told[] = await given(line, { query: { limit: 17, ...(last !== undefined && { before: last }) } })
        if (found.length === 0) break
        walked.push(...found)
      }
      expect(walked).toEqual(await given(line, { query: { limit: 1_000 } }))
      expect(walked).toHaveLength(123)
    }))

  test('gives what came after an action, or between two moments', () =>
    within(async (_, line) => {
      const all: Told[] = await given(line, { query: { limit: 1_000 } })
      const [tenth, twentieth] = [all[10], all[20]]
      const since = twentieth?.id ?? ''
      expect(await given(line, { query: { since } })).toEqual(all.slice(0, 20))
      expect(await given(line, { query: { since, before: tenth?.id ?? '' } })).toEqual(all.slice(11, 20))
      const dates = { since: twentieth?.date ?? '', before: tenth?.date ?? '' }
      expect(await given(line, { query: dates })).toEqual(all.slice(11, 20))
    }))

  test('takes the id of any thing for the moment of its making', () =>
    within(async (world, line) => {
      await wait(2_000)
      const card = await given('POST /cards', { json: { idList: world.trello.list('Done').id, name: 'late' } })
      await wait(2_000)
      await given(`PUT /cards/${card.id}`, { json: { name: 'later' } })
      expect(await given(line, { query: { since: card.id } })).toMatchObject([
        { data: { old: { name: 'late' } } },
        { type: 'createCard' },
      ])
      expect(await given(line, { query: { before: '000000000000000000000000' } })).toEqual([])
    }, 1))

  test('is told page by page, up to the thousandth action', () =>
    within(async (_, line) => {
      const all: Told[] = await given(line, { query: { limit: 1_000 } })
      expect(await given(line, { query: { limit: 50, page: 2 } })).toEqual(all.slice(100, 150))
      expect(await given(line, { query: { limit: 500, page: 2 } })).toEqual([])
      expect(await refusal(line, { query: { limit: 500, page: 3 } })).toBe('400 invalid value for page')
    }))

  test.each([
    [{ limit: 1_001 }, 'limit'],
    [{ limit: -1 }, 'limit'],
    [{ limit: 'many' }, 'limit'],
    [{ before: 'yesterday' }, 'before'],
    [{ since: '~' }, 'since'],
    [{ page: 1.5 }, 'page'],
  ] as const)('refuses %o', (query, name) =>
    within(async (_, line) => {
      expect(await refusal(line, { query: query as Record<string, string> })).toBe(`400 invalid value for ${name}`)
    }, 0),
  )

  test('takes a limit of 0 and of 1,000', () =>
    within(async (_, line) => {
      expect(await given(line, { query: { limit: 0 } })).toEqual([])
      expect(await given(line, { query: { limit: 1_000 } })).toHaveLength(3)
    }, 3))

  test('is filtered by type, and by what an update changed', () =>
    within(async (world, line) => {
      await given(`POST /cards/${world.trello.cards[0]?.id}/actions/comments`, { json: { text: 'well' } })
      const filtered = async (filter: string): Promise<number> =>
        (await given(line, { query: { filter, limit: 1_000 } })).length
      expect(await filtered('updateCard')).toBe(123)
      expect(await filtered('updateCard:idList')).toBe(3)
      expect(await filtered('updateCard:name')).toBe(120)
      expect(await filtered('updateCard:closed')).toBe(0)
      expect(await filtered('commentCard')).toBe(1)
      expect(await filtered('commentCard,updateCard:idList')).toBe(4)
      expect(await filtered('all')).toBe(124)
    }))

  test('is of one board, and of the models asked for', () =>
    within(async (world, line) => {
      const other = await given('POST /boards', { json: { name: 'Other' } })
      const card = await given('POST /cards', { json: { idList: world.trello.list('Done').id, name: 'new' } })
      expect((await given(`GET /boards/${other.id}/actions`)).map(({ type }: Told) => type)).toEqual(['createBoard'])
      expect((await given(line, { query: { idModels: card.id } })).map(({ type }: Told) => type)).toEqual([
        'createCard',
      ])
    }, 5))

  test('leaves out who did it when that is asked for', () =>
    within(async (_, line) => {
      expect((await given(line))[0].memberCreator.username).toBe('ada')
      expect((await given(line, { query: { memberCreator: false } }))[0].memberCreator).toBeUndefined()
      const [{ id, type, ...rest }] = await given(line, { query: { fields: 'type' } })
      expect([typeof id, type, rest]).toEqual(['string', 'updateCard', {}])
    }, 1))
})

describe('the history of a card', () => {
  test('tells comments and moves, unless asked for more', () =>
    within(async (world) => {
      const card = world.trello.cards[0]?.id
      await given(`POST /cards/${card}/actions/comments`, { json: { text: 'well' } })
      const line = `GET /cards/${card}/actions`
      expect((await given(line)).map(({ type }: Told) => type)).toEqual(['commentCard', ...Array(3).fill('updateCard')])
      expect(await given(line, { query: { filter: 'all', limit: 1_000 } })).toHaveLength(124)
      expect(await given(line, { query: { filter: 'all' } })).toHaveLength(50)
      expect(await given(line, { query: { filter: 'all', limit: 2, page: 1 } })).toHaveLength(2)
      expect((await given(`GET /cards/${card}`, { query: { actions: 'all', actions_limit: 5 } })).actions).toHaveLength(
        5,
      )
    }))
})

describe('the cards of a board', () => {
  test('are told by their places, or with a limit page by page, the newest first', () =>
    within(async (world) => {
      const done = world.trello.list('Done').id
      for (let at = 0; at < 7; at++) await given('POST /cards', { json: { idList: done, name: `n${at}`, pos: 'top' } })
      const line = `GET /boards/${boardIn(world).id}/cards`
      const names = (cards: readonly { readonly name: string }[]): string[] => cards.map(({ name }) => name)
      const newest = ['n6', 'n5', 'n4', 'n3', 'n2', 'n1', 'n0', 'thank the reporter', 'write the changelog', 'ship it']
      expect(names(await given(line))).toEqual([...newest.slice(-3).reverse(), ...newest.slice(0, 7)])
      const walked: { readonly id: string; readonly name: string }[] = []
      for (let page = 0; page < 10; page++) {
        const last = walked.at(-1)?.id
        const found = await given(line, { query: { limit: 3, ...(last !== undefined && { before: last }) } })
        if (found.length === 0) break
        walked.push(...found)
      }
      expect(names(walked)).toEqual(newest)
      const since = walked[3]?.id ?? ''
      expect(names(await given(line, { query: { since } }))).toEqual(newest.slice(0, 3))
      expect(await refusal(line, { query: { limit: 1_001 } })).toBe('400 invalid value for limit')
      expect((await ask(line, { query: { before: 'yesterday' } })).body).toBe('invalid value for before')
    }, 0))

  test('are at most a thousand', () =>
    within(async (world) => {
      const { state } = world.trello
      const model = world.trello.cards[0]
      for (let at = 0; model && at < 1_100; at++) {
        const id = `5f5f5f5f${String(at).padStart(16, '0')}`
        state.cards.set(id, { ...model, id })
      }
      expect(await given(`GET /boards/${boardIn(world).id}/cards`, { query: { fields: 'none' } })).toHaveLength(1_000)
    }, 0))
})
