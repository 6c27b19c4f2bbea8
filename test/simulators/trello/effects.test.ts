import { conflict, forbidden, rateLimited, replyLost, serverError } from 'stuntdouble'
import { type TrelloOperationName, trello } from 'stuntdouble/simulators/trello'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { ask, boardIn, given, type TrelloWorld, trelloWorld } from './asking.ts'
import { filled, furnished, isWrite, paramsOf, type Row } from './furnished.ts'
import { rows } from './rows.ts'

type Effects = readonly { readonly what: string; readonly key: string }[]

/** Effects of a row's ordinary call, made `times` times, in a world of its own. */
async function effectsOf(row: Row, seed: number, times = 1): Promise<readonly Effects[]> {
  const { world, ids } = furnished(seed)
  await world.run(async () => {
    for (let call = 0; call < times; call++) await ask(filled(row.line, ids), { query: paramsOf(row, ids) })
  })
  return world.journal.exchanges().map(({ effects }) => effects)
}

const writes = rows.filter(isWrite)

describe.each(writes)('$line ($operation)', (row) => {
  test('has effects that are named alike in every run', async () => {
    const [effects = []] = await effectsOf(row, 1)
    expect(effects.length).toBeGreaterThan(0)
    expect(await effectsOf(row, 2)).toEqual([effects])
    for (const { what, key } of effects) {
      expect(what).toMatch(/^[a-z]+( [a-z]+)+$/)
      expect(key).not.toBe('')
      expect(key).not.toMatch(/[0-9a-f]{24}/)
    }
  })

  if (!row.operation.endsWith('.update') && row.operation !== 'cards.updateCheckItem') return
  test('has none when all is already as it was asked for', async () => {
    const [first = [], again] = await effectsOf(row, 1, 2)
    expect(first.length).toBeGreaterThan(0)
    expect(again).toEqual([])
  })
})

test.each(rows.filter((row) => !isWrite(row)))('$line has no effect', async (row) => {
  expect(await effectsOf(row, 1)).toEqual([[]])
})

function within(body: (world: TrelloWorld) => Promise<void>): Promise<void> {
  const world = trelloWorld()
  return world.run(() => body(world))
}

describe('an effect', () => {
  const latest = (world: TrelloWorld): Effects => world.journal.exchanges().at(-1)?.effects ?? []

  test('says in names what happened to which thing', () =>
    within(async (world) => {
      const [todo, done] = [world.trello.list('To Do').id, world.trello.list('Done').id]
      const card = await given('POST /cards', { json: { idList: todo, name: 'launch' } })
      expect(latest(world)).toEqual([{ what: 'card created', key: 'launch in To Do' }])
      await given(`PUT /cards/${card.id}`, { json: { idList: done, desc: 'now' } })
      expect(latest(world)).toEqual([
        { what: 'card moved', key: 'launch to Done' },
        { what: 'card changed', key: 'launch: desc' },
      ])
      await given(`PUT /cards/${card.id}`, { json: { closed: true } })
      expect(latest(world)).toEqual([{ what: 'card archived', key: 'launch' }])
      await given(`POST /cards/${card.id}/actions/comments`, { json: { text: 'gone' } })
      expect(latest(world)).toEqual([{ what: 'comment added', key: 'gone on launch' }])
      await given(`DELETE /cards/${card.id}`)
      expect(latest(world)).toEqual([{ what: 'card deleted', key: 'launch' }])
    }))

  test('is had by a write whose reply is lost, and by none that is refused', () =>
    within(async (world) => {
      const line = `PUT /cards/${world.trello.card('ship it')?.id}`
      world.inject('trello', 'cards.update', replyLost({ times: 1 }))
      await expect(given(line, { json: { name: 'lost' } })).rejects.toThrow('fetch failed')
      expect(latest(world)).toEqual([{ what: 'card changed', key: 'lost: name' }])
      world.inject('trello', 'cards.update', rateLimited({ times: 1 }))
      expect((await ask(line, { json: { name: 'refused' } })).status).toBe(429)
      expect(latest(world)).toEqual([])
      expect(world.trello.card('lost')).toBeDefined()
    }))
})

describe('an injected refusal', () => {
  test.each([
    [rateLimited({ times: 1 }), 429, 'application/json; charset=utf-8', 'API_TOKEN_LIMIT_EXCEEDED'],
    [forbidden({ times: 1 }), 403, 'text/plain; charset=utf-8', 'forbidden'],
    [conflict({ times: 1 }), 409, 'text/plain; charset=utf-8', 'conflict'],
    [serverError({ status: 500, times: 1 }), 500, 'text/plain; charset=utf-8', 'Internal Server Error'],
    [serverError({ status: 503, times: 1 }), 503, 'text/html', '<h1>503 Service Unavailable</h1>'],
  ] as const)('%o has the form that Trello gives it', (fault, status, type, text) =>
    within(async (world) => {
      world.inject('trello', 'boards.get', fault)
      const answer = await ask(`GET /boards/${boardIn(world).id}`)
      expect(answer).toMatchObject({ status, type })
      expect(typeof answer.body === 'string' ? answer.body : answer.body.error).toContain(text)
    }),
  )
})

describe('the names of operations', () => {
  test('are types, so that a wrong one does not compile', () => {
    const world = trelloWorld()
    expectTypeOf(trello().operations).toHaveProperty('cards.update')
    expectTypeOf<TrelloOperationName>().extract<'cards.update' | 'cards.move'>().toEqualTypeOf<'cards.update'>()
    // @ts-expect-error there is no such operation
    expect(() => world.inject('trello', 'cards.move', rateLimited())).toThrow()
    // @ts-expect-error there is no such provider
    expect(() => world.inject('trolley', 'cards.update', rateLimited())).toThrow()
  })
})
