import http, { type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import axios from 'axios'
import got from 'got'
import { request } from 'undici'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { intercept } from '../../src/doors/intercept.ts'
import { openLive } from '../../src/doors/live.ts'
import { connectionRefused, connectionReset, dnsFailure, rateLimited, truncatedBody } from '../../src/faults/faults.ts'
import { textReply } from '../../src/http/messages.ts'
import { defineSimulator } from '../../src/simulator/define-simulator.ts'
import { newsroom } from './newsroom.ts'
import { parrot } from './parrot.ts'

const url = 'https://parrot.example/words'

/** A real server of the subject: it hears webhooks, and answers calls that nobody intercepts. */
const heard: string[] = []
const server = http.createServer((incoming, response) => {
  heard.push(`${incoming.method} ${incoming.url}`)
  response.end('real')
})
const realOrigin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
afterEach(() => {
  heard.length = 0
})

/** A simulator at some origin. */
const doubleAt = (origin: string) =>
  defineSimulator({
    ...{ name: 'double', version: '1', origins: [origin], state: () => ({}), errors: {}, faults: [] },
    operations: (operation) => ({ say: operation('GET /', {}, () => textReply(200, 'simulated')) }),
  })()

/** The body of a reply, as each client gets it. */
const clients: Readonly<Record<string, (address: string) => Promise<string>>> = {
  'node:http': (address) =>
    new Promise((resolve, reject) => {
      const read = (response: IncomingMessage): void => {
        let text = ''
        response.on('data', (piece) => {
          text += String(piece)
        })
        response.on('end', () => resolve(text)).on('error', reject)
      }
      http.get(address.replace('https', 'http'), read).on('error', reject)
    }),
  axios: async (address) => (await axios.get<string>(address, { responseType: 'text', transformResponse: [] })).data,
  got: (address) => got(address, { retry: { limit: 0 } }).text(),
  'undici.request': async (address) => (await request(address)).body.text(),
  fetch: async (address) => (await fetch(address)).text(),
}

/** The code of what went wrong, wherever the client keeps it. */
function codeOf(error: unknown): unknown {
  const codes = new Set<unknown>()
  for (let each = error; each instanceof Error; each = each.cause) codes.add(Reflect.get(each, 'code'))
  codes.delete(undefined)
  return [...codes].at(-1)
}

describe.each(Object.entries(clients))('an interception outside of any world, for %s', (_name, ask) => {
  test('answers at the real origin, in real time, and gives back when it is stopped', async () => {
    const live = openLive({ simulators: { parrot: parrot() } })
    {
      using _interception = intercept(live)
      expect(JSON.parse(await ask(url))).toEqual({ id: 1, words: ['hello'], mood: 'calm' })
      expect(await ask(realOrigin())).toBe('real')
    }
    expect(live.journal.exchanges().map(({ operation, outcome }) => [operation, outcome])).toEqual([['say', 'replied']])
    expect(heard).toEqual(['GET /'])
    live.close()
  })

  test('gives origins back that it has answered at', async () => {
    const live = openLive({ simulators: { double: doubleAt(realOrigin()) } })
    const interception = intercept(live)
    expect(await ask(realOrigin())).toBe('simulated')
    interception.stop()
    interception.stop()
    expect(await ask(realOrigin())).toBe('real')
    live.close()
  })

  test.for([
    [connectionRefused(), /^ECONNREFUSED$/],
    [dnsFailure(), /^ENOTFOUND$/],
    [connectionReset(), /^ECONNRESET$/],
    [truncatedBody(), /^(ECONNRESET|UND_ERR_SOCKET|ERR_HTTP_CONTENT_LENGTH_MISMATCH|ERR_BAD_RESPONSE)$/],
  ] as const)('shows %o by the code that it has on real sockets, and is well again', async ([fault, code]) => {
    const live = openLive({ simulators: { parrot: parrot() } })
    using _interception = intercept(live)
    live.inject('parrot', 'say', { ...fault, times: 1 })
    const failed = await ask(url).then(
      () => expect.unreachable('the call met no error'),
      (error: unknown) => codeOf(error),
    )
    expect(String(failed)).toMatch(code)
    expect(JSON.parse(await ask(url))).toMatchObject({ words: ['hello'] })
    live.close()
  })
})

describe('live simulators', () => {
  test('have state, faults and a journal at hand, and go back to their start', async () => {
    const live = openLive({ simulators: { parrot: parrot() } })
    using _interception = intercept(live)
    live.inject('parrot', 'learn', rateLimited({ times: 1, retryAfterS: 1 }))
    const post = async (): Promise<number> => (await fetch(url, { method: 'POST' })).status
    expect([await post(), await post()]).toEqual([429, 201])
    expect(live.simulators.parrot.state.words).toEqual(['hello', 'word 1'])
    expect(live.unusedFaults()).toEqual([])
    live.reset()
    expect(live.simulators.parrot.state.words).toEqual(['hello'])
    live.close()
  })

  test('send their webhooks to this machine and to no other host', async () => {
    const live = openLive({ simulators: { news: newsroom() } })
    using _interception = intercept(live)
    const post = (path: string, body: object): Promise<Response> => {
      const headers = { 'content-type': 'application/json' }
      return fetch(`https://newsroom.example${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    }
    const here = `${realOrigin()}/hook`
    expect((await post('/readers', { url: here })).status).toBe(201)
    const refused = await post('/readers', { url: 'https://elsewhere.example/hook' })
    expect([refused.status, await refused.text()]).toEqual([422, 'reader said unresolved'])
    expect(live.journal.notes().map(({ text }) => text)).toEqual([
      'A webhook to https://elsewhere.example was held back: name its host in deliverTo to let it out.',
    ])

    const delivered = new Promise((resolve) => server.once('request', resolve))
    await post('/news', {})
    await delivered
    expect(heard).toEqual(['HEAD /hook', 'POST /hook'])
    live.close()
  })

  test('stand still with their clock, and go on with it', async () => {
    const live = openLive({ simulators: { news: newsroom() } })
    using _interception = intercept(live)
    const gone = { url: `${realOrigin()}/hook` }
    live.clock.freeze()
    const at = live.clock.now()
    const body = JSON.stringify(gone)
    const headers = { 'content-type': 'application/json' }
    // Calls are answered all the same.
    const { status } = await fetch('https://newsroom.example/readers', { method: 'POST', headers, body })
    expect([status, live.clock.now() - at]).toEqual([201, 0])
    await live.clock.advance(60_000)
    expect(live.clock.now() - at).toBe(60_000)
    live.clock.reset()
    expect(live.clock.isFrozen).toBe(false)
    live.close()
  })
})
