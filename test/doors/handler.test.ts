import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHandler } from '../../src/doors/handler.ts'
import { connectionReset, hang } from '../../src/faults/faults.ts'
import type { ClientKind, HttpClient } from './clients.ts'
import { clientKinds } from './clients.ts'
import { type Exchanged, exchanged, exchanges } from './exchanges.ts'
import { newsroom } from './newsroom.ts'
import { parrot } from './parrot.ts'
import { openReality, type Reality } from './reality.ts'
import { showsWhatFaultsDo } from './shows-faults.ts'
import type { Way } from './ways.ts'

let reality: Reality

beforeAll(async () => {
  reality = await openReality()
})
afterAll(() => reality.close())

const patience = { connectMs: 10_000, headersMs: 300_000, bodyMs: 300_000 }
const origin = 'http://parrot.localhost'
const fetchKind = clientKinds.find(({ name }) => name === 'fetch') as ClientKind

/** Whoever calls a handler is its own client. */
const handing: Way = {
  name: 'a handler',
  kind: fetchKind,
  play: async (act) => {
    const handler = createHandler({ simulators: { parrot: parrot() } })
    const { world } = handler
    const client = clientOf(handler)
    // Nothing waits for real time: whenever nothing else is to do, the clock is moved on.
    world.clock.freeze()
    let isOver = false
    const driven = (async () => {
      for (let turns = 0; !isOver && turns < 100_000; turns++) {
        await new Promise(setImmediate)
        await world.clock.advance(1_000)
      }
    })()
    try {
      return await act({
        ...{
          origin,
          patience,
          words: () => world.simulators.parrot.state.words,
          records: () => world.journal.records(),
        },
        inject: (operation, fault) => world.inject('parrot', operation, fault),
        ask: (path, asked) => client.ask(`${origin}${path}`, asked),
        elapsedMs: () => world.clock.now(),
        wait: async (ms) => world.clock.advance(ms),
      })
    } finally {
      isOver = true
      await driven
      handler.close()
    }
  },
}

function clientOf(handler: (request: Request) => Promise<Response>): HttpClient {
  return {
    ask: async (url, { headers, ...asked } = {}) => {
      const pairs = Object.entries(headers ?? {}).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, String(one)]),
      )
      const streams = asked.body instanceof ReadableStream ? { duplex: 'half' } : {}
      const response = await handler(new Request(url, { ...asked, ...streams, headers: pairs } as RequestInit))
      const body = async (): Promise<Buffer> => Buffer.from(await response.arrayBuffer())
      return { status: response.status, headers: [...response.headers], about: {}, body }
    },
    close: async () => undefined,
  }
}

/** Without what a client on a wire adds to a call, and without what it says of the way that a reply took. */
function comparable(given: Exchanged): object {
  const { about: _, heard, ...rest } = given as { about?: object; heard?: { headers: Record<string, string> } }
  if (!heard) return rest
  const { 'content-type': type, 'x-one': one, 'x-many': many } = heard.headers
  return { ...rest, heard: { ...heard, headers: { type, one, many } } }
}

describe('a handler', () => {
  test.for(exchanges.filter(({ redirects }) => !redirects))('carries $name as real sockets do', async (exchange) => {
    const { path, asked } = exchange
    const client = fetchKind.open(reality.origin, patience)
    const plain = { redirect: 'manual' } as const
    const real = await exchanged((rest, what) => client.ask(`${reality.origin}${rest}`, what), path, {
      ...asked(),
      ...plain,
    })
    const handled = await handing.play(({ ask }) => exchanged(ask, path, { ...asked(), ...plain }))
    expect(comparable(handled)).toEqual(comparable(real))
    await client.close()
  })

  showsWhatFaultsDo(handing)
})

describe('where a request to a handler goes', () => {
  const both = () => createHandler({ simulators: { parrot: parrot(), news: newsroom() } })

  test.for([
    ['https://parrot.example/a/b?c=d', '/a/b', 'c=d'],
    ['https://app.example/parrot/a/b?c=d', '/a/b', 'c=d'],
    ['https://app.example/parrot', '/', ''],
  ])('is said by its origin, or else by the front of its path: %s', async ([url = '', path, query]) => {
    const handler = both()
    const response = await handler(new Request(url))
    expect(await response.json()).toMatchObject({ path, query, headers: { host: 'parrot.localhost' } })
    handler.close()
  })

  test('is nowhere when no simulator is named, and the answer names those that there are', async () => {
    const handler = both()
    const response = await handler(new Request('https://app.example/a/b'))
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
    expect(await response.json()).toMatchObject({
      detail: 'Nothing is served at /a: simulators are at /parrot/, /news/.',
    })
    handler.close()
  })

  test('is the only simulator there is, below where the handler is mounted', async () => {
    const handler = createHandler({ simulators: { parrot: parrot() }, base: '/api/doubles' })
    const at = async (path: string): Promise<unknown> =>
      (await handler(new Request(`https://app.example${path}`))).json()
    expect(await at('/api/doubles/a?b')).toMatchObject({ path: '/a', query: 'b' })
    expect(await at('/api/doubles/parrot/a')).toMatchObject({ path: '/a' })
    expect(await at('/api/doublesandmore')).toMatchObject({
      detail: 'The handler is mounted under /api/doubles; /api/doublesandmore is not.',
    })
    handler.close()
  })

  test.for([
    ['/here', '/api/parrot/here'],
    ['https://parrot.example/here?a=b', '/api/parrot/here?a=b'],
    ['https://elsewhere.example/here', 'https://elsewhere.example/here'],
    ['//elsewhere.example/here', '//elsewhere.example/here'],
  ])('stays the double when it is sent on to %s', async ([to = '', location]) => {
    const handler = createHandler({ simulators: { parrot: parrot() }, base: '/api' })
    const url = `https://app.example/api/parrot/moved/302?to=${encodeURIComponent(to)}`
    expect((await handler(new Request(url))).headers.get('location')).toBe(location)
    handler.close()
  })
})

describe('a request that is given up', () => {
  test('is rejected with the reason of its signal, and stands in the journal as aborted', async () => {
    const handler = createHandler({ simulators: { parrot: parrot() } })
    handler.world.inject('parrot', 'say', hang())
    const controller = new AbortController()
    const asked = handler(new Request(`${origin}/words`, { signal: controller.signal }))
    await new Promise(setImmediate)
    controller.abort(new RangeError('mine'))
    await expect(asked).rejects.toThrow('mine')
    expect(handler.world.journal.exchanges().map(({ outcome }) => outcome)).toEqual(['aborted'])
    handler.close()
  })
})

test('a handler of a server that calls it lets no error pass for a reply', async () => {
  const handler = createHandler({ simulators: { parrot: parrot() } })
  handler.world.inject('parrot', 'say', connectionReset())
  const error = await handler(new Request(`${origin}/words`)).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'TypeError', message: 'fetch failed', cause: { code: 'ECONNRESET' } })
  handler.close()
})
