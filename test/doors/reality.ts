import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { Reply } from '../../src/http/exchange.ts'
import { callOf } from '../../src/http/messages.ts'
import { createRandom } from '../../src/simulator/random.ts'
import { garbage } from './garbage.ts'
import { parrot } from './parrot.ts'
import type { WireFault } from './wire-faults.ts'

/** Real sockets on this machine: what every door has to look like. */
export interface Reality {
  /** Answers as the parrot does. */
  readonly origin: string
  /** A URL that shows one fault on the wire. */
  faulty(fault: WireFault): string
  close(): Promise<void>
}

/** Opens the parrot as a real server, and beside it servers that break off, refuse, or never answer. */
export async function openReality(): Promise<Reality> {
  const [honest, broken, gone, full] = [honestServer(), brokenServer(), net.createServer(), fullBacklog()]
  const origins = await Promise.all([honest, broken, gone].map(listen))
  await new Promise((resolve) => gone.close(resolve))
  const fullOrigin = await full.origin
  const [origin = '', brokenOrigin = '', goneOrigin = ''] = origins
  return {
    origin,
    faulty: (fault) => {
      if (fault === 'refused') return `${goneOrigin}/words`
      if (fault === 'unresolved') return 'http://parrot.invalid/words'
      return fault === 'unreachable' ? `${fullOrigin}/words` : `${brokenOrigin}/${fault}`
    },
    close: async () => {
      honest.closeAllConnections()
      honest.close()
      broken.close()
      await full.close()
    },
  }
}

async function listen(server: net.Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The parrot itself, behind node:http. */
function honestServer(): http.Server {
  const later = (): never => {
    throw new TypeError('The parrot sends nothing by itself.')
  }
  const clock = { now: () => 0 }
  const instance = parrot().open({ clock, random: createRandom('reality'), schedule: later, send: later })
  return http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = 'GET', url = '/', headers } = request
    const call = { ...callOf(`http://parrot.example${url}`, { method, body: Buffer.concat(chunks) }), headers }
    const { reply } = await instance.handle(call as ReturnType<typeof callOf>)
    send(response, reply)
  })
}

function send(response: http.ServerResponse, { status, headers, body }: Reply): void {
  response.sendDate = false
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value as string | string[])
  // In one call, so that Node tells the length instead of sending in chunks.
  response.statusCode = status
  response.end(body)
}

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n'

const chunkedHead = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n'

/** What a broken server does with a socket once it has read the head of a request. */
const acts: Readonly<Record<string, (socket: net.Socket) => void>> = {
  reset: (socket) => socket.resetAndDestroy(),
  hung: () => undefined,
  truncated: (socket) => socket.end(`${head}{"id":1,`),
  'truncated-at-once': (socket) => socket.end(head),
  garbled: (socket) => socket.end(garbage.garbled.bytes),
  'garbled-body': (socket) => {
    // Two packets, as a wire brings them.
    socket.write(`${chunkedHead}7\r\n{"id":1\r\n`)
    setTimeout(() => socket.end(garbage['garbled-body'].bytes), 20)
  },
  'body-hung': (socket) => socket.write(`${head}{"id":1,`),
}

function brokenServer(): net.Server {
  return net.createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (data) => acts[/\/([\w-]+)/.exec(String(data))?.[1] ?? '']?.(socket))
  })
}

/** A port whose queue of new connections is full and never emptied: packets to it vanish. */
function fullBacklog(): { readonly origin: Promise<string>; close(): Promise<unknown> } {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads')
     const server = require('node:net').createServer()
     server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port)
       setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
     })`,
    { eval: true },
  )
  const sockets: net.Socket[] = []
  const fill = async (port: number): Promise<string> => {
    // The queue takes one more than it says; whoever does not get in is the sign that it is full.
    for (let connected = true; connected; ) {
      const socket = net.connect(port, '127.0.0.1').on('error', () => undefined)
      sockets.push(socket)
      connected = await Promise.race([
        new Promise<true>((resolve) => socket.once('connect', () => resolve(true))),
        new Promise<false>((resolve) => setTimeout(() => resolve(false), 200)),
      ])
    }
    return `http://127.0.0.1:${port}`
  }
  return {
    origin: new Promise((resolve) => worker.once('message', (port: number) => resolve(fill(port)))),
    close: () => {
      for (const socket of sockets) socket.destroy()
      return worker.terminate()
    },
  }
}
