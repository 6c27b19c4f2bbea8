import { type TrelloOptions, trelloCredentials } from 'stuntdouble/simulators/trello'
import { describe, expect, test } from 'vitest'
import {
  type Answer,
  type Asking,
  admit,
  ask,
  boardIn,
  type Caller,
  nobody,
  type TrelloWorld,
  trelloWorld,
  wait,
} from './asking.ts'

const tokenRefusal = { error: 'API_TOKEN_LIMIT_EXCEEDED', message: 'Rate limit exceeded' }
const keyRefusal = { error: 'API_KEY_LIMIT_EXCEEDED', message: 'Rate limit exceeded' }
const memberRefusal = { message: 'Exceeded rate limit to /1/member', error: 'RATE_LIMIT_EXCEEDED' }
const otherKey = 'e'.repeat(32)

/** Without latency, so that a call is judged at the very moment at which it is made. */
function within(options: TrelloOptions, body: (world: TrelloWorld) => Promise<void>): Promise<void> {
  const world = trelloWorld({ limits: 'documented', ...options }, { latency: { minMs: 0, maxMs: 0 } })
  return world.run(() => body(world))
}

/** Asks many times, one after the other, and gives the last answer. */
async function repeat(times: number, line: string, asking?: Asking): Promise<Answer> {
  let answer = await ask(line, asking)
  for (let call = 1; call < times; call++) answer = await ask(line, asking)
  return answer
}

/** Tokens of the member Bo, each with windows of its own. */
function tokens(world: TrelloWorld, count: number): readonly Caller[] {
  return Array.from({ length: count }, (_, at) => {
    const caller = admit(world, { token: `ATTA${String(at).repeat(64)}` })
    const { boards } = world.trello.state
    for (const board of boards.values()) {
      boards.set(board.id, { ...board, idMembers: [...new Set([...board.idMembers, 'b0b0b0b0b0b0b0b0b0b0b0b0'])] })
    }
    return caller
  })
}

const lists = (world: TrelloWorld): string => `GET /boards/${boardIn(world).id}/lists`

describe('the limit of a token', () => {
  test('lets 100 calls pass in 10 s and refuses the next one with JSON', () =>
    within({}, async (world) => {
      expect((await repeat(100, lists(world))).status).toBe(200)
      const refused = await ask(lists(world))
      expect(refused).toMatchObject({ status: 429, type: 'application/json; charset=utf-8', body: tokenRefusal })
      expect(refused.headers.has('retry-after')).toBe(false)
    }))

  test('ends 10 s after its first call, to the millisecond', () =>
    within({}, async (world) => {
      await ask(lists(world))
      await wait(5_000)
      await repeat(99, lists(world))
      await wait(4_999)
      expect((await ask(lists(world))).status).toBe(429)
      await wait(1)
      expect((await repeat(100, lists(world))).status).toBe(200)
      expect((await ask(lists(world))).status).toBe(429)
    }))

  test('is its own: another token of the same key goes on', () =>
    within({}, async (world) => {
      const [other = nobody] = tokens(world, 1)
      expect((await repeat(101, lists(world))).status).toBe(429)
      expect((await ask(lists(world), { as: other })).status).toBe(200)
    }))

  test('keeps a refused write from having any effect', () =>
    within({ limits: { token: { max: 1 } } }, async (world) => {
      const line = `PUT /cards/${world.trello.card('ship it')?.id}`
      expect((await ask(line, { json: { name: 'one' } })).status).toBe(200)
      expect((await ask(line, { json: { name: 'two' } })).status).toBe(429)
      expect(world.trello.card('one')).toBeDefined()
      expect(world.journal.exchanges().map(({ effects }) => effects.length)).toEqual([1, 0])
    }))
})

describe('the limit of a key', () => {
  test('lets 300 calls pass in 10 s, whichever its tokens, and ends after that', () =>
    within({}, async (world) => {
      const [d = nobody, ...three] = tokens(world, 4)
      for (const as of three) expect((await repeat(100, lists(world), { as })).status).toBe(200)
      expect(await ask(lists(world), { as: d })).toMatchObject({ status: 429, body: keyRefusal })
      await wait(10_000)
      expect((await ask(lists(world), { as: d })).status).toBe(200)
    }))

  test('is its own: another key goes on', () =>
    within({ limits: { key: { max: 1 } } }, async (world) => {
      const other = admit(world, { key: otherKey, token: 'f'.repeat(64) })
      expect((await repeat(2, 'GET /members/me')).status).toBe(429)
      expect((await ask('GET /members/me', { as: other })).status).toBe(200)
    }))

  test('leaves the word to that of the token when both are passed', () =>
    within({ limits: { key: { max: 2 }, token: { max: 2 } } }, async (world) => {
      expect((await repeat(3, lists(world))).body).toEqual(tokenRefusal)
    }))

  test('counts calls with the key alone, and none without credentials', () =>
    within({ limits: { key: { max: 2 } } }, async (world) => {
      const { boards } = world.trello.state
      for (const board of boards.values()) boards.set(board.id, { ...board, permissionLevel: 'public' })
      const as = { key: trelloCredentials.key }
      expect((await repeat(3, lists(world), { as })).body).toEqual(keyRefusal)
      expect((await repeat(5, lists(world), { as: nobody })).status).toBe(200)
    }))
})

describe('the limit of members and search', () => {
  test('lets 100 calls pass in 900 s, in words of its own', () =>
    within({}, async () => {
      expect((await repeat(50, 'GET /members/me')).status).toBe(200)
      await wait(450_000)
      await repeat(25, 'GET /members/me/boards')
      expect((await repeat(25, 'GET /search', { query: { query: 'ship' } })).status).toBe(200)
      for (const line of ['GET /members/me', 'GET /members/ada/boards']) {
        expect(await ask(line)).toMatchObject({ status: 429, body: memberRefusal })
      }
      expect((await ask('GET /search', { query: { query: 'ship' } })).body).toEqual(memberRefusal)
      await wait(449_999)
      expect((await ask('GET /members/me')).status).toBe(429)
      await wait(1)
      expect((await ask('GET /members/me')).status).toBe(200)
    }))

  test('does not concern other routes', () =>
    within({ limits: { members: { max: 1 } } }, async (world) => {
      expect((await repeat(2, 'GET /members/me')).status).toBe(429)
      expect((await ask(lists(world))).status).toBe(200)
    }))
})

describe('the lock-out of a key', () => {
  /** Has one token refused, which by itself leaves its key's own count below 300. */
  async function refusedBy(world: TrelloWorld, refusals: number): Promise<Caller> {
    const [other] = tokens(world, 1)
    await repeat(100, 'GET /members/me')
    await wait(10_000)
    const last = await repeat(refusals, 'GET /members/me')
    expect(last.status).toBe(429)
    return other ?? trelloCredentials
  }

  test('does not begin with 200 refusals in 10 s', () =>
    within({}, async (world) => {
      const as = await refusedBy(world, 200)
      expect((await ask(lists(world), { as })).status).toBe(200)
    }))

  test('begins with more, refuses every token of the key, and ends with the window', () =>
    within({}, async (world) => {
      const as = await refusedBy(world, 201)
      expect(await ask(lists(world), { as })).toMatchObject({ status: 429, body: keyRefusal })
      const other = admit(world, { key: otherKey, token: 'f'.repeat(64) })
      expect((await ask('GET /members/me', { as: other })).status).toBe(200)
      await wait(9_999)
      expect((await ask(lists(world), { as })).status).toBe(429)
      await wait(1)
      expect((await ask(lists(world), { as })).status).toBe(200)
    }))

  test('counts refusals of one window only', () =>
    within({}, async (world) => {
      await refusedBy(world, 150)
      await wait(10_000)
      await repeat(150, 'GET /members/me')
      expect((await ask(lists(world), { as: tokens(world, 1)[0] ?? nobody })).status).toBe(200)
    }))
})

describe('the headers of the limits', () => {
  const told = (answer: Answer): Record<string, string> =>
    Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith('x-rate-limit')))

  test('tell of key and token on every reply to whoever has credentials, errors included', () =>
    within({}, async (world) => {
      const windows = {
        'x-rate-limit-api-key-interval-ms': '10000',
        'x-rate-limit-api-key-max': '300',
        'x-rate-limit-api-token-interval-ms': '10000',
        'x-rate-limit-api-token-max': '100',
      }
      const remaining = (count: number): object => ({
        ...windows,
        'x-rate-limit-api-key-remaining': String(299 - count),
        'x-rate-limit-api-token-remaining': String(99 - count),
      })
      expect(told(await ask(lists(world)))).toEqual(remaining(0))
      expect(told(await ask('GET /cards/5f5f5f5f5f5f5f5f5f5f5f5f'))).toEqual(remaining(1))
      expect(told(await ask('POST /cards'))).toEqual(remaining(2))
      await repeat(96, lists(world))
      expect(told(await ask(lists(world)))).toEqual(remaining(99))
      expect(told(await ask(lists(world)))).toEqual({ ...remaining(100), 'x-rate-limit-api-token-remaining': '0' })
    }))

  test('tell of members where that limit counts', () =>
    within({}, async () => {
      expect(told(await ask('GET /members/me'))).toMatchObject({
        'x-rate-limit-member-interval-ms': '900000',
        'x-rate-limit-member-max': '100',
        'x-rate-limit-member-remaining': '99',
      })
    }))

  test('are absent where nothing was counted', () =>
    within({}, async (world) => {
      expect(told(await ask('GET /cards/~'))).toEqual({})
      expect(told(await ask(lists(world), { as: nobody }))).toEqual({})
      expect(told(await ask(lists(world), { as: { key: otherKey } }))).toEqual({})
    }))
})

describe('the option', () => {
  test('limits: off lets everything pass and tells nothing', () =>
    within({ limits: 'off' }, async () => {
      const { status, headers } = await repeat(350, 'GET /members/me')
      expect(status).toBe(200)
      expect([...headers.keys()].filter((name) => name.startsWith('x-rate-limit'))).toEqual([])
    }))

  test('limits with numbers changes those and leaves the rest', () =>
    within({ limits: { token: { max: 2, intervalMs: 1_000 } } }, async (world) => {
      const { body, headers } = await repeat(3, lists(world))
      expect(body).toEqual(tokenRefusal)
      expect(headers.get('x-rate-limit-api-token-max')).toBe('2')
      expect(headers.get('x-rate-limit-api-token-interval-ms')).toBe('1000')
      expect(headers.get('x-rate-limit-api-key-max')).toBe('300')
      await wait(1_000)
      expect((await ask(lists(world))).status).toBe(200)
    }))

  test('retryAfter has refusals say how many seconds are left', () =>
    within({ retryAfter: true, limits: { token: { max: 1 } } }, async (world) => {
      await ask(lists(world))
      await wait(2_500)
      expect((await ask(lists(world))).headers.get('retry-after')).toBe('8')
      await wait(7_499)
      expect((await ask(lists(world))).headers.get('retry-after')).toBe('1')
    }))
})

describe('a batch', () => {
  test('of ten reads counts as one call', () =>
    within({}, async (world) => {
      const urls = Array.from({ length: 10 }, () => `/boards/${boardIn(world).id}/lists`).join(',')
      const { headers } = await ask('GET /batch', { query: { urls } })
      expect(headers.get('x-rate-limit-api-token-remaining')).toBe('99')
    }))
})

describe('a snapshot', () => {
  test('holds what the limits have counted, and a reset forgets it', () =>
    within({ limits: { token: { max: 2 } } }, async (world) => {
      await ask(lists(world))
      const snapshot = world.trello.snapshot()
      expect((await repeat(2, lists(world))).status).toBe(429)
      world.trello.restore(snapshot)
      expect((await ask(lists(world))).status).toBe(200)
      expect((await ask(lists(world))).status).toBe(429)
      world.trello.reset()
      expect((await repeat(2, lists(world))).status).toBe(200)
    }))
})
