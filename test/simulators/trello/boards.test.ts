import { createWorld } from 'stuntdouble'
import { kanban, sampleBoard, trello, trelloCredentials } from 'stuntdouble/simulators/trello'
import { describe, expect, test } from 'vitest'
import { admit, ask, boardIn, given, nobody, receiverOf, trelloWorld } from './asking.ts'

describe('the sample board', () => {
  test('is the same for the same seed, and another one for another', () => {
    expect(sampleBoard()).toEqual(sampleBoard({ seed: 1 }))
    expect(sampleBoard({ seed: 7 })).toEqual(sampleBoard({ seed: 7 }))
    expect(sampleBoard({ seed: 7 })).not.toEqual(sampleBoard({ seed: 8 }))
  })

  test('does not depend on what else has been drawn in between', () => {
    const before = sampleBoard({ seed: 3, cards: 50 })
    sampleBoard({ seed: 4 })
    expect(sampleBoard({ seed: 3, cards: 50 })).toEqual(before)
  })

  test('looks like the board of a team: five lists, cards with all that hangs on them, dates around the day', () => {
    const { name, lists, labels } = sampleBoard({ cards: 200, today: '2027-03-01T00:00:00.000Z' })
    expect(name).toMatch(/ launch$/)
    expect(lists.map((list) => list.name)).toEqual(['Backlog', 'To Do', 'Doing', 'Review', 'Done'])
    const cards = lists.flatMap((list) => list.cards ?? [])
    expect(cards).toHaveLength(200)
    for (const has of ['due', 'checklist', 'desc'] as const) expect(cards.some((card) => card[has])).toBe(true)
    const known = new Set(labels?.map((label) => label.name))
    expect(cards.flatMap((card) => card.labels ?? []).filter((label) => !known.has(label))).toEqual([])
    const dues = cards.flatMap(({ due }) => (due === undefined ? [] : Date.parse(due)))
    expect(Math.min(...dues)).toBeGreaterThanOrEqual(Date.parse('2027-03-01'))
    expect(Math.max(...dues)).toBeLessThanOrEqual(Date.parse('2027-03-31'))
  })

  test('stands in a Trello after one line', async () => {
    const world = trelloWorld({ boards: [sampleBoard()] })
    await world.run(async () => {
      const cards = await given(`GET /boards/${boardIn(world).id}/cards`)
      expect(cards).toHaveLength(24)
      expect(cards).toEqual(expect.arrayContaining([expect.objectContaining({ idChecklists: [expect.any(String)] })]))
    })
  })
})

describe('a Trello to start with', () => {
  test('has the boards that it is given, and the member whose credentials work', async () => {
    const boards = [kanban, { ...kanban, name: 'Open', permissionLevel: 'public' as const, desc: 'to all' }]
    const world = trelloWorld({ boards, members: [{ username: 'bo', fullName: 'Bo Lindqvist' }] })
    await world.run(async () => {
      const told = await given('GET /members/me/boards')
      expect(told).toMatchObject([{ name: 'Kanban' }, { name: 'Open', desc: 'to all' }])
      expect(told[1].prefs.permissionLevel).toBe('public')
      expect(await given(`GET /boards/${told[0].id}/members`)).toMatchObject([{ username: 'ada' }, { username: 'bo' }])
    })
  })

  test('has nothing when it is given nothing', async () => {
    const world = trelloWorld({ boards: [] })
    await world.run(async () => expect(await given('GET /members/me/boards')).toEqual([]))
    expect(() => world.trello.board()).toThrow('There is no open board: there are none.')
  })

  test('has ids and short links in the form of Trello, drawn from the seed of its world', () => {
    const idsOf = (seed: number): readonly string[] => [...trelloWorld({}, { seed }).trello.state.shortLinks].flat()
    expect(idsOf(1)).toEqual(idsOf(1))
    expect(idsOf(1)).not.toEqual(idsOf(2))
    for (const id of idsOf(1)) expect(id).toMatch(/^([0-9a-f]{24}|[A-Za-z0-9]{8})$/)
  })
})

describe('what a test reads', () => {
  test('is boards, lists and cards by their names, as they stand', async () => {
    const world = trelloWorld()
    await world.run(async () => {
      const card = world.trello.card('ship it')
      await given(`PUT /cards/${card?.id}`, { json: { idList: world.trello.list('Done').id } })
      await given(`PUT /cards/${world.trello.card('thank the reporter')?.id}`, { json: { closed: true } })
    })
    const { trello: view } = world
    expect(view.list('Done').cards.map(({ name }) => name)).toEqual(['ship it'])
    expect(view.list('To Do').cards.map(({ name }) => name)).toEqual(['write the changelog'])
    expect(view.card('thank the reporter')?.closed).toBe(true)
    expect(view.card('unknown')).toBeUndefined()
    expect(view.cards).toHaveLength(3)
    const board = view.board('Kanban')
    expect(board.lists.map(({ name }) => name)).toEqual(['To Do', 'Doing', 'Done'])
    expect([view.board(), view.board(board.id), view.board(board.shortLink)]).toEqual([board, board, board])
    expect(() => view.list('Nowhere')).toThrow('There is no list Nowhere: there are To Do, Doing, Done.')
    expect(() => view.board('Nowhere')).toThrow('There is no open board Nowhere: there are Kanban.')
  })

  test('goes back with a snapshot, and to the start with a reset', async () => {
    const world = trelloWorld()
    await world.run(async () => {
      const start = world.trello.snapshot()
      await given(`PUT /cards/${world.trello.card('ship it')?.id}`, { json: { name: 'changed' } })
      const changed = world.trello.snapshot()
      expect(changed).not.toEqual(start)
      world.trello.restore(start)
      expect(world.trello.snapshot()).toEqual(start)
      expect(world.trello.card('ship it')).toBeDefined()
      world.trello.restore(changed)
      expect((await given(`GET /cards/${world.trello.card('changed')?.id}`)).name).toBe('changed')
      world.trello.reset()
      expect(world.trello.card('ship it')).toBeDefined()
      expect(world.trello.state.actions.size).toBe(0)
    })
  })
})

describe('a run', () => {
  /** Callers that race, with webhooks and limits in play. */
  async function fingerprintOf(seed: number): Promise<string> {
    const receiver = receiverOf((_, nth) => (nth % 3 === 0 ? 500 : 200))
    const receivers = { 'https://hooks.example': receiver.receive }
    const world = trelloWorld({ limits: { token: { max: 30 } } }, { seed, receivers })
    await world.run(async () => {
      const { id } = boardIn(world)
      await ask('POST /webhooks', { json: { callbackURL: 'https://hooks.example/trello', idModel: id } })
      const idList = world.trello.list('Doing').id
      const work = async (name: string): Promise<void> => {
        for (let at = 0; at < 10; at++) {
          const { body } = await ask('POST /cards', { json: { idList, name: `${name} ${at}`, pos: 'top' } })
          if (typeof body === 'object') await ask(`PUT /cards/${body.id}`, { json: { pos: 'top', desc: name } })
        }
      }
      await Promise.all(['a', 'b', 'c', 'd'].map(work))
      await world.settle()
    })
    return world.fingerprint()
  }

  test('is the same for the same seed, and another one for another', async () => {
    const first = await fingerprintOf(1)
    for (let run = 0; run < 5; run++) expect(await fingerprintOf(1)).toBe(first)
    expect(await fingerprintOf(2)).not.toBe(first)
  })

  test('prints no credentials in its journal', async () => {
    const world = trelloWorld()
    await world.run(async () => {
      const as = admit(world)
      await ask('GET /members/me')
      await ask('GET /members/me', { as })
      await ask(`GET /tokens/${trelloCredentials.token}`)
      const authorization = `OAuth oauth_consumer_key="${trelloCredentials.key}", oauth_token="${as.token}"`
      await ask('GET /members/me', { as: nobody, headers: { authorization } })
      await ask(`PUT /boards/${boardIn(world).id}`, { as: nobody, json: { ...trelloCredentials, desc: 'x' } })
      const journal = JSON.stringify(world.journal.records())
      for (const secret of [...Object.values(trelloCredentials), as.token]) expect(journal).not.toContain(secret)
    })
  })

  test('has a Trello of its own, also when it shares the simulator with another', async () => {
    const simulators = { trello: trello({ boards: [kanban], limits: 'off' }) }
    const [one, other] = [createWorld({ simulators }), createWorld({ simulators })]
    await one.run(() => given(`PUT /cards/${one.trello.card('ship it')?.id}`, { json: { name: 'shipped' } }))
    expect(one.trello.card('ship it')).toBeUndefined()
    expect(other.trello.card('ship it')).toBeDefined()
  })
})
