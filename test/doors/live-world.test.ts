import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLive } from '../../src/doors/live.ts'
import { LiveFaults } from '../../src/doors/live-faults.ts'
import type { LiveFault, LiveWorld } from '../../src/doors/live-types.ts'
import { latency, rateLimited, staleRead } from '../../src/faults/faults.ts'
import { PlanError } from '../../src/faults/plan-error.ts'
import type { Outcome } from '../../src/http/exchange.ts'
import { callOf, jsonReply, textOf } from '../../src/http/messages.ts'
import { defineSimulator } from '../../src/simulator/define-simulator.ts'
import { newsroom } from './newsroom.ts'
import { parrot } from './parrot.ts'

let live: LiveWorld
afterEach(() => live.close())

const forEver = { connectMs: 0, headersMs: 0 }

/** Sends a call; what comes at once is there when this returns. */
function send(method: string, url: string, body?: unknown): { outcome: Outcome | undefined; over: Promise<Outcome> } {
  const sent: { outcome: Outcome | undefined } = { outcome: undefined }
  const headers = { 'content-type': 'application/json' }
  const call = callOf(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
  const over = new Promise<Outcome>((resolve) => {
    live.network.send(live.network.providers[0] as never, call, forEver, undefined, (outcome) => {
      sent.outcome = outcome
      resolve(outcome)
    })
  })
  return Object.assign(sent, { over })
}

const words = 'http://parrot.example/words'

describe('a live world', () => {
  test('answers before the call returns where nothing takes time', () => {
    live = openLive({ simulators: { parrot: parrot() } })
    expect(send('GET', words).outcome).toMatchObject({ kind: 'replied', reply: { status: 200 } })
    live.inject('parrot', 'say', rateLimited())
    expect(send('GET', words).outcome).toMatchObject({ kind: 'replied', reply: { status: 429 } })
  })

  test('waits by its own clock where a fault takes time', async () => {
    live = openLive({ simulators: { parrot: parrot() } })
    live.clock.freeze()
    live.inject('parrot', 'say', latency({ ms: 60_000 }))
    const late = send('GET', words)
    await new Promise(setImmediate)
    await live.clock.advance(59_999)
    expect(late.outcome).toBeUndefined()
    await live.clock.advance(1)
    expect(late.outcome).toMatchObject({ kind: 'replied' })
  })

  test('goes back to a snapshot, and to its start', () => {
    const world = openLive({ simulators: { parrot: parrot() } })
    live = world
    send('POST', words)
    const snapshot = live.snapshot()
    send('POST', words)
    expect(world.simulators.parrot.state.words).toHaveLength(3)
    live.restore(snapshot)
    expect(world.simulators.parrot.state.words).toHaveLength(2)
    live.reset()
    expect(world.simulators.parrot.state.words).toEqual(['hello'])
    expect(() => live.restore({ seed: 1, providers: {} })).toThrow('restore takes what snapshot gave')
  })

  test('gives the ids of a seed, after reseed as when it was opened with it', () => {
    const ids = (): string => {
      const { outcome } = send('POST', 'https://mint.example/coins')
      return outcome?.kind === 'replied' ? textOf(outcome.reply.body) : ''
    }
    live = openLive({ simulators: { mint: mint() }, seed: 7 })
    const ofSeven = ids()
    live.reseed(8)
    const ofEight = ids()
    live.reseed(7)
    expect([ids(), live.seed]).toEqual([ofSeven, 7])
    expect(ofEight).not.toBe(ofSeven)
  })

  test('answers for a simulator that throws, and says what it threw in the journal', async () => {
    live = openLive({ simulators: { mint: mint() } })
    for (const path of ['/broken', '/broken-later']) {
      const answered = await send('GET', `https://mint.example${path}`).over
      expect(answered).toMatchObject({ kind: 'replied', reply: { status: 500 } })
    }
    expect(live.journal.notes().map(({ text }) => text)).toEqual([
      'A simulator threw, which none may: RangeError: no coins',
      'A simulator threw, which none may: RangeError: no coins left',
    ])
    expect(live.journal.exchanges().map(({ outcome, status }) => [outcome, status])).toEqual([
      ['replied', 500],
      ['replied', 500],
    ])
    expect(live.network.inFlight).toBe(0)
  })
})

/**
 * Mint: coins with numbers drawn from the seed, and two operations that are defective.
 *
 * @source   made up for the tests
 * @diverges from nothing
 */
const mint = defineSimulator({
  ...{ name: 'mint', version: '1', origins: ['https://mint.example'], state: () => ({}), errors: {}, faults: ['hang'] },
  operations: (operation) => ({
    coin: operation('POST /coins', {}, ({ ids }) => jsonReply(201, { id: ids.next() })),
    broken: operation('GET /broken', {}, () => {
      throw new RangeError('no coins')
    }),
    brokenLater: operation('GET /broken-later', {}, () => Promise.reject(new RangeError('no coins left'))),
  }),
})

describe('faults of a live world', () => {
  test('are set by plan, told with their strikes, and taken back one by one or all at once', async () => {
    live = openLive({ simulators: { parrot: parrot() }, plan: { faults: [] } })
    const on = { provider: 'parrot', operation: 'say' }
    const plan = {
      faults: [
        { fault: 'rate-limited', on: { ...on, times: 1 } },
        { fault: 'hang', on: { ...on, nth: 9 } },
      ],
    }
    const [limited, hung] = live.injectPlan(plan)
    expect(await send('GET', words).over).toMatchObject({ reply: { status: 429 } })
    expect(live.faults().map(({ id, on: where, strikes }) => [id, where, strikes])).toEqual([
      ['f1', 'any call of say of parrot, 1 at most', 1],
      ['f2', 'call 9 of say of parrot', 0],
    ])
    expect(live.unusedFaults()).toEqual([hung])
    limited?.remove()
    expect(live.faults().map(({ id }) => id)).toEqual(['f2'])
    live.clearFaults()
    expect(live.faults()).toEqual([])
    expect(live.injectPlan({ faults: [{ fault: 'hang', on }] })[0]?.id).toBe('f3')
  })

  test('that strike who connects strike no call once that has used them up', () => {
    const faults = new LiveFaults({ parrot: parrot() }, 1)
    const on = { provider: 'parrot' }
    const [fault] = faults.set({ faults: [{ fault: 'certificate-expired', on: { ...on, times: 2 } }] })
    const struck = () => faults.striker.strikeCall({ provider: 'parrot', name: 'say', nth: 1, atMs: 0 }).length
    expect(faults.onConnecting('certificate-expired', 'parrot', 0)).toBe(fault)
    expect(faults.onConnecting('certificate-expired', 'another', 0)).toBeUndefined()
    expect(faults.onConnecting('connection-refused', 'parrot', 0)).toBeUndefined()
    expect(struck()).toBe(1)
    faults.strikeConnecting(fault as LiveFault)
    expect([fault?.strikes, struck(), faults.onConnecting('certificate-expired', 'parrot', 0)]).toEqual([
      2,
      0,
      undefined,
    ])
    live = openLive({ simulators: {} })
  })

  test('are set all or not at all', () => {
    live = openLive({ simulators: { parrot: parrot() } })
    const on = { provider: 'parrot' }
    expect(() =>
      live.injectPlan({
        faults: [
          { fault: 'hang', on },
          { fault: 'hank', on },
        ],
      }),
    ).toThrow(PlanError)
    expect(live.faults()).toEqual([])
  })

  test('let reads be stale, also after another seed', async () => {
    live = openLive({ simulators: { parrot: parrot() } })
    live.inject('parrot', 'say', staleRead())
    for (const seed of [1, 2]) {
      live.reseed(seed)
      send('POST', words)
      const read = await send('GET', words).over
      expect(read.kind === 'replied' && textOf(read.reply.body)).toContain('"words":["hello"]')
    }
  })
})

describe('deliveries of a live world', () => {
  const heard: string[] = []
  let answer: (response: http.ServerResponse) => void
  const server = http.createServer((request, response) => {
    heard.push(`${request.method} ${request.url} ${request.headers['user-agent'] ?? 'nobody'}`)
    if (request.method === 'HEAD') response.end()
    else answer(response)
  })
  beforeEach(async () => {
    heard.length = 0
    answer = (response) => response.end()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    live = openLive({ simulators: { news: newsroom() } })
    live.clock.freeze()
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })
  const hook = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  const subscribeAndPublish = async (): Promise<void> => {
    await send('POST', 'https://newsroom.example/readers', { url: hook() }).over
    await send('POST', 'https://newsroom.example/news', {}).over
  }
  const outcomes = (): readonly unknown[] =>
    live.journal
      .deliveries()
      .map(({ topic, attempt, outcome, status, sentAt }) => [...[topic, attempt, outcome, status, sentAt - start]])
  let start = 0

  test('go out by real HTTP, as the provider sends them and tried again at its times, however far the clock is moved', async () => {
    start = live.clock.now()
    answer = (response) => response.writeHead(heard.length < 4 ? 503 : 200).end()
    await subscribeAndPublish()
    await live.clock.advance(60_000)
    expect(outcomes()).toEqual([
      ['handshake', 1, 'replied', 200, 0],
      ['news.published', 1, 'replied', 503, 0],
      ['news.published', 2, 'replied', 503, 1_000],
      ['news.published', 3, 'replied', 200, 3_000],
    ])
    expect(heard).toEqual(['HEAD /hook nobody', 'POST /hook nobody', 'POST /hook nobody', 'POST /hook nobody'])
    expect(live.clock.now() - start).toBe(60_000)
  })

  test('follow no redirect', async () => {
    answer = (response) => response.writeHead(302, { location: '/elsewhere' }).end()
    await subscribeAndPublish()
    await live.clock.advance(0)
    expect(live.journal.deliveries().map(({ status }) => status)).toEqual([200, 302])
    expect(heard).toHaveLength(2)
  })

  test('are struck by faults as in a run', async () => {
    live.injectPlan({ faults: [{ fault: 'duplicated', on: { provider: 'news', topic: 'news.published', nth: 1 } }] })
    await subscribeAndPublish()
    await live.clock.advance(0)
    expect(heard.filter((line) => line.startsWith('POST'))).toHaveLength(2)
    live.injectPlan({ faults: [{ fault: 'lost', on: { provider: 'news', topic: 'news.published' } }] })
    await send('POST', 'https://newsroom.example/news', {}).over
    await live.clock.advance(60_000)
    expect(heard.filter((line) => line.startsWith('POST'))).toHaveLength(2)
  })

  test('that were planned are dropped with the state that planned them', async () => {
    answer = (response) => response.writeHead(503).end()
    await subscribeAndPublish()
    await live.clock.advance(0)
    live.reset()
    await live.clock.advance(60_000)
    expect(heard.filter((line) => line.startsWith('POST'))).toHaveLength(1)
  })

  test('keep no clock waiting for a receiver that never answers', async () => {
    answer = () => undefined
    start = live.clock.now()
    await subscribeAndPublish()
    await live.clock.advance(5_000)
    expect(outcomes().at(1)).toEqual(['news.published', 1, 'timed-out', undefined, 0])
  })
})
