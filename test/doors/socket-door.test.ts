import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLiveClock } from '../../src/doors/live-clock.ts'
import type { Network } from '../../src/doors/network.ts'
import { openSocketDoor } from '../../src/doors/sockets/socket-door.ts'
import type { Outcome } from '../../src/http/exchange.ts'
import { textReply } from '../../src/http/messages.ts'

const reply = textReply(200, 'twenty characters...')
const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 20\r\n\r\n'

/** A real server that says the first half, and resets the connection once that has been heard. */
let sever: (() => void) | undefined
const server = net.createServer((socket) => {
  socket.on('error', () => undefined)
  socket.once('data', () => socket.write(`${head}twenty cha`))
  sever = () => socket.resetAndDestroy()
})

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => server.close())

/** Connects to whatever comes to one outcome for every call. */
function connectionTo(outcome: Outcome): () => net.Socket {
  const clock = createLiveClock()
  const provider = { name: 'any' } as ReturnType<Network['providerAt']>
  const network: Network = {
    ...{ providers: [], inFlight: 0, providerAt: () => provider },
    send: (_provider, _call, _patience, _intent, onEnd) => {
      clock.schedule(0, () => onEnd(outcome))
      return { resolves: true, connects: true, giveUp: () => undefined }
    },
  }
  const idle = clock.schedule
  const door = openSocketDoor({
    network,
    clock: { now: () => clock.now(), schedule: clock.schedule, idle },
    intent: () => undefined,
    escaped: (origin) => new TypeError(origin),
  })
  return () => {
    const socket = new net.Socket()
    door.connect(socket, { host: 'any.example', port: 80 })
    return socket
  }
}

interface Seen {
  readonly text: string
  readonly events: readonly string[]
}

function seenBy(request: http.ClientRequest, onHalf: () => void = () => undefined): Promise<Seen> {
  const events: string[] = []
  let text = ''
  const note = (where: string) => (error: Error) => events.push(`${where}: ${error.message}`)
  request.on('error', note('request'))
  request.on('response', (response) => {
    response.on('error', note('response'))
    response.on('aborted', () => events.push('aborted'))
    response.on('end', () => events.push('end'))
    response.on('data', (piece) => {
      text += String(piece)
      onHalf()
    })
  })
  return new Promise((resolve) => {
    request.on('close', () => setImmediate(() => setImmediate(() => resolve({ text, events }))))
  })
}

describe('a connection that is reset in mid-body', () => {
  test('breaks as on real sockets', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const real = await seenBy(http.get(url, { agent: false }), () => sever?.())
    const createConnection = connectionTo({ kind: 'reset', reply, bytes: 10 })
    const simulated = await seenBy(http.get('http://any.example/', { createConnection }))
    expect(simulated).toEqual(real)
    expect(simulated.text).toBe('twenty cha')
    expect(simulated.events).toEqual(expect.arrayContaining(['request: read ECONNRESET', 'aborted']))
  })
})

describe('an outcome at the far end of a connection', () => {
  const outcomes: readonly (readonly [Outcome, Seen])[] = [
    [
      { kind: 'replied', reply },
      { text: 'twenty characters...', events: ['end'] },
    ],
    [
      { kind: 'dripped', reply, chunks: 3, intervalMs: 1 },
      { text: 'twenty characters...', events: ['end'] },
    ],
    [
      { kind: 'truncated', reply, bytes: 6 },
      { text: 'twenty', events: ['aborted', 'response: aborted'] },
    ],
    [{ kind: 'reset' }, { text: '', events: ['request: read ECONNRESET'] }],
    [{ kind: 'refused' }, { text: '', events: ['request: connect ECONNREFUSED 192.0.2.1:80'] }],
    [{ kind: 'unreachable' }, { text: '', events: ['request: connect ETIMEDOUT 192.0.2.1:80'] }],
    [{ kind: 'unresolved' }, { text: '', events: ['request: getaddrinfo ENOTFOUND any.example'] }],
  ]

  test.for(outcomes)('is what a client sees of it: %o', async ([outcome, expected]) => {
    const createConnection = connectionTo(outcome)
    expect(await seenBy(http.get('http://any.example/', { createConnection }))).toEqual(expected)
  })

  test('never comes when it hangs', async () => {
    const createConnection = connectionTo({ kind: 'hung' })
    const request = http.get('http://any.example/', { createConnection })
    const seen = seenBy(request)
    request.on('finish', () => request.destroy())
    expect(await seen).toEqual({ text: '', events: ['request: socket hang up'] })
  })
})
