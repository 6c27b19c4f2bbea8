import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hang } from '../../src/faults/faults.ts'
import { jsonReply } from '../../src/http/messages.ts'
import { defineSimulator } from '../../src/simulator/define-simulator.ts'
import { createWorld } from '../../src/world/world.ts'
import { parrot } from './parrot.ts'

/** A real server, which must hear nothing of what happens in a world. */
let heard = 0
const server = http.createServer((_request, response) => {
  heard++
  response.end('real')
})

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  heard = 0
})

const port = (): number => (server.address() as AddressInfo).port
const realOrigin = (): string => `http://127.0.0.1:${port()}`

/** A simulator at the very place where the real server listens. */
const stage = (origin: string) =>
  createWorld({
    simulators: {
      double: defineSimulator({
        ...{ name: 'double', version: '1', origins: [origin], state: () => ({}), errors: {}, faults: ['hang'] },
        operations: (operation) => ({ say: operation('GET /', {}, () => jsonReply(200, 'simulated')) }),
      })(),
    },
  })

function textOf(url: string, agent: http.Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent }, (response) => {
      let text = ''
      response.on('data', (piece) => {
        text += String(piece)
      })
      response.on('end', () => resolve(text))
    })
    request.on('error', reject)
  })
}

const count = (lists: Readonly<Record<string, readonly unknown[] | undefined>>): number =>
  Object.values(lists).flat().length

describe('an agent that has real connections from before the world', () => {
  test('uses none of them for a call that a simulator answers', async () => {
    const agent = new http.Agent({ keepAlive: true, maxTotalSockets: 1 })
    expect(await textOf(realOrigin(), agent)).toBe('real')
    const said = await stage(realOrigin()).run(() => Promise.all([1, 2].map(() => textOf(realOrigin(), agent))))
    expect(said).toEqual(['"simulated"', '"simulated"'])
    expect(heard).toBe(1)
    expect(await textOf(realOrigin(), agent)).toBe('real')
    agent.destroy()
  })

  test('lets no call out over one of them', async () => {
    const agent = new http.Agent({ keepAlive: true })
    await textOf(realOrigin(), agent)
    const world = createWorld({ simulators: { parrot: parrot() } })
    await expect(world.run(() => textOf(realOrigin(), agent))).rejects.toMatchObject({ code: 'escaped' })
    expect(world.escapes).toEqual([`127.0.0.1:${port()}`])
    expect(heard).toBe(1)
    agent.destroy()
  })
})

describe('a socket from before the world', () => {
  const connected = async (): Promise<net.Socket> => {
    const socket = net.connect(port(), '127.0.0.1')
    await new Promise((resolve) => socket.once('connect', resolve))
    return socket
  }
  const request = 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'

  test('is a way out that nothing is let out by', async () => {
    const socket = await connected()
    const world = createWorld({ simulators: { parrot: parrot() } })
    const failed = new Promise((resolve) => socket.once('error', resolve))
    await expect(
      world.run(async () => {
        socket.write(request)
        await failed
      }),
    ).rejects.toMatchObject({ code: 'escaped' })
    expect(world.escapes).toEqual([`127.0.0.1:${port()}`])
    expect(heard).toBe(0)
  })

  test('may be used where the test allows it', async () => {
    const socket = await connected()
    const world = createWorld({ simulators: { parrot: parrot() }, sockets: [`127.0.0.1:${port()}`] })
    const closed = new Promise((resolve) => socket.resume().once('close', resolve))
    await world.run(async () => {
      socket.end(request)
      await closed
    })
    expect(heard).toBe(1)
    expect(world.reproducibility.reproducible).toBe(false)
  })
})

describe('an agent that outlives its world', () => {
  test('has room again after calls that never ended, and keeps none of them for later', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1, maxTotalSockets: 1 })
    const first = stage(realOrigin())
    first.inject('double', 'say', hang())
    await first.run(async () => {
      textOf(realOrigin(), agent)
      textOf(realOrigin(), agent)
      await first.settle()
    })
    expect([count(agent.sockets), count(agent.requests)]).toEqual([0, 0])
    expect(first.journal.exchanges().map(({ outcome }) => outcome)).toEqual(['pending'])

    expect(await stage(realOrigin()).run(() => textOf(realOrigin(), agent))).toBe('"simulated"')
    expect(heard).toBe(0)
    expect(await textOf(realOrigin(), agent)).toBe('real')
    expect(heard).toBe(1)
    agent.destroy()
  })

  test('uses no connection of it in the real world', async () => {
    await stage(realOrigin()).run(() => textOf(realOrigin(), http.globalAgent))
    expect(await textOf(realOrigin(), http.globalAgent)).toBe('real')
    expect(heard).toBe(1)
  })
})
