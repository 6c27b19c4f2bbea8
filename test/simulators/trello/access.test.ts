import { trelloCredentials } from 'stuntdouble/simulators/trello'
import { describe, expect, test } from 'vitest'
import { type Asking, admit, ask, boardIn, nobody, refusal, type TrelloWorld, trelloWorld, wait } from './asking.ts'

const { key, token } = trelloCredentials
const unauthorized = '401 unauthorized permission requested'
const otherKey = 'e'.repeat(32)

const oauth = (given: { readonly key?: string; readonly token?: string }): Asking => {
  const parts = [
    given.key !== undefined && `oauth_consumer_key="${given.key}"`,
    given.token !== undefined && `oauth_token="${given.token}"`,
  ]
  return { as: nobody, headers: { authorization: `OAuth ${parts.filter(Boolean).join(', ')}` } }
}
const bearer = (given: string): Asking => ({ as: nobody, headers: { authorization: `Bearer ${given}` } })

/** Without latency, so that a call is judged at the very moment at which it is made. */
function within(body: (world: TrelloWorld) => Promise<void>): Promise<void> {
  const world = trelloWorld({}, { latency: { minMs: 0, maxMs: 0 } })
  return world.run(() => body(world))
}

/** Makes the kanban board public, or open to its workspace. */
function open(world: TrelloWorld, permissionLevel: 'public' | 'org'): void {
  const board = boardIn(world)
  world.trello.state.boards.set(board.id, { ...world.trello.state.boards.get(board.id), ...board, permissionLevel })
}

describe('credentials', () => {
  const ways: Readonly<Record<string, Asking>> = {
    'the query': { as: { key, token } },
    'an OAuth header': oauth({ key, token }),
    'a Bearer header': bearer(token),
  }
  test.each(Object.entries(ways))('are taken from %s', (_, asking) =>
    within(async (world) => {
      expect((await ask('GET /members/me', asking)).body).toMatchObject({ username: 'ada' })
      const { id } = boardIn(world)
      expect((await ask(`PUT /boards/${id}`, { ...asking, json: { desc: 'new' } })).status).toBe(200)
    }),
  )

  const bodies: Readonly<Record<string, (fields: Record<string, string>) => Asking>> = {
    JSON: (json) => ({ as: nobody, json }),
    form: (form) => ({ as: nobody, form }),
  }
  test.each(Object.entries(bodies))('are taken from a %s body', (_, asking) =>
    within(async (world) => {
      const { id } = boardIn(world)
      expect((await ask(`PUT /boards/${id}`, asking({ key, token, desc: 'new' }))).body).toMatchObject({ desc: 'new' })
      expect(await refusal(`PUT /boards/${id}`, asking({ key, token: 'wrong', desc: 'n' }))).toBe('401 invalid token')
      expect(await refusal(`PUT /boards/${id}`, asking({ key, desc: 'n' }))).toBe('401 missing scopes')
    }),
  )

  test('may stand partly in the query and partly in the body', () =>
    within(async (world) => {
      const answer = await ask(`PUT /boards/${boardIn(world).id}`, { as: { key }, json: { token, desc: 'new' } })
      expect(answer).toMatchObject({ status: 200, body: { desc: 'new' } })
    }))

  const wrong: Readonly<Record<string, readonly [Asking, string, string]>> = {
    'an unknown key': [{ as: { key: otherKey, token } }, '401 invalid key', '401 invalid key'],
    'a token without key': [{ as: { token } }, '401 invalid key', '401 invalid key'],
    'an unknown token': [{ as: { key, token: 'f'.repeat(64) } }, '401 invalid token', '401 invalid token'],
    'a key without token': [{ as: { key } }, unauthorized, '401 missing scopes'],
    'nothing at all': [{ as: nobody }, unauthorized, '401 invalid key'],
    'an empty key': [{ as: { key: '', token } }, '401 invalid key', '401 invalid key'],
    'an unknown key in the header': [oauth({ key: otherKey, token }), '401 invalid key', '401 invalid key'],
    'an unknown token in the header': [oauth({ key, token: 'no' }), '401 invalid token', '401 invalid token'],
    'a header with a key only': [oauth({ key }), unauthorized, '401 missing scopes'],
    'an unknown Bearer token': [bearer('no'), '401 invalid token', '401 invalid token'],
  }
  test.each(Object.entries(wrong))('that are %s are refused with the text for it', (_, [asking, read, write]) =>
    within(async (world) => {
      const line = `/boards/${boardIn(world).id}`
      expect(await refusal(`GET ${line}`, asking)).toBe(read)
      expect(await refusal(`PUT ${line}`, asking)).toBe(write)
      expect(await refusal(`DELETE ${line}`, asking)).toBe(write)
      expect(await refusal('POST /boards/', { ...asking, query: { name: 'new' } })).toBe(write)
      expect(boardIn(world).desc).toBe('')
    }),
  )

  test('are looked at only after the ids in the path', () =>
    within(async () => {
      expect(await refusal('GET /cards/not-an-id', { as: nobody })).toBe('400 invalid id')
      expect(await refusal('PUT /boards/~', { as: { key: otherKey, token } })).toBe('400 invalid id')
    }))

  test('are looked at before the parameters', () =>
    within(async () => {
      expect(await refusal('POST /cards', { as: { key: otherKey, token } })).toBe('401 invalid key')
    }))

  test('of another application do not go with a token', () =>
    within(async (world) => {
      const other = admit(world, { key: otherKey })
      expect((await ask('GET /members/me', { as: other })).body).toMatchObject({ username: 'bo' })
      expect(await refusal('GET /members/me', { as: { key: otherKey, token } })).toBe('401 invalid token')
    }))
})

describe('a token', () => {
  test('is refused from the moment at which it expires', () =>
    within(async (world) => {
      const as = admit(world, { dateExpires: new Date(Date.now() + 60_000).toISOString() })
      await wait(59_999)
      expect((await ask('GET /members/me', { as })).status).toBe(200)
      await wait(1)
      expect(await refusal('GET /members/me', { as })).toBe('401 invalid token')
    }))

  test('is refused once it has been revoked, and can be revoked once only', () =>
    within(async () => {
      expect(await ask(`DELETE /tokens/${token}`)).toMatchObject({ status: 200, body: { _value: null } })
      expect(await refusal(`DELETE /tokens/${token}`)).toBe('401 invalid token')
      expect(await refusal('GET /members/me')).toBe('401 invalid token')
    }))

  test('with the scope read may read and not write', () =>
    within(async (world) => {
      const idMember = [...world.trello.state.members.keys()][0] ?? ''
      const as = admit(world, { idMember, scopes: ['read'] })
      const line = `/boards/${boardIn(world).id}`
      expect((await ask(`GET ${line}`, { as })).status).toBe(200)
      expect(await refusal(`PUT ${line}`, { as, query: { desc: 'new' } })).toBe(unauthorized)
      const { body } = await ask(`GET /tokens/${as.token}`, { as })
      expect(body.permissions[0]).toEqual({ idModel: '*', modelType: 'Board', read: true, write: false })
    }))

  test('does not let its bearer look at, or revoke, another one', () =>
    within(async (world) => {
      const as = admit(world)
      for (const line of [`GET /tokens/${token}`, `GET /tokens/${token}/webhooks`, `DELETE /tokens/${token}`]) {
        expect(await refusal(line, { as })).toBe('401 unauthorized token')
      }
      expect(world.trello.state.tokens.has(token)).toBe(true)
    }))
})

describe('a board', () => {
  const reads = (world: TrelloWorld): readonly string[] => {
    const { id } = boardIn(world)
    const card = world.trello.card('ship it')?.id
    return [`/boards/${id}`, `/boards/${id}/cards`, `/cards/${card}`, `/lists/${world.trello.list('Done').id}/cards`]
  }
  const writes = (world: TrelloWorld): readonly (readonly [string, Asking])[] => {
    const [todo, card] = [world.trello.list('To Do').id, world.trello.card('ship it')?.id]
    return [
      [`PUT /boards/${boardIn(world).id}`, { query: { name: 'Mine' } }],
      [`PUT /cards/${card}`, { query: { name: 'mine' } }],
      ['POST /cards', { query: { idList: todo, name: 'mine' } }],
      ['POST /lists', { query: { idBoard: boardIn(world).id, name: 'mine' } }],
      [`PUT /lists/${todo}`, { query: { name: 'mine' } }],
    ]
  }

  test('that is private is for its members only', () =>
    within(async (world) => {
      for (const line of reads(world)) {
        expect(await refusal(`GET ${line}`, { as: admit(world) })).toBe(unauthorized)
        expect(await refusal(`GET ${line}`, { as: nobody })).toBe(unauthorized)
        expect((await ask(`GET ${line}`)).status).toBe(200)
      }
    }))

  test('that is public may be read by all and changed by its members only', () =>
    within(async (world) => {
      open(world, 'public')
      for (const line of reads(world)) {
        for (const as of [nobody, { key }, admit(world)]) expect((await ask(`GET ${line}`, { as })).status).toBe(200)
      }
      const before = world.trello.snapshot()
      for (const [line, asking] of writes(world)) {
        expect(await refusal(line, { ...asking, as: admit(world) })).toBe(unauthorized)
      }
      expect((world.trello.snapshot() as { readonly state: object }).state).toEqual(
        (before as { readonly state: object }).state,
      )
      for (const [line, asking] of writes(world)) expect((await ask(line, asking)).status).toBe(200)
    }))

  test('that is open to its workspace may be read by the members of that', () =>
    within(async (world) => {
      open(world, 'org')
      const as = admit(world)
      const { organizations, members } = world.trello.state
      for (const line of reads(world)) expect(await refusal(`GET ${line}`, { as })).toBe(unauthorized)
      for (const one of organizations.values()) {
        organizations.set(one.id, { ...one, idMembers: [...members.keys()] })
      }
      for (const line of reads(world)) {
        expect((await ask(`GET ${line}`, { as })).status).toBe(200)
        expect(await refusal(`GET ${line}`, { as: nobody })).toBe(unauthorized)
      }
      for (const [line, asking] of writes(world)) expect(await refusal(line, { ...asking, as })).toBe(unauthorized)
    }))

  test('that is public can be copied by whoever may see it', () =>
    within(async (world) => {
      const as = admit(world)
      const query = { name: 'Copy', idBoardSource: boardIn(world).id }
      expect(await refusal('POST /boards', { as, query })).toBe(unauthorized)
      open(world, 'public')
      expect((await ask('POST /boards', { as, query })).body).toMatchObject({ name: 'Copy' })
    }))
})
