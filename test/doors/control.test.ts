import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { kanban, trello, trelloCredentials } from '../../simulators/trello/index.ts'
import { type Controlled, openControlled } from './controlled.ts'

let controlled: Controlled
let ask: Controlled['ask']
let call: Controlled['call']

beforeAll(async () => {
  controlled = await openControlled()
  ask = controlled.ask
  call = controlled.call
})
beforeEach(async () => {
  await ask('POST', '/reset')
})
afterAll(() => controlled.close())

const boards = '/1/members/me/boards'
const planOf = (fault: string, on: object = {}): object => ({ faults: [{ fault, on: { provider: 'trello', ...on } }] })
// biome-ignore lint/suspicious/noExplicitAny: the state of a provider is its own affair.
const boardIn = (state: any): string => state.providers.trello.state.boards.$map[0][0]
const cardsOf = async (at?: string): Promise<unknown> => (await ask('GET', '/state', undefined, at ? { at } : {})).json

describe('faults', () => {
  test('strike once they are set, say how often, and no more once they are taken back', async () => {
    const set = await ask('POST', '/faults', planOf('forbidden', { operation: 'members.boards' }))
    const { id, ...rest } = set.json.faults[0]
    expect(rest).toEqual({
      planned: { fault: 'forbidden', on: { provider: 'trello', operation: 'members.boards' } },
      where: 'any call of members.boards of trello',
      strikes: 0,
    })
    expect([await call('GET', boards), await call('GET', boards)]).toEqual([403, 403])
    expect((await ask('GET', `/faults/${id}`)).json.strikes).toBe(2)
    expect((await ask('DELETE', `/faults/${id}`)).status).toBe(204)
    expect(await call('GET', boards)).toBe(200)
    expect((await ask('GET', '/faults')).json).toEqual({ faults: [] })
  })

  test('of a plan are all set or none, with every misfit and the nearest names', async () => {
    await ask('POST', '/faults', planOf('forbidden'))
    const { faults } = planOf('hang') as { readonly faults: readonly object[] }
    const wrong = [{ fault: 'reply-lst', on: { provider: 'trelo' } }, planOf('hang', { nth: 0 })]
    const plan = { faults: [...faults, wrong[0], { fault: 'hang', on: { provider: 'trello', nth: 0 } }] }
    for (const method of ['POST', 'PUT']) {
      const { status, headers, json } = await ask(method, '/faults', plan)
      expect({ status, type: headers['content-type'], code: json.code }).toEqual({
        status: 422,
        type: 'application/problem+json',
        code: 'body_invalid',
      })
      expect(json.errors).toEqual([
        { path: 'faults[1].fault', message: expect.stringContaining('Did you mean "reply-lost"?') },
        { path: 'faults[1].on.provider', message: expect.stringContaining('Did you mean "trello"?') },
        { path: 'faults[2].on.nth', message: expect.stringMatching(/^got 0\. /) },
      ])
    }
    const standing = (await ask('GET', '/faults')).json.faults
    expect(standing.map((fault: { planned: { fault: string } }) => fault.planned.fault)).toEqual(['forbidden'])
  })

  test('that are put take the place of those that were set', async () => {
    await ask('POST', '/faults', planOf('forbidden'))
    const { json } = await ask('PUT', '/faults', planOf('not-found'))
    expect((await ask('GET', '/faults')).json).toEqual(json)
    expect(await call('GET', boards)).toBe(404)
  })
})

describe('the journal', () => {
  test('tells provider, operation, status and faults, and no credential', async () => {
    await ask('POST', '/faults', planOf('conflict', { operation: 'members.boards', times: 1 }))
    await call('GET', boards)
    const { json, text } = await ask('GET', '/journal')
    expect(json.records).toHaveLength(1)
    expect(json.records[0]).toMatchObject({
      ...{ kind: 'exchange', provider: 'trello', operation: 'members.boards', status: 409, outcome: 'replied' },
      injected: [{ fault: 'conflict' }],
    })
    expect(text).not.toContain(trelloCredentials.token)
  })

  test.each([
    ['operation=boards.get', ['/1/boards/none']],
    ['status=200', [boards]],
    ['status=4xx', ['/1/boards/none', '/1/nowhere']],
    ['provider=trello&kind=exchange&outcome=replied', [boards, '/1/boards/none', '/1/nowhere']],
    ['kind=delivery', []],
    ['outcome=reset', []],
  ])('is filtered by %s', async (query, paths) => {
    for (const path of [boards, '/1/boards/none', '/1/nowhere']) await call('GET', path)
    const { records } = (await ask('GET', `/journal?${query}`)).json
    const called = records.map((record: { call: { url: string } }) => new URL(record.call.url).pathname)
    expect(called).toEqual(paths)
  })

  test('gives what came since a record, and forgets what it is told to', async () => {
    await call('GET', boards)
    const [{ n }] = (await ask('GET', '/journal')).json.records
    await call('GET', '/1/boards/none')
    const later = (await ask('GET', `/journal?since=${n}`)).json.records
    expect(later.map((record: { operation: string }) => record.operation)).toEqual(['boards.get'])
    await ask('DELETE', '/journal')
    expect((await ask('GET', '/journal')).json.records).toEqual([])
  })

  test.each([
    ['provider=trelo', 'provider', /Did you mean "trello"\?/],
    ['operation=cards.updte', 'operation', /Did you mean "cards\.update"\?/],
    ['status=20', 'status', /^got "20"\. A status is three digits/],
    ['since=soon', 'since', /^got "soon"\. .*number/],
    ['limit=3', 'query', /there is no member "limit"\./],
    ['kind=note&kind=delivery', 'kind', /twice/],
  ])('refuses the filter %s', async (query, path, message) => {
    const { status, json } = await ask('GET', `/journal?${query}`)
    expect({ status, code: json.code }).toEqual({ status: 400, code: 'query_invalid' })
    expect(json.errors).toEqual([{ path, message: expect.stringMatching(message) }])
  })

  test('is exported as an HTTP Archive, with what no reply was seen of', async () => {
    await ask('POST', '/faults', planOf('reply-lost', { times: 1 }))
    await call('GET', boards).catch(() => undefined)
    await call('GET', `${boards}?fields=name`)
    const { json, headers } = await ask('GET', '/journal/har')
    expect(headers['content-disposition']).toMatch(/filename="stuntdouble-.+\.har"/)
    expect(json.log).toMatchObject({ version: '1.2', creator: { name: 'stuntdouble', version: '1.2.3' } })
    const [lost, seen] = json.log.entries
    expect(lost).toMatchObject({
      comment: 'trello: members.boards, reset, struck by reply-lost',
      response: { status: 0, content: { size: 0 }, bodySize: -1 },
    })
    expect(seen.request).toMatchObject({
      method: 'GET',
      queryString: expect.arrayContaining([{ name: 'fields', value: 'name' }]),
    })
    expect(seen.response).toMatchObject({
      status: 200,
      statusText: 'OK',
      content: { text: expect.stringContaining('"Kanban"') },
    })
    expect(seen.response.content.size).toBe(seen.response.content.text.length)
  })
})

describe('state', () => {
  test('goes back to what it was, ids included, in JSON that anybody can keep', async () => {
    const before = (await ask('GET', '/state')).text
    const board = '/1/boards?name=Made'
    expect(await call('POST', board)).toBe(200)
    const made = (await ask('GET', '/state')).text
    expect(made).not.toBe(before)
    expect((await ask('PUT', '/state', before)).status).toBe(204)
    expect((await ask('GET', '/state')).text).toBe(before)
  })

  test('is refused as a whole when it is of another shape, and stays as it is', async () => {
    const { json, text } = await ask('GET', '/state')
    const { cards: _, ...without } = json.providers.trello.state
    const wrongs: readonly (readonly [unknown, string])[] = [
      [{ ...json, providers: {} }, 'providers'],
      [{ ...json, providers: { ...json.providers, miro: {} } }, 'providers'],
      [{ ...json, providers: { trello: { ...json.providers.trello, state: without } } }, 'providers.trello.state'],
      [{ ...json, providers: { trello: { ...json.providers.trello, limits: [] } } }, 'providers.trello.limits'],
      [
        { ...json, providers: { trello: { ...json.providers.trello, limits: { $mp: [] } } } },
        'providers.trello.limits',
      ],
      [{ ...json, format: 'other' }, 'format'],
      [{ ...json, more: 1 }, 'body'],
    ]
    for (const [wrong, path] of wrongs) {
      const { status, json: problem } = await ask('PUT', '/state', wrong)
      expect({ status, path: problem.errors[0].path }).toEqual({ status: 422, path })
    }
    expect((await ask('GET', '/state')).text).toBe(text)
  })

  test('begins anew, from the same seed or from another', async () => {
    await call('POST', '/1/boards?name=Made')
    await ask('POST', '/state/reset')
    const boardsOf = async (): Promise<string[]> =>
      (await ask('GET', '/state')).json.providers.trello.state.boards.$map.map(
        ([, { name }]: [string, { name: string }]) => name,
      )
    expect(await boardsOf()).toEqual(['Kanban'])
    await ask('POST', '/state/reset', { seed: 'another' })
    expect((await ask('GET', '/state')).json.seed).toBe('another')
    expect((await ask('GET', '/health')).json.world.seed).toBe('another')
    expect((await ask('POST', '/state/reset', { seed: 1 })).status).toBe(204)
  })
})

describe('the clock', () => {
  test('stops, moves on by what it is told, and goes back to real time', async () => {
    const frozen = (await ask('POST', '/clock/freeze')).json
    expect(frozen).toMatchObject({ isFrozen: true, now: new Date(frozen.nowMs).toISOString() })
    const moved = (await ask('POST', '/clock/advance', { ms: 3_600_000 })).json
    expect(moved).toMatchObject({ isFrozen: true, nowMs: frozen.nowMs + 3_600_000 })
    expect((await ask('GET', '/clock')).json.nowMs).toBe(moved.nowMs)
    expect((await ask('POST', '/clock/real')).json).toMatchObject({ isFrozen: false, aheadMs: 0 })
  })

  test('takes limits and redeliveries along', async () => {
    const hook = http.createServer((request, response) => {
      request.resume()
      response.writeHead(request.method === 'HEAD' ? 200 : 500).end()
    })
    hook.listen(0, '127.0.0.1')
    await once(hook, 'listening')
    const limited = await openControlled({
      simulators: { trello: trello({ boards: [kanban] }) },
    })
    try {
      await limited.ask('POST', '/clock/freeze')
      const id = boardIn((await limited.ask('GET', '/state')).json)
      const callbackURL = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`
      const query = new URLSearchParams({ idModel: id, callbackURL })
      expect(await limited.call('POST', `/1/webhooks?${query}`)).toBe(200)
      expect(await limited.call('PUT', `/1/boards/${id}?name=Changed`)).toBe(200)
      const attempts = async (): Promise<unknown[]> =>
        (await limited.ask('GET', '/journal?kind=delivery&topic=updateBoard&status=500')).json.records.map(
          ({ attempt }: { attempt: number }) => attempt,
        )
      await limited.ask('POST', '/clock/advance', { ms: 1_000 })
      expect(await attempts()).toEqual([1])
      await limited.ask('POST', '/clock/advance', { ms: 3_600_000 })
      expect((await attempts()).length).toBeGreaterThan(1)

      let status = 200
      for (let calls = 0; calls < 200 && status === 200; calls++) status = await limited.call('GET', boards)
      expect(status).toBe(429)
      // Trello takes 100 calls below /1/members in 900 seconds.
      await limited.ask('POST', '/clock/advance', { ms: 900_000 })
      expect(await limited.call('GET', boards)).toBe(200)
    } finally {
      await limited.close()
      hook.close()
    }
  })

  test('is back in real time after a reset, and so is what simulators begin with', async () => {
    await ask('POST', '/clock/freeze')
    await ask('POST', '/clock/advance', { ms: 3_600_000_000 })
    await ask('POST', '/reset')
    const { nowMs, isFrozen } = (await ask('GET', '/clock')).json
    expect(isFrozen).toBe(false)
    const { json } = await ask('GET', '/state')
    const [[, { dateLastActivity }]] = json.providers.trello.state.boards.$map
    expect(Date.parse(dateLastActivity)).toBeLessThanOrEqual(nowMs)
  })

  test.each([
    [{ ms: -1 }, 'ms'],
    [{ ms: 0.5 }, 'ms'],
    [{ ms: '5' }, 'ms'],
    [{ ms: 9_000_000_000_000_000 }, 'ms'],
    [{}, 'ms'],
    [{ ms: 1, by: 2 }, 'body'],
    [[], 'body'],
  ])('does not move on by %j', async (body, path) => {
    await ask('POST', '/clock/freeze')
    const before = (await ask('GET', '/clock')).json.nowMs
    const { status, json } = await ask('POST', '/clock/advance', body)
    expect({ status, path: json.errors[0].path }).toEqual({ status: 422, path })
    expect((await ask('GET', '/clock')).json.nowMs).toBe(before)
  })
})

describe('worlds', () => {
  test('that are opened have state, faults and journal of their own, and an API under their own base URL', async () => {
    const { status, headers, json } = await ask('POST', '/worlds', { seed: 7, plan: planOf('forbidden') })
    expect({ status, location: headers.location }).toEqual({ status: 201, location: json.url })
    const at: string = json.url
    expect(await call('GET', boards, at)).toBe(403)
    expect(await call('GET', boards)).toBe(200)
    expect((await ask('GET', '/journal', undefined, { at })).json.records).toHaveLength(1)
    expect((await ask('GET', '/health', undefined, { at })).json).toMatchObject({ world: { id: json.id, seed: 7 } })
    await ask('POST', '/reset', undefined, { at })
    expect(await call('POST', '/1/boards?name=Theirs', at)).toBe(200)
    expect(await cardsOf(at)).not.toEqual(await cardsOf())
    expect((await ask('DELETE', `/worlds/${json.id}`)).status).toBe(204)
    expect((await ask('GET', `/worlds/${json.id}`)).status).toBe(404)
    expect((await ask('GET', '/worlds')).json.worlds).toHaveLength(1)
  })

  test.each([
    [{ id: 'a b' }, 'id'],
    [{ plan: { faults: [{ fault: 'hung', on: { provider: 'trello' } }] } }, 'plan.faults[0].fault'],
    [{ plan: 5 }, 'plan'],
    [{ plan: { faults: 5 } }, 'plan.faults'],
    [{ latency: { minMs: 2, maxMs: 1 } }, 'latency.maxMs'],
    [{ seeds: 1 }, 'body'],
    [{ deliverTo: ['evil.example'] }, 'body'],
  ])('are not opened with %j', async (body, path) => {
    const { status, json } = await ask('POST', '/worlds', body)
    expect({ status, path: json.errors[0].path }).toEqual({ status: 422, path })
    expect((await ask('GET', '/worlds')).json.worlds).toHaveLength(1)
  })

  test('take the state of another one, and are closed once nobody has called them for as long as they say', async () => {
    await call('POST', '/1/boards?name=Made')
    const { json: state, text } = await ask('GET', '/state')
    const { json } = await ask('POST', '/worlds', { seed: 'other', idleMsMax: 60_000 })
    expect((await ask('PUT', '/state', text, { at: json.url })).status).toBe(204)
    expect((await ask('GET', '/state', undefined, { at: json.url })).json.providers).toEqual(state.providers)
    expect((await ask('DELETE', `/worlds/${json.id}`)).status).toBe(204)

    await ask('POST', '/worlds', { id: 'brief', idleMsMax: 1 })
    let { status } = await ask('GET', '/worlds/brief')
    while (status === 200) status = (await ask('GET', '/worlds/brief')).status
    expect(status).toBe(404)
    expect((await ask('GET', '/health', undefined, { at: `${controlled.server.main.url}/~brief` })).status).toBe(404)
  })

  test('have names of their own, and the first one stays', async () => {
    expect((await ask('POST', '/worlds', { id: 'twin' })).status).toBe(201)
    expect((await ask('POST', '/worlds', { id: 'twin' })).json).toMatchObject({ status: 409, code: 'world_exists' })
    expect((await ask('DELETE', '/worlds/twin')).status).toBe(204)
    const { id } = (await ask('GET', '/worlds')).json.worlds[0]
    expect((await ask('DELETE', `/worlds/${id}`)).json).toMatchObject({ status: 409, code: 'world_is_first' })
  })
})

test('connections are counted, and counted anew', async () => {
  await ask('DELETE', '/connections')
  for (let calls = 0; calls < 3; calls++) await call('GET', boards)
  const report = (await ask('GET', '/connections')).json
  expect(report).toMatchObject({ opened: 3, calls: 3, callsPerConnectionPeak: 1, clients: [{ opened: 3 }] })
  await ask('DELETE', '/connections')
  expect((await ask('GET', '/connections')).json).toMatchObject({ opened: 0, calls: 0, clients: [] })
})
