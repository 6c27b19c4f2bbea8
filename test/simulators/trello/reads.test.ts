import { type BoardSpec, kanban, trelloCredentials } from 'stuntdouble/simulators/trello'
import { describe, expect, test } from 'vitest'
import { admit, ask, boardIn, given, nobody, refusal, type TrelloWorld, trelloWorld, unknownId } from './asking.ts'

const launch: BoardSpec = {
  name: 'Rocket launch',
  labels: [{ name: 'urgent', color: 'red' }],
  lists: [
    {
      name: 'To Do',
      cards: [
        { name: 'Fuel the rocket', desc: 'with kerosene', labels: ['urgent'], members: ['ada'], checklist: ['pump'] },
        { name: 'Rocketry lessons' },
        { name: 'Paint it' },
      ],
    },
    { name: 'In Orbit', cards: [{ name: 'Satellite' }] },
  ],
}

function within(body: (world: TrelloWorld) => Promise<void>): Promise<void> {
  const world = trelloWorld({ boards: [launch, kanban] })
  return world.run(() => body(world))
}

const names = (found: readonly { readonly name: string }[]): string[] => found.map(({ name }) => name)

/** Names of the cards that a search finds. */
async function found(query: string, more: Readonly<Record<string, string | number | boolean>> = {}): Promise<string[]> {
  return names((await given('GET /search', { query: { query, ...more } })).cards)
}

describe('a search', () => {
  test('answers with every kind of thing, and with how it was understood', () =>
    within(async (world) => {
      const card = world.trello.card('Paint it')?.id
      await given(`POST /cards/${card}/actions/comments`, { json: { text: 'red, like the rocket' } })
      const answer = await given('GET /search', { query: { query: 'rocket' } })
      expect(Object.keys(answer).sort()).toEqual(['actions', 'boards', 'cards', 'members', 'options', 'organizations'])
      expect(names(answer.boards)).toEqual(['Rocket launch'])
      expect(names(answer.cards)).toEqual(['Fuel the rocket', 'Paint it'])
      expect(answer.actions).toMatchObject([{ type: 'commentCard', data: { text: 'red, like the rocket' } }])
      expect(answer.options).toMatchObject({ terms: [{ text: 'rocket' }], partial: false })
      expect((await given('GET /search', { query: { query: 'okafor' } })).members).toMatchObject([{ username: 'ada' }])
      expect((await given('GET /search', { query: { query: 'workspace' } })).organizations).toHaveLength(1)
    }))

  test('finds whole words, and beginnings of words when it is partial', () =>
    within(async () => {
      expect(await found('rocket')).toEqual(['Fuel the rocket'])
      expect(await found('rocket', { partial: true })).toEqual(['Fuel the rocket', 'Rocketry lessons'])
      expect(await found('ocket', { partial: true })).toEqual([])
      expect(await found('KEROSENE')).toEqual(['Fuel the rocket'])
      expect(await found('rocket kerosene')).toEqual(['Fuel the rocket'])
      expect(await found('rocket paint')).toEqual([])
      expect(await found('"fuel the"')).toEqual(['Fuel the rocket'])
      expect(await found('"the fuel"')).toEqual([])
      expect(await found('(rocket')).toEqual([])
    }))

  test.each([
    ['list:"In Orbit"', ['Satellite']],
    ['board:rocket -list:"To Do"', ['Satellite']],
    ['label:urgent', ['Fuel the rocket']],
    ['#red', ['Fuel the rocket']],
    ['@ada', ['Fuel the rocket']],
    ['member:ada', ['Fuel the rocket']],
    ['name:kerosene', []],
    ['description:kerosene', ['Fuel the rocket']],
    ['checklist:Checklist', ['Fuel the rocket']],
    ['board:rocket -label:urgent is:open', ['Rocketry lessons', 'Paint it', 'Satellite']],
  ])('understands %s', (query, cards) => within(async () => expect(await found(query)).toEqual(cards)))

  test('tells archived cards from open ones', () =>
    within(async (world) => {
      await given(`PUT /cards/${world.trello.card('Satellite')?.id}`, { json: { closed: true } })
      expect(await found('is:archived')).toEqual(['Satellite'])
      expect(await found('board:rocket list:orbit is:open')).toEqual([])
    }))

  test('keeps to the boards of the caller, and to those named', () =>
    within(async (world) => {
      const [rocket, plain] = [world.trello.board('Rocket launch').id, world.trello.board('Kanban').id]
      expect(await found('ship')).toEqual(['ship it'])
      expect(await found('ship', { idBoards: rocket })).toEqual([])
      expect(await found('ship', { idBoards: `${rocket},${plain}` })).toEqual(['ship it'])
      const as = admit(world)
      const query = { query: 'ship' }
      expect((await given('GET /search', { as, query })).cards).toEqual([])
      expect((await given('GET /search', { as, query: { ...query, idBoards: plain } })).cards).toEqual([])
      const board = boardIn(world)
      world.trello.state.boards.set(board.id, { ...board, permissionLevel: 'public' })
      expect((await given('GET /search', { as, query: { query: 'rocket' } })).cards).toEqual([])
      const named = { query: 'rocket', idBoards: board.id }
      expect(names((await given('GET /search', { as, query: named })).cards)).toEqual(['Fuel the rocket'])
    }))

  test('gives ten cards, or as many as asked for, page by page', () =>
    within(async (world) => {
      const idList = world.trello.list('Done').id
      for (let at = 0; at < 25; at++) await given('POST /cards', { json: { idList, name: `probe ${at}` } })
      expect(await found('probe')).toHaveLength(10)
      expect(await found('probe', { cards_limit: 1_000 })).toHaveLength(25)
      expect(await found('probe', { cards_page: 2 })).toEqual([20, 21, 22, 23, 24].map((at) => `probe ${at}`))
      const line = 'GET /search'
      expect(await refusal(line, { query: { query: 'a', cards_limit: 1_001 } })).toBe(
        '400 invalid value for cards_limit',
      )
    }))

  test('gives what of the models is asked for', () =>
    within(async (world) => {
      const query = { query: 'kerosene', modelTypes: 'cards,boards', card_fields: 'idShort', boards_limit: 0 }
      const { options, ...rest } = await given('GET /search', { query })
      expect(rest).toEqual({ cards: [{ id: world.trello.card('Fuel the rocket')?.id, idShort: 1 }], boards: [] })
      expect(options.modelTypes).toEqual(['cards', 'boards'])
    }))
})

describe('a batch', () => {
  const batch = (urls: readonly string[], as?: typeof nobody): ReturnType<typeof ask> =>
    ask('GET /batch', { query: { urls: urls.join(',') }, ...(as && { as }) })

  test('answers 200 with one item for each path, in their order, each with its own code', () =>
    within(async (world) => {
      const { id } = boardIn(world)
      const urls = [
        `/boards/${id}?fields=name`,
        `/cards/${unknownId}`,
        '/cards/~',
        '/nothing',
        '/members/me?fields=username',
      ]
      const { status, body } = await batch(urls)
      expect(status).toBe(200)
      expect(body).toEqual([
        { 200: { id, name: 'Rocket launch' } },
        { statusCode: 404, name: 'NotFoundError', message: 'card not found' },
        { statusCode: 400, name: 'BadRequestError', message: 'invalid id' },
        { statusCode: 404, name: 'NotFoundError', message: 'Cannot GET /1/nothing' },
        { 200: { id: expect.any(String), username: 'ada' } },
      ])
    }))

  test('takes ten paths and no more, and only those that begin with a slash', () =>
    within(async () => {
      expect((await batch(Array(10).fill('/members/me'))).body).toHaveLength(10)
      const query = { urls: Array(11).fill('/members/me').join(',') }
      expect(await refusal('GET /batch', { query })).toBe('400 invalid value for urls')
      for (const urls of ['members/me', 'https://api.trello.com/1/members/me', '/members/me,', '']) {
        expect(await refusal('GET /batch', { query: { urls } })).toBe('400 invalid value for urls')
      }
    }))

  test('takes a path whose commas are encoded', () =>
    within(async (world) => {
      const { id } = boardIn(world)
      const { body } = await batch([`/boards/${id}?fields=name%2Cclosed`])
      expect(body).toEqual([{ 200: { id, name: 'Rocket launch', closed: false } }])
    }))

  test('lends its credentials, from query or header, to each path that brings none of its own', () =>
    within(async (world) => {
      const { key, token } = trelloCredentials
      const url = '/members/me?fields=username'
      const asUser = async (answer: Promise<{ readonly body: unknown }>): Promise<unknown> => (await answer).body
      const ada = [{ 200: { id: expect.any(String), username: 'ada' } }]
      const refused = { statusCode: 401, name: 'UnauthorizedError', message: 'unauthorized permission requested' }
      expect(await asUser(batch([url]))).toEqual(ada)
      const authorization = `OAuth oauth_consumer_key="${key}", oauth_token="${token}"`
      expect(await asUser(ask('GET /batch', { as: nobody, headers: { authorization }, query: { urls: url } }))).toEqual(
        ada,
      )
      expect(await asUser(batch([url], nobody))).toEqual([refused])
      const other = admit(world)
      const bo = [{ 200: { id: expect.any(String), username: 'bo' } }]
      expect(await asUser(batch([`${url}&key=${key}&token=${other.token}`], nobody))).toEqual(bo)
      expect(await asUser(batch([`${url}&key=${key}&token=${other.token}`]))).toEqual(bo)
      const board = `/boards/${boardIn(world).id}`
      expect(await asUser(batch([board], other))).toEqual([refused])
    }))
})

describe('a read of a board', () => {
  test('gives the lists, open ones by default, and their cards when asked for', () =>
    within(async (world) => {
      const board = world.trello.board('Kanban')
      const [todo, doing] = board.lists
      await given(`PUT /lists/${doing?.id}`, { json: { closed: true } })
      const line = `GET /boards/${board.id}/lists`
      const lists = async (filter?: string): Promise<string[]> =>
        names(await given(line, { query: filter === undefined ? {} : { filter } }))
      expect(await lists()).toEqual(['To Do', 'Done'])
      expect(await lists('open')).toEqual(['To Do', 'Done'])
      expect(await lists('closed')).toEqual(['Doing'])
      expect(await lists('all')).toEqual(['To Do', 'Doing', 'Done'])
      expect(await lists('none')).toEqual([])
      expect(await refusal(line, { query: { filter: 'some' } })).toBe('400 invalid value for filter')
      const [first] = await given(line, { query: { cards: 'open', fields: 'none', card_fields: 'name' } })
      expect(first).toMatchObject({ id: todo?.id, cards: [{ name: 'ship it' }, {}, {}] })
    }))

  test('leaves archived cards out by default, and those of archived lists out of what is visible', () =>
    within(async (world) => {
      const board = world.trello.board('Kanban')
      await given(`PUT /cards/${world.trello.card('ship it')?.id}`, { json: { closed: true } })
      const open = ['write the changelog', 'thank the reporter']
      const line = `GET /boards/${board.id}/cards`
      expect(names(await given(line))).toEqual(open)
      expect(names(await given(`${line}/closed`))).toEqual(['ship it'])
      expect(names(await given(`${line}/all`))).toEqual(['ship it', ...open])
      expect(names(await given(`${line}/none`))).toEqual([])
      expect(await refusal(`${line}/some`)).toBe('400 invalid value for filter')
      expect(names(await given(`GET /lists/${board.lists[0]?.id}/cards`))).toEqual(open)
      await given(`PUT /lists/${board.lists[0]?.id}`, { json: { closed: true } })
      expect(names(await given(line))).toEqual([])
      expect(names(await given(`${line}/visible`))).toEqual([])
      expect(names(await given(`${line}/open`))).toEqual(open)
      expect(names(await given(`GET /lists/${board.lists[0]?.id}/cards`))).toEqual(open)
      const nested = await given(`GET /boards/${board.id}`, { query: { cards: 'closed', fields: 'none' } })
      expect(names(nested.cards)).toEqual(['ship it'])
    }))

  test('gives a closed board too; the list of boards tells them apart', () =>
    within(async (world) => {
      const { id } = world.trello.board('Kanban')
      await given(`PUT /boards/${id}`, { json: { closed: true } })
      expect((await given(`GET /boards/${id}`)).closed).toBe(true)
      const boards = async (filter: string): Promise<string[]> =>
        names(await given('GET /members/me/boards', { query: { filter } }))
      expect(await boards('open')).toEqual(['Rocket launch'])
      expect(await boards('closed')).toEqual(['Kanban'])
      expect(await boards('all')).toEqual(['Rocket launch', 'Kanban'])
      expect(await boards('none')).toEqual([])
      await given(`PUT /boards/${boardIn(world).id}`, { json: { 'prefs/permissionLevel': 'public' } })
      expect(await boards('public')).toEqual(['Rocket launch'])
    }))

  test('counts its open cards in its limits', () =>
    within(async (world) => {
      const { id } = world.trello.board('Kanban')
      const { state } = world.trello
      const card = world.trello.card('ship it')
      const status = async (): Promise<string> => (await given(`GET /boards/${id}`)).limits.cards.openPerBoard.status
      const fill = (count: number): void => {
        for (let at = state.cards.size; card && at < count + 4; at++) {
          const one = at.toString(16).padStart(24, '0')
          state.cards.set(one, { ...card, id: one })
        }
      }
      fill(4_499)
      expect(await status()).toBe('ok')
      fill(4_500)
      expect(await status()).toBe('warn')
      fill(5_000)
      expect(await status()).toBe('disabled')
    }))
})

describe('a member', () => {
  test('is found by id, by user name and as me, and tells more to itself', () =>
    within(async (world) => {
      const id = [...world.trello.state.members.keys()][0]
      const mine = await given('GET /members/me')
      expect(await given(`GET /members/${id}`)).toEqual(mine)
      expect(await given('GET /members/ada')).toEqual(mine)
      expect(mine.email).toBe('ada@example.com')
      const { email, ...told } = await given('GET /members/ada', { as: admit(world) })
      expect([email, told.username]).toEqual([undefined, 'ada'])
      expect(await refusal('GET /members/nobody')).toBe('404 model not found')
    }))
})
