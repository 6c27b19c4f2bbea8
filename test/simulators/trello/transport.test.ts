import { trelloCredentials } from 'stuntdouble/simulators/trello'
import { request } from 'undici'
import { describe, expect, test } from 'vitest'
import { ask, boardIn, refusal, type TrelloWorld, trelloWorld } from './asking.ts'

const { key, token } = trelloCredentials

function within(body: (world: TrelloWorld) => Promise<void>, limits: 'documented' | 'off' = 'off'): Promise<void> {
  const world = trelloWorld({ limits })
  return world.run(() => body(world))
}

describe('the edge', () => {
  test('answers a GET that has a body with 403 and a page, whatever it asks for', () =>
    within(async () => {
      for (const path of ['/1/members/me', '/1/nothing', '/1/cards/not-an-id']) {
        const url = `https://api.trello.com${path}?key=${key}&token=${token}`
        const { statusCode, headers, body } = await request(url, { method: 'GET', body: '{}' })
        expect({ statusCode, type: headers['content-type'] }).toEqual({ statusCode: 403, type: 'text/html' })
        expect(await body.text()).toContain("We can't connect to the server for this app or website at this time.")
      }
    }))

  test('lets a GET without body and a PUT with one pass', () =>
    within(async (world) => {
      expect((await ask('GET /members/me')).status).toBe(200)
      expect((await ask(`PUT /boards/${boardIn(world).id}`, { json: { desc: 'new' } })).status).toBe(200)
    }))
})

describe('an unknown route', () => {
  test.each([
    'GET /cards/',
    'GET /webhooks',
    'GET /webhooks/',
    'PATCH /cards/5f5f5f5f5f5f5f5f5f5f5f5f',
    'POST /cards/5f5f5f5f5f5f5f5f5f5f5f5f/nothing',
    'DELETE /nothing',
  ])('answers %s with its verb and path in plain text', (line) =>
    within(async (world) => {
      const [method, path] = line.split(' ')
      expect(await refusal(line, { query: { fields: 'all' } })).toBe(`404 Cannot ${method} /1${path}`)
      expect(world.journal.exchanges()[0]).toMatchObject({ operation: undefined, nearest: expect.any(Array) })
    }),
  )

  test('is journalled with the operations that it came nearest to', () =>
    within(async (world) => {
      await refusal('GET /card/5f5f5f5f5f5f5f5f5f5f5f5f')
      expect(world.journal.exchanges()[0]?.nearest[0]).toBe('cards.get')
    }))
})

describe('a reply', () => {
  const always = {
    server: 'AtlassianEdge',
    'cache-control': 'max-age=0, must-revalidate, no-cache, no-store',
    'x-trello-environment': 'Production',
    'atl-traceid': expect.stringMatching(/^[0-9a-f]{32}$/),
  }

  test('carries the headers of the edge, whether it succeeds or not', () =>
    within(async () => {
      for (const line of ['GET /members/me', 'GET /cards/~', 'GET /nothing', 'GET /cards/5f5f5f5f5f5f5f5f5f5f5f5f']) {
        expect(Object.fromEntries((await ask(line)).headers)).toMatchObject(always)
      }
    }))

  test('has a trace id of its own', () =>
    within(async () => {
      const ids = new Set<string | null>()
      for (let call = 0; call < 5; call++) ids.add((await ask('GET /members/me')).headers.get('atl-traceid'))
      expect(ids.size).toBe(5)
    }))

  test('is 200 also when something was made or deleted', () =>
    within(async (world) => {
      const { status, body } = await ask('POST /cards', { query: { idList: world.trello.list('Done').id } })
      expect(status).toBe(200)
      expect((await ask(`DELETE /cards/${body.id}`)).status).toBe(200)
      expect(await refusal(`DELETE /cards/${body.id}`)).toBe('404 card not found')
    }))

  test('that refuses is plain text, so that it is no JSON', () =>
    within(async () => {
      const response = await fetch(`https://api.trello.com/1/cards/nope?key=${key}&token=${token}`)
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      await expect(response.json()).rejects.toThrow(SyntaxError)
    }))
})

describe('a parameter', () => {
  test('may stand in query and body at once; the body wins', () =>
    within(async (world) => {
      const asking = { query: { name: 'of the query', desc: 'kept' }, json: { name: 'of the body' } }
      const { body } = await ask(`PUT /boards/${boardIn(world).id}`, asking)
      expect(body).toMatchObject({ name: 'of the body', desc: 'kept' })
    }))

  test('that is a list may be an array in JSON, commas in a query, or several fields of a form', () =>
    within(async (world) => {
      const [a, b] = await Promise.all(
        ['a', 'b'].map(async (name) => {
          const query = { name, color: 'red', idBoard: boardIn(world).id }
          return (await ask('POST /labels', { query })).body.id as string
        }),
      )
      const line = `PUT /cards/${world.trello.card('ship it')?.id}`
      expect((await ask(line, { json: { idLabels: [a, b] } })).body.idLabels).toEqual([a, b])
      expect((await ask(line, { query: { idLabels: `${b}` } })).body.idLabels).toEqual([b])
      const response = await fetch(`https://api.trello.com/1${line.slice(4)}?key=${key}&token=${token}`, {
        method: 'PUT',
        body: new URLSearchParams([
          ['idLabels', `${a}`],
          ['idLabels', `${b}`],
        ]),
      })
      expect(await response.json()).toMatchObject({ idLabels: [a, b] })
    }))

  test('of JSON that does not parse is missing', () =>
    within(async () => {
      const url = `https://api.trello.com/1/boards?key=${key}&token=${token}`
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(url, { method: 'POST', headers, body: '{"name":' })
      expect([response.status, await response.text()]).toEqual([400, 'invalid value for name'])
    }))

  test.each([
    ['PUT', { pos: 'middle' }, 'pos'],
    ['PUT', { pos: -1 }, 'pos'],
    ['PUT', { due: 'soon' }, 'due'],
    ['PUT', { closed: 'perhaps' }, 'closed'],
    ['PUT', { name: '' }, 'name'],
    ['PUT', { desc: 'x'.repeat(16_385) }, 'desc'],
    ['PUT', { idMembers: 'ada' }, 'idMembers'],
    ['GET', { attachments: 'perhaps' }, 'attachments'],
  ] as const)('%s %o is refused by its name', (method, params, name) =>
    within(async (world) => {
      const card = world.trello.card('ship it')
      const asking = method === 'PUT' ? { json: params } : { query: params as Record<string, string> }
      expect(await refusal(`${method} /cards/${card?.id}`, asking)).toBe(`400 invalid value for ${name}`)
      expect(world.trello.card('ship it')).toEqual(card)
    }),
  )

  test('of 16,384 characters is taken', () =>
    within(async (world) => {
      const desc = 'x'.repeat(16_384)
      const { body } = await ask(`PUT /cards/${world.trello.card('ship it')?.id}`, { json: { desc } })
      expect(body.desc).toHaveLength(16_384)
    }))
})
