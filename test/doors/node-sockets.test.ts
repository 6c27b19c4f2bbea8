import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectionRefused, connectionReset, connectionTimeout, hang, slowBody } from '../../src/faults/faults.ts'
import { textReply } from '../../src/http/messages.ts'
import { defineSimulator } from '../../src/simulator/define-simulator.ts'
import { createWorld } from '../../src/world/world.ts'
import { parrot } from './parrot.ts'
import { openReality, type Reality } from './reality.ts'
import { type Story, stories } from './socket-stories.ts'
import { injected } from './wire-faults.ts'

let reality: Reality

beforeAll(async () => {
  reality = await openReality()
})
afterAll(() => reality.close())

/** Times after which a body stops for ever, as far as a story is concerned. */
const never = { connectMs: 1_000_000, headersMs: 1_000_000, bodyMs: 1_000_000 }

async function told(story: Story, url: string): Promise<readonly string[]> {
  const lines: string[] = []
  await story.tell(url, (line) => lines.push(line.replace(/\d+\.\d+\.\d+\.\d+:\d+/, 'ADDRESS')))
  return lines
}

function inReality(story: Story): Promise<readonly string[]> {
  return told(story, story.at === 'honest' ? `${reality.origin}/words` : reality.faulty(story.at))
}

function inWorld(story: Story): Promise<readonly string[]> {
  const world = createWorld({ simulators: { parrot: parrot() } })
  if (story.at !== 'honest') world.inject('parrot', 'say', injected[story.at](never))
  return world.run(() => told(story, 'http://parrot.localhost/words'))
}

describe("Node's own client", () => {
  test.for(stories)('goes through $name as on real sockets', async (story) => {
    const [real, simulated] = [await inReality(story), await inWorld(story)]
    expect(real.length).toBeGreaterThan(0)
    expect(simulated).toEqual(real)
  })
})

const origin = 'https://parrot.example'
const shop = defineSimulator({
  ...{ name: 'shop', version: '1', origins: ['https://shop.example'], state: () => ({}), errors: {}, faults: [] },
  operations: (operation) => ({ things: operation('GET /things', {}, () => textReply(200, 'many')) }),
})
const world = () => createWorld({ simulators: { parrot: parrot() }, latency: { minMs: 10, maxMs: 10 } })

/** The status of a reply, or what kept it away. */
function outcomeOf(request: http.ClientRequest): Promise<unknown> {
  return new Promise((resolve) => {
    request.on('error', resolve)
    request.on('response', (response) => {
      response.resume()
      response.on('error', resolve)
      response.on('end', () => resolve(response.statusCode))
    })
  })
}

describe('a connection by TLS', () => {
  test('is a TLS socket to whoever looks at it', async () => {
    const seen = await world().run(async () => {
      const socket = tls.connect({ host: 'parrot.example', port: 443, ALPNProtocols: ['h2', 'http/1.1'] })
      const events: string[] = []
      for (const name of ['lookup', 'connect', 'ready', 'secureConnect']) socket.on(name, () => events.push(name))
      await new Promise((resolve) => socket.once('secureConnect', resolve))
      const { authorized, encrypted, alpnProtocol, remoteAddress, remotePort } = socket
      const { subject } = socket.getPeerCertificate()
      socket.destroy()
      const kinds = [socket instanceof tls.TLSSocket, socket instanceof net.Socket]
      return { events, kinds, authorized, encrypted, alpnProtocol, remoteAddress, remotePort, name: subject.CN }
    })
    expect(seen).toEqual({
      events: ['lookup', 'connect', 'ready', 'secureConnect'],
      kinds: [true, true],
      ...{ authorized: true, encrypted: true, alpnProtocol: 'http/1.1', remoteAddress: '192.0.2.1', remotePort: 443 },
      name: 'parrot.example',
    })
  })

  test('can be spoken over a connection that the caller has made', async () => {
    const status = await world().run(() => {
      const createConnection = (): net.Socket =>
        tls.connect({ socket: net.connect(443, 'parrot.example'), servername: 'parrot.example' })
      return outcomeOf(https.get(`${origin}/words`, { createConnection }))
    })
    expect(status).toBe(200)
  })

  test('is not what plain HTTP to the same port gets', async () => {
    const run = createWorld({ simulators: { shop: shop() } }).run(() =>
      outcomeOf(http.get('http://shop.example:443/things')),
    )
    await expect(run).rejects.toThrow('http://shop.example:443 was called')
  })
})

describe('a fault on the way', () => {
  test('keeps a connection waiting as long as Linux does where packets vanish', async () => {
    const lost = world()
    lost.inject('parrot', 'say', connectionTimeout())
    const error = await lost.run(() => outcomeOf(http.get('http://parrot.example/words')))
    expect(error).toMatchObject({
      message: 'connect ETIMEDOUT 192.0.2.1:80',
      ...{ errno: -110, code: 'ETIMEDOUT', syscall: 'connect', address: '192.0.2.1', port: 80 },
    })
    expect(lost.elapsedMs()).toBe(127_000)
  })

  test('can strike a call on a connection that stands already', async () => {
    const busy = world()
    const outcomes = await busy.run(async () => {
      const agent = new https.Agent({ keepAlive: true })
      const ask = (): Promise<unknown> => outcomeOf(https.get(`${origin}/words`, { agent }))
      const before = await ask()
      busy.inject('parrot', 'say', connectionRefused({ times: 1 }))
      return [before, await ask(), await ask()]
    })
    expect(outcomes).toMatchObject([200, { code: 'ECONNREFUSED' }, 200])
  })

  test('brings a body in its pieces, at their times', async () => {
    const slow = world()
    slow.inject('parrot', 'say', slowBody({ chunks: 4, intervalMs: 1_000 }))
    const times = await slow.run(
      () =>
        new Promise((resolve) => {
          const times: number[] = []
          http.get('http://parrot.example/words', (response) => {
            response.on('data', () => times.push(slow.elapsedMs()))
            response.on('end', () => resolve(times))
          })
        }),
    )
    expect(times).toEqual([1_020, 2_020, 3_020, 4_020])
  })
})

describe('the journal', () => {
  test('tells a call that ran out of time from one that was given up', async () => {
    const hung = world()
    hung.inject('parrot', 'say', hang())
    await hung.run(async () => {
      const late = http.get('http://parrot.example/words', { timeout: 5_000 })
      late.on('timeout', () => late.destroy())
      const dropped = http.get('http://parrot.example/words')
      setTimeout(() => dropped.destroy(), 1_000)
      await Promise.all([outcomeOf(late), outcomeOf(dropped)])
    })
    expect(hung.journal.exchanges().map(({ outcome }) => outcome)).toEqual(['timed-out', 'aborted'])
  })

  test('has each call on a shared connection under the intent that made it', async () => {
    const shared = world()
    await shared.run(async () => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
      const ask = (path: string): Promise<unknown> => outcomeOf(http.get(`http://parrot.example${path}`, { agent }))
      await Promise.all(['one', 'two', 'three'].map((name) => shared.intent(name, () => ask(`/${name}`))))
    })
    const calls = shared.journal.exchanges().map(({ intent, call }) => `${intent} ${call.url}`)
    expect(calls).toEqual(['one', 'two', 'three'].map((name) => `${name} http://parrot.example/${name}`))
  })
})

describe('what a client does when its shared connection breaks', () => {
  test('belongs to the intent whose call broke', async () => {
    const shared = world()
    await shared.run(async () => {
      const agent = new http.Agent({ keepAlive: true })
      const ask = (path: string): Promise<unknown> =>
        new Promise((resolve) => {
          const request = http.get(`http://parrot.example${path}`, { agent }, (response) => {
            response.resume().on('end', resolve)
          })
          request.on('error', () => resolve(outcomeOf(http.get('http://parrot.example/again'))))
        })
      await shared.intent('first', () => ask('/words'))
      shared.inject('parrot', 'say', connectionReset({ times: 1 }))
      await shared.intent('second', () => ask('/words'))
    })
    expect(shared.journal.exchanges().map(({ intent, outcome }) => [intent, outcome])).toEqual([
      ['first', 'replied'],
      ['second', 'reset'],
      ['second', 'replied'],
    ])
  })
})

describe('a world at rest', () => {
  test('does not wait for connections that lie idle', async () => {
    const idle = world()
    await idle.run(async () => {
      await outcomeOf(
        http.get('http://parrot.example/words', { agent: new http.Agent({ keepAlive: true, timeout: 9_000 }) }),
      )
      await idle.settle()
    })
    expect(idle.elapsedMs()).toBe(20)
  })

  test('waits for a call that will run out of time', async () => {
    const hung = world()
    hung.inject('parrot', 'say', hang())
    await hung.run(async () => {
      const late = http.get('http://parrot.example/words', { timeout: 9_000 })
      late.on('error', () => undefined).on('timeout', () => late.destroy())
      await hung.settle()
    })
    expect(hung.elapsedMs()).toBe(9_000)
  })

  test('closes a connection that has lain idle for too long', async () => {
    const counts = await world().run(async () => {
      const agent = new http.Agent({ keepAlive: true, timeout: 9_000 })
      const free = (): number => Object.values(agent.freeSockets).flat().length
      await outcomeOf(http.get('http://parrot.example/words', { agent }))
      const before = free()
      await new Promise((resolve) => setTimeout(resolve, 9_100))
      return [before, free()]
    })
    expect(counts).toEqual([1, 0])
  })
})
