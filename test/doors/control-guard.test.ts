import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Controlled, openControlled } from './controlled.ts'

let open: Controlled
let guarded: Controlled
const token = 'a-token.of-ours'

beforeAll(async () => {
  ;[open, guarded] = await Promise.all([openControlled(), openControlled({ host: '0.0.0.0', token })])
})
afterAll(() => Promise.all([open.close(), guarded.close()]))

describe('on loopback', () => {
  test.each(['localhost', 'LOCALHOST:80', '127.0.0.1', '127.9.9.9:4010', '[::1]:4010', 'app.localhost'])(
    'a request to %s is let in',
    async (host) => {
      expect((await open.ask('GET', '/health', undefined, { headers: { host } })).status).toBe(200)
    },
  )

  test.each([
    'evil.example',
    'localhost.evil.example:4010',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '0.0.0.0',
    '@localhost',
  ])('a request to "%s" is refused, since a name may be made to lead here', async (host) => {
    const { status, json } = await open.ask('DELETE', '/faults', undefined, { headers: { host } })
    expect({ status, code: json.code }).toEqual({ status: 421, code: 'host_foreign' })
  })

  test.each(['https://evil.example', 'null', 'http://localhost.evil.example'])(
    'a web page of %s may not control it',
    async (origin) => {
      const { status, json } = await open.ask('POST', '/clock/freeze', undefined, { headers: { origin } })
      expect({ status, code: json.code }).toEqual({ status: 403, code: 'origin_foreign' })
      expect(open.server.world.clock.isFrozen).toBe(false)
    },
  )

  test('a web page of this machine may', async () => {
    const headers = { origin: 'http://localhost:3000' }
    expect((await open.ask('GET', '/health', undefined, { headers })).status).toBe(200)
  })
})

describe('anywhere else', () => {
  test('who has the token is let in, by whatever name', async () => {
    const headers = { authorization: `Bearer ${token}`, host: 'stuntdouble.internal:4010' }
    expect((await guarded.ask('GET', '/health', undefined, { headers })).status).toBe(200)
  })

  test.each([
    ['no token', {}, 'token_missing'],
    ['another scheme', { authorization: `Basic ${token}` }, 'token_missing'],
    ['another token', { authorization: 'Bearer a-token.of-other' }, 'token_wrong'],
    ['the beginning of the token', { authorization: 'Bearer a-token' }, 'token_wrong'],
    ['the token and more', { authorization: `Bearer ${token}s` }, 'token_wrong'],
  ])('%s gets 401, whatever the path', async (_, headers, code) => {
    for (const path of ['/health', '/openapi.json', '/nowhere']) {
      const told = await guarded.ask('GET', path, undefined, { headers })
      expect({ status: told.status, code: told.json.code, text: told.text.includes(token) }).toEqual({
        status: 401,
        code,
        text: false,
      })
      expect(told.headers['www-authenticate']).toBe('Bearer realm="stuntdouble"')
    }
  })

  test('without a token to ask for, nobody is let in', async () => {
    const closed = await openControlled({ host: '0.0.0.0' })
    try {
      const headers = { authorization: 'Bearer undefined' }
      expect((await closed.ask('GET', '/health', undefined, { headers })).status).toBe(401)
    } finally {
      await closed.close()
    }
  })
})

test('a token is asked for on loopback too, once there is one', async () => {
  const both = await openControlled({ token })
  try {
    expect((await both.ask('GET', '/health')).status).toBe(401)
    const headers = { authorization: `bearer ${token}` }
    expect((await both.ask('GET', '/health', undefined, { headers })).status).toBe(200)
  } finally {
    await both.close()
  }
})

describe('a body', () => {
  const problem = async (body: string | Uint8Array, headers = {}): Promise<unknown> => {
    const { status, json } = await open.ask('POST', '/faults', body, { headers })
    return { status, code: json.code, detail: json.detail }
  }

  test('that is no JSON is refused with what breaks it', async () => {
    expect(await problem('{"faults":[}')).toEqual({
      status: 400,
      code: 'json_malformed',
      detail: expect.stringContaining("Unexpected token '}'"),
    })
  })

  test('that is too long is refused, and read to its end, so that any client hears why', async () => {
    expect(await problem(JSON.stringify({ faults: [], more: 'x'.repeat(4_000_000) }))).toMatchObject({ status: 413 })
    expect((await open.ask('GET', '/faults')).json.faults).toEqual([])
  })

  test('that is compressed, no text, or nested without end is refused', async () => {
    expect(await problem('{}', { 'content-encoding': 'gzip' })).toMatchObject({ status: 415 })
    expect(await problem(Uint8Array.of(0x7b, 0xff, 0x7d))).toMatchObject({ status: 400, detail: /UTF-8/ })
    expect(await problem('['.repeat(100_000) + ']'.repeat(100_000))).toMatchObject({ status: 400, detail: /nested/ })
  })

  test('that is missing where one is needed is refused', async () => {
    expect(await problem('')).toMatchObject({ status: 422, code: 'body_invalid' })
  })

  test.each([
    ['POST', '/clock/freeze', { ms: 1 }],
    ['POST', '/clock/real', []],
    ['DELETE', '/journal', { since: 1 }],
    ['POST', '/worlds', null],
    ['POST', '/reset', null],
  ])('of %s %s that is %j is refused, since nothing would come of it', async (method, path, body) => {
    const { status, json } = await open.ask(method, path, JSON.stringify(body))
    expect({ status, code: json.code, path: json.errors[0].path }).toEqual({
      ...{ status: 422, code: 'body_invalid', path: 'body' },
    })
    expect(open.server.world.clock.isFrozen).toBe(false)
    expect(open.server.worlds()).toHaveLength(1)
  })

  test('that is an empty object may stand where none is needed, since some clients always send one', async () => {
    expect((await open.ask('POST', '/clock/real', {})).status).toBe(200)
    expect((await open.ask('DELETE', '/faults', {})).status).toBe(204)
  })
})
