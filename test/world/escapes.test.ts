import dgram from 'node:dgram'
import dns from 'node:dns'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import tls from 'node:tls'
import axios from 'axios'
import { Agent, Client, Pool, request, fetch as undiciFetch } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld } from '../../src/world/world.ts'
import type { WorldError } from '../../src/world/world-error.ts'
import { parrot } from '../doors/parrot.ts'

/** A server that must never hear anything; its port stands for the real world. */
let connections = 0
const server = net.createServer((socket) => {
  connections++
  socket.destroy()
})
const udp = dgram.createSocket('udp4', () => connections++)
let port = 0

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.close()
  udp.close()
})

const world = () => createWorld({ simulators: { parrot: parrot() } })
const heardOf = (emitter: NodeJS.EventEmitter): Promise<unknown> =>
  new Promise((resolve) => emitter.on('error', resolve).on('close', () => resolve(undefined)))

const origin = () => `http://127.0.0.1:${port}`

/** Every way out that Node has, and what it is called in the report. */
const waysOut: Readonly<Record<string, () => Promise<unknown>>> = {
  fetch: () => fetch(origin()),
  'fetch that is not plain': () => fetch(origin(), { method: 'POST', body: new FormData() }),
  'undici.request': () => request(origin()),
  'undici.fetch': () => undiciFetch(origin()),
  'an undici Agent': () => request(origin(), { dispatcher: new Agent() }),
  'an undici Pool': () => new Pool(origin()).request({ path: '/', method: 'GET' }),
  'an undici Client': () => new Client(origin()).request({ path: '/', method: 'GET' }),
  axios: () => axios.get(origin()),
  'http.request': () => heardOf(http.get(origin())),
  'https.request': () => heardOf(https.get(origin().replace('http', 'https'))),
  'http2.connect': () => heardOf(http2.connect(origin())),
  'net.connect by port': () => heardOf(net.connect(port, '127.0.0.1')),
  'net.connect by options': () => heardOf(net.connect({ port, host: '127.0.0.1' })),
  'tls.connect': () => heardOf(tls.connect(port, '127.0.0.1')),
  dgram: () => {
    const socket = dgram.createSocket('udp4')
    return new Promise((resolve) => {
      socket.send('hello', udp.address().port, '127.0.0.1', (error) => {
        socket.close()
        resolve(error)
      })
    })
  },
  WebSocket: () => {
    const socket = new WebSocket(origin().replace('http', 'ws'))
    return new Promise((resolve) => socket.addEventListener('close', resolve))
  },
}

describe('a call that no simulator serves', () => {
  test.for(Object.entries(waysOut))('by %s fails the run as an escape, and opens no socket', async ([, leave]) => {
    const before = connections
    const leaving = world()
    const run = leaving.run(() => leave().catch(() => 'the subject swallows the error'))
    await expect(run).rejects.toMatchObject({ name: 'WorldError', code: 'escaped' })
    await expect(run).rejects.toThrow('127.0.0.1:')
    expect(leaving.escapes).toHaveLength(1)
    expect(leaving.journal.notes().map(({ topic }) => topic)).toContain('escaped')
    expect(connections).toBe(before)
  })

  test('fails the run as an escape when the body fails by it, and keeps what the body threw', async () => {
    const error = await world()
      .run(() => fetch('https://foreign.example/'))
      .catch((thrown: unknown) => thrown as WorldError)
    expect(error).toMatchObject({ code: 'escaped', cause: { message: 'fetch failed', cause: { code: 'escaped' } } })
  })

  test('to a simulated host at another port says that it is the port', async () => {
    const run = world().run(() => heardOf(https.get('https://parrot.example:8443/words')))
    await expect(run).rejects.toThrow('parrot.example:8443 was called: its simulator answers at other ports.')
  })

  test('counts against its own run, not against the next one', async () => {
    const twice = world()
    await expect(twice.run(() => fetch('https://foreign.example/'))).rejects.toMatchObject({ code: 'escaped' })
    expect(await twice.run(async () => (await fetch('https://parrot.example/words')).status)).toBe(200)
  })
})

describe('a name', () => {
  const asked: Readonly<Record<string, (host: string) => Promise<unknown>>> = {
    'dns.lookup': (host) => new Promise((resolve) => dns.lookup(host, (error, address) => resolve(error ?? address))),
    'dns.resolve4': (host) => new Promise((resolve) => dns.resolve4(host, (error, found) => resolve(error ?? found))),
    'dns.promises.lookup': (host) => dns.promises.lookup(host),
    'dns.promises.resolveMx': (host) => dns.promises.resolveMx(host),
    'a Resolver': (host) => new dns.promises.Resolver().resolve4(host),
  }

  test.for(Object.entries(asked))('that nobody serves, asked for by %s, is an escape', async ([, ask]) => {
    const leaving = world()
    await expect(leaving.run(() => ask('foreign.example').catch(() => undefined))).rejects.toMatchObject({
      code: 'escaped',
    })
    expect(leaving.escapes).toEqual(['dns:foreign.example'])
  })

  test('of a simulator has an address that is no one’s', async () => {
    expect(await world().run(() => dns.promises.lookup('parrot.example'))).toEqual({ address: '192.0.2.1', family: 4 })
    const all = await world().run(() => dns.promises.lookup('parrot.example', { all: true }))
    expect(all).toEqual([{ address: '192.0.2.1', family: 4 }])
  })

  test('of this machine is the system’s to answer', async () => {
    expect(await world().run(() => dns.promises.lookup('127.0.0.1'))).toEqual({ address: '127.0.0.1', family: 4 })
  })
})

describe('a socket that the test allows', () => {
  test('opens, is waited for, and marks the run with where it was opened', async () => {
    const echo = net.createServer((socket) => socket.pipe(socket))
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
    const { port: allowed } = echo.address() as AddressInfo
    const open = createWorld({ simulators: { parrot: parrot() }, sockets: [`127.0.0.1:${allowed}`] })
    const said = await open.run(
      () =>
        new Promise((resolve) => {
          const socket = net.connect(allowed, '127.0.0.1', () => socket.write('hello'))
          socket.once('data', (data) => {
            socket.destroy()
            resolve(String(data))
          })
        }),
    )
    expect(said).toBe('hello')
    expect(open.reproducibility.reproducible).toBe(false)
    const reasons = open.reproducibility.reasons.join('\n')
    expect(reasons).toContain(`socket to 127.0.0.1:${allowed}`)
    expect(reasons).toContain('escapes.test.ts')
    echo.close()
  })
})

describe('what was a call before and after a world', () => {
  test('leaves by real sockets again', async () => {
    await world().run(() => fetch('https://parrot.example/words'))
    const before = connections
    await fetch(origin()).catch(() => undefined)
    expect(connections).toBe(before + 1)
  })
})
