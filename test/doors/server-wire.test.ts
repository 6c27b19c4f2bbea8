import { describe, expect, test } from 'vitest'
import { startServer } from '../../src/doors/server/start-server.ts'
import { hang, truncatedBody } from '../../src/faults/faults.ts'
import { newsroom } from './newsroom.ts'
import { parrot } from './parrot.ts'
import { rawly, served, until } from './served.ts'

const get = async (url: string): Promise<unknown> => (await fetch(url)).json()

describe('where a request goes', () => {
  test.for([
    ['/a/b?c=d', '/a/b', 'c=d'],
    ['/parrot/a/b?c=d', '/a/b', 'c=d'],
    ['/parrot', '/', ''],
    ['/parrot?c', '/', 'c'],
    ['/parrots/a', '/parrots/a', ''],
    ['/~own/a', '/a', ''],
    ['/~own/parrot/a%2Fb', '/a%2Fb', ''],
    ['/~own', '/', ''],
  ])('is said by the front of its path, which is taken off: %s', async ([url = '', path, query]) => {
    await using server = await served()
    server.openWorld({ id: 'own' })
    const heard = await get(`${server.origin}${url}`)
    expect(heard).toMatchObject({ path, query, headers: { host: 'parrot.localhost' } })
  })

  test('is nowhere when it names none of several simulators, or a world that is not open', async () => {
    await using server = await served({ simulators: { parrot: parrot(), news: newsroom() } as never })
    const [unnamed, closed] = [await fetch(`${server.origin}/a`), await fetch(`${server.origin}/~gone/parrot/a`)]
    expect([unnamed.status, closed.status]).toEqual([404, 404])
    expect(await unnamed.json()).toMatchObject({
      detail: 'Nothing is served at /a: simulators are at /parrot/, /news/.',
    })
    expect(await closed.json()).toMatchObject({
      detail: 'There is no world "gone" here: it was closed, or has expired.',
    })
    expect(server.main.urls).toEqual({ parrot: `${server.origin}/parrot`, news: `${server.origin}/news` })
  })

  test('is the simulator whose real host the client believes to have called, when the path names none', async () => {
    await using server = await served({ simulators: { news: newsroom(), parrot: parrot() } as never })
    const calling = (host: string): Promise<string> =>
      rawly(server.port, `GET /a HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
    expect(await calling('parrot.example')).toContain('"path":"/a"')
    expect(await calling('elsewhere.example')).toMatch(/^HTTP\/1.1 404 /)
  })

  test('is the real origin of a simulator for a client that takes the server for its proxy', async () => {
    await using server = await served()
    const through = (url: string): Promise<string> =>
      rawly(server.port, `GET ${url} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`)
    expect(await through('http://parrot.example/a?b')).toContain('"path":"/a","query":"b"')
    expect(await through(`${server.origin}/parrot/a?b`)).toContain('"path":"/a","query":"b"')
    expect(await through('http://elsewhere.example/a')).toMatch(
      /^HTTP\/1.1 421 [\s\S]*serves http:\/\/elsewhere.example/,
    )
  })

  test.for([
    ['/parrot', 'https://parrot.example/here?a=b', '/parrot/here?a=b'],
    ['/~own/parrot', '/here', '/~own/parrot/here'],
    ['', 'https://parrot.example', '/'],
    ['', '/here', '/here'],
    ['/parrot', 'https://parrot.example.evil.example/', 'https://parrot.example.evil.example/'],
    ['/parrot', '//elsewhere.example/', '//elsewhere.example/'],
  ])('stays the server when %s is sent on to %s', async ([base, to = '', location]) => {
    await using server = await served()
    server.openWorld({ id: 'own' })
    const url = `${server.origin}${base}/moved/302?to=${encodeURIComponent(to)}`
    const { headers } = await fetch(url, { redirect: 'manual' })
    expect(headers.get('location')).toBe(location)
  })
})

describe('what a server is asked to control', () => {
  test('goes to the one who handles that, with the world that it is about', async () => {
    const asked: unknown[] = []
    await using server = await served({
      control: (_request, response, { path, query, served: { id } }) => {
        asked.push([path, query, id])
        response.end('done')
      },
    })
    server.openWorld({ id: 'own' })
    for (const base of ['', '/~own']) await fetch(`${server.origin}${base}/__stuntdouble/worlds/1?a=b`)
    expect(asked).toEqual([
      ['/worlds/1', 'a=b', 'main'],
      ['/worlds/1', 'a=b', 'own'],
    ])
    expect(server.world.journal.length).toBe(0)
  })

  test('gets 404 without one, and 500 from one that throws', async () => {
    await using bare = await served()
    expect((await fetch(`${bare.origin}/__stuntdouble/health`)).status).toBe(404)
    for (const control of [
      () => Promise.reject(new RangeError('late')),
      () => {
        throw new RangeError('at once')
      },
    ]) {
      await using server = await served({ control })
      const answered = await fetch(`${server.origin}/__stuntdouble/`)
      expect([answered.status, await answered.text()]).toEqual([
        500,
        expect.stringMatching(/RangeError: (late|at once)/),
      ])
    }
  })
})

describe('a request on the wire', () => {
  test.for(['content-length', 'transfer-encoding'])(
    'gets 413 when its body is longer than allowed: %s',
    async (framing) => {
      await using server = await served({ bodyBytesMax: 1_000 })
      const bytes = Buffer.alloc(1_001)
      const body = framing === 'content-length' ? bytes : new Blob([bytes]).stream()
      const init = { method: 'POST', body, duplex: 'half' } as unknown as RequestInit
      expect((await fetch(`${server.origin}/a`, init)).status).toBe(413)
      expect(server.world.journal.length).toBe(0)
      const { status } = await fetch(`${server.origin}/a`, { method: 'POST', body: Buffer.alloc(1_000) })
      expect(status).toBe(200)
    },
  )

  test.for([
    [
      'both a length and chunks',
      'POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['two lengths', 'POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nabcd'],
    ['no host', 'GET /a HTTP/1.1\r\n\r\n'],
    ['a space before a colon', 'GET /a HTTP/1.1\r\nhost : a\r\n\r\n'],
    ['no HTTP at all', 'hello\r\n\r\n'],
  ])('gets 400 with %s, and reaches no simulator', async ([, bytes = '']) => {
    await using server = await served()
    expect(await rawly(server.port, bytes)).toMatch(/^HTTP\/1\.1 400 /)
    expect(server.world.journal.length).toBe(0)
  })

  test('is told the time of its world, unless the provider tells one itself', async () => {
    await using server = await served()
    server.world.clock.freeze()
    const dateOf = async (): Promise<number> =>
      Date.parse((await fetch(`${server.origin}/words`)).headers.get('date') ?? '')
    const before = await dateOf()
    await server.world.clock.advance(3_600_000)
    expect((await dateOf()) - before).toBe(3_600_000)
  })

  test('is answered in order with others that came at once over its connection', async () => {
    await using server = await served()
    const ask = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nhost: a\r\n${more}\r\n`
    const answers = await rawly(server.port, `${ask('/one')}${ask('/two')}${ask('/three', 'connection: close\r\n')}`)
    expect([...answers.matchAll(/"path":"(\/\w+)"/g)].map(([, path]) => path)).toEqual(['/one', '/two', '/three'])
  })

  test('leaves a body short of its length, with a FIN and not a reset', async () => {
    await using server = await served()
    server.world.inject('parrot', 'say', truncatedBody({ keep: 0.5 }))
    const answer = await rawly(server.port, 'GET /words HTTP/1.1\r\nhost: a\r\n\r\n')
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    const length = Number(/content-length: (\d+)/.exec(head)?.[1])
    expect(length).toBe(40)
    expect(body).toHaveLength(20)
  })

  test('stands in the journal as aborted when its client leaves before the answer', async () => {
    await using server = await served()
    server.world.inject('parrot', 'say', hang())
    const controller = new AbortController()
    const asked = fetch(`${server.origin}/words`, { signal: controller.signal }).catch(() => undefined)
    const [outcome, inFlight] = [
      () => server.world.journal.exchanges().map((exchange) => exchange.outcome),
      () => server.world.network.inFlight,
    ]
    await until(() => inFlight() === 1)
    controller.abort()
    await asked
    await until(() => inFlight() === 0)
    expect(outcome()).toEqual(['aborted'])
  })
})

describe('a server that starts and ends', () => {
  test('says in one sentence that a port is taken', async () => {
    await using server = await served()
    await expect(startServer({ simulators: {}, port: server.port })).rejects.toMatchObject({
      name: 'ServerError',
      code: 'address_taken',
      message: `Port ${server.port} of 127.0.0.1 is in use.`,
    })
  })

  test('says that it cannot listen at an address of another machine', async () => {
    await expect(startServer({ simulators: {}, host: '192.0.2.1' })).rejects.toMatchObject({ code: 'address_invalid' })
  })

  test('lets a call under way end, takes no other, and breaks off what hangs', async () => {
    const server = await served()
    server.world.inject('parrot', 'say', hang({ times: 1 }))
    const hung = fetch(`${server.origin}/words`).then(
      () => 'answered',
      () => 'broken off',
    )
    await until(() => server.world.network.inFlight === 1)
    await server.close(20)
    expect(await hung).toBe('broken off')
    await expect(fetch(`${server.origin}/words`)).rejects.toThrow('fetch failed')
    await server.close()
  })
})
