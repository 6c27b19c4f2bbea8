import http from 'node:http'
import net from 'node:net'

/** What happened, in order, in words. */
export type Log = (what: string) => void

/** Something that a program does with Node's own client; both a real server and a simulator get to see it. */
export interface Story {
  readonly name: string
  /** What stands at the other end: a parrot, or one that never answers, or whose body stops half-way. */
  readonly at: 'honest' | 'hung' | 'body-hung' | 'reset' | 'truncated' | 'refused'
  /** Ends when all that can happen has happened. */
  tell(url: string, log: Log): Promise<unknown>
}

const once = (emitter: NodeJS.EventEmitter, name: string): Promise<unknown[]> =>
  new Promise((resolve) => emitter.once(name, (...args: unknown[]) => resolve(args)))

/** Logs the events of a request, its socket and its response. */
function watched(request: http.ClientRequest, log: Log): http.ClientRequest {
  for (const name of ['socket', 'finish', 'continue', 'abort', 'timeout', 'close']) {
    request.on(name, () => log(`request ${name}`))
  }
  request.on('error', (error) => log(`request error ${inWords(error)}`))
  request.on('socket', (socket) => {
    for (const name of ['connect', 'ready', 'end', 'timeout', 'agentRemove']) {
      socket.once(name, () => log(`socket ${name}`))
    }
    socket.once('close', (hadError: boolean) => log(`socket close ${hadError}`))
  })
  request.on('response', (response) => {
    log(`response ${response.statusCode} ${response.statusMessage} HTTP/${response.httpVersion}`)
    for (const name of ['aborted', 'end', 'close']) response.on(name, () => log(`response ${name}`))
    response.on('error', (error) => log(`response error ${inWords(error)}`))
  })
  return request
}

function inWords(error: Error): string {
  return `${error.name} ${String(Reflect.get(error, 'code'))} ${error.message}`
}

/** Reads a response to its end, whatever that is. */
async function read(request: http.ClientRequest, log: Log): Promise<void> {
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  let bytes = 0
  response.on('data', (piece: Buffer) => {
    bytes += piece.length
  })
  await once(response, 'close')
  log(`${bytes > 0 ? 'some' : 'no'} bytes, complete: ${response.complete}, reused: ${request.reusedSocket}`)
}

/** Waits until the request and what it used are closed or idle. */
async function closed(request: http.ClientRequest): Promise<void> {
  if (!request.closed) await once(request, 'close')
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function count(agent: http.Agent): string {
  const sum = (lists: Readonly<Record<string, readonly unknown[] | undefined>>): number =>
    Object.values(lists).reduce((total, list) => total + (list?.length ?? 0), 0)
  return `in use ${sum(agent.sockets)}, free ${sum(agent.freeSockets)}, waiting ${sum(agent.requests)}`
}

/** Stories of requests that are answered. */
const answered: readonly Story[] = [
  {
    ...{ name: 'a GET on a new connection', at: 'honest' },
    tell: async (url, log) => {
      const agent = new http.Agent({ keepAlive: true })
      const request = watched(http.get(url, { agent }), log)
      await read(request, log)
      await closed(request)
      log(count(agent))
      agent.destroy()
    },
  },
  {
    ...{ name: 'two calls on one connection', at: 'honest' },
    tell: async (url, log) => {
      const agent = new http.Agent({ keepAlive: true })
      for (const _ of [1, 2]) {
        const request = watched(http.get(url, { agent }), log)
        await read(request, log)
        await closed(request)
        log(count(agent))
      }
      agent.destroy()
    },
  },
  {
    ...{ name: 'three calls through an agent with one socket', at: 'honest' },
    tell: async (url, log) => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
      const requests = ['a', 'b', 'c'].map((name) =>
        watched(http.get(`${url}?${name}`, { agent }), (what) => log(`${name}: ${what}`)),
      )
      log(count(agent))
      await Promise.all(requests.map((request) => read(request, log)))
      agent.destroy()
    },
  },
  {
    ...{ name: 'a call without an agent', at: 'honest' },
    tell: async (url, log) => {
      const request = watched(http.get(url, { agent: false }), log)
      const ended = once(request, 'socket').then(([socket]) => once(socket as net.Socket, 'close'))
      await read(request, log)
      await ended
    },
  },
  {
    ...{ name: 'a connection that the caller makes', at: 'honest' },
    tell: async (url, log) => {
      const createConnection = (options: object): net.Socket => {
        const { host, port } = options as { readonly host: string; readonly port: number }
        return net.connect({ host, port }, () => log('its own listener'))
      }
      const request = watched(http.get(url, { createConnection, headers: { connection: 'close' } }), log)
      const [socket] = (await once(request, 'socket')) as [net.Socket]
      log(`${socket instanceof net.Socket} ${socket.connecting} ${socket.readyState}`)
      await read(request, log)
      log(`${socket.bytesRead > 0} ${socket.bytesWritten > 0} ${socket.remotePort !== undefined}`)
    },
  },
  {
    ...{ name: 'a body that waits for 100-continue', at: 'honest' },
    tell: async (url, log) => {
      const headers = { expect: '100-continue', 'content-length': 5 }
      const request = watched(http.request(url, { method: 'PUT', headers, agent: false }), log)
      request.flushHeaders()
      await once(request, 'continue')
      request.end('hello')
      await read(request, log)
    },
  },
  {
    ...{ name: 'a body in chunks', at: 'honest' },
    tell: async (url, log) => {
      const request = watched(http.request(url, { method: 'POST', agent: false }), log)
      // A simulator reads what is sent before the connection stands, a server only then.
      request.flushHeaders()
      const [socket] = (await once(request, 'socket')) as [net.Socket]
      await once(socket, 'connect')
      for (const piece of ['a', 'bc', 'def']) {
        request.write(piece)
        await new Promise((resolve) => setImmediate(resolve))
      }
      request.end(() => log('all is sent'))
      await read(request, log)
    },
  },
  ...['HEAD', 'DELETE'].map(
    (method): Story => ({
      ...{ name: `${method}, whose reply has no body`, at: 'honest' },
      tell: async (url, log) => {
        const request = watched(http.request(url, { method, agent: false }), log)
        request.end()
        await read(request, log)
      },
    }),
  ),
  {
    ...{ name: 'a reader that pauses', at: 'honest' },
    tell: async (url, log) => {
      const request = watched(http.get(url, { agent: false }), log)
      const [response] = (await once(request, 'response')) as [http.IncomingMessage]
      response.pause()
      await new Promise((resolve) => setImmediate(resolve))
      let text = ''
      for await (const piece of response) text += String(piece)
      log(`read ${JSON.parse(text).mood}`)
    },
  },
]

/** Stories of clients that stand on `net` itself. */
const raw: readonly Story[] = [
  {
    ...{ name: 'two requests in one piece', at: 'honest' },
    tell: async (url, log) => {
      const { socket, heard } = rawTo(url, log)
      socket.write(`${get(url)}${get(url, 'connection: close\r\n')}`)
      log(`replies: ${(await heard).match(/HTTP\/1.1 200 OK/g)?.length}`)
    },
  },
  {
    ...{ name: 'a request that comes byte by byte', at: 'honest' },
    tell: async (url, log) => {
      const { socket, heard } = rawTo(url, log)
      for (const byte of get(url, 'connection: close\r\n')) socket.write(byte)
      log(`replies: ${(await heard).match(/HTTP\/1.1 200 OK/g)?.length}`)
    },
  },
  {
    ...{ name: 'a client that waits to be connected', at: 'honest' },
    tell: async (url, log) => {
      const { socket, heard } = rawTo(url, log)
      await once(socket, 'connect')
      socket.write(get(url, 'connection: close\r\n'))
      log(`replies: ${(await heard).match(/HTTP\/1.1 200 OK/g)?.length}`)
    },
  },
  {
    ...{ name: 'what is no HTTP', at: 'honest' },
    tell: async (url, log) => {
      const { socket, heard } = rawTo(url, log)
      socket.write('hello there\r\n\r\n')
      log(JSON.stringify(await heard))
    },
  },
  {
    ...{ name: 'a client that goes before it has said anything', at: 'honest' },
    tell: async (url, log) => {
      const { socket, heard } = rawTo(url, log)
      socket.end()
      log(JSON.stringify(await heard))
    },
  },
]

function rawTo(url: string, log: Log): { readonly socket: net.Socket; readonly heard: Promise<string> } {
  const { hostname, port } = new URL(url)
  const socket = net.connect(Number(port || 80), hostname)
  let text = ''
  for (const name of ['connect', 'end']) socket.on(name, () => log(`socket ${name}`))
  socket.on('error', (error) => log(`socket error ${inWords(error)}`))
  socket.on('data', (piece) => {
    text += String(piece)
  })
  return { socket, heard: once(socket, 'close').then(([hadError]) => `${text}${hadError ? ' (had error)' : ''}`) }
}

function get(url: string, fields = ''): string {
  const { host, pathname } = new URL(url)
  return `GET ${pathname} HTTP/1.1\r\nhost: ${host}\r\n${fields}\r\n`
}

/** Stories in which somebody breaks off. */
const broken: readonly Story[] = [
  ...(['refused', 'reset', 'truncated'] as const).map(
    (at): Story => ({
      ...{ name: `an exchange that is ${at}`, at },
      tell: async (url, log) => {
        const request = watched(http.get(url, { agent: false }), log)
        request.on('response', (response) => response.resume())
        await closed(request)
      },
    }),
  ),
  {
    ...{ name: 'a request destroyed before it has a socket', at: 'hung' },
    tell: async (url, log) => {
      const request = watched(http.get(url), log)
      request.destroy()
      await closed(request)
    },
  },
  {
    ...{ name: 'a request destroyed when it has its socket', at: 'hung' },
    tell: async (url, log) => {
      const request = watched(http.get(url, { agent: false }), log)
      request.on('socket', () => request.destroy(new RangeError('mine')))
      await closed(request)
    },
  },
  {
    ...{ name: 'a request destroyed when it has been sent', at: 'hung' },
    tell: async (url, log) => {
      const request = watched(http.request(url, { method: 'POST', agent: false }), log)
      request.end('hello', () => request.destroy())
      await closed(request)
    },
  },
  {
    ...{ name: 'a request aborted in the old way', at: 'hung' },
    tell: async (url, log) => {
      const request = watched(http.get(url, { agent: false }), log)
      request.on('finish', () => request.abort())
      await closed(request)
    },
  },
  {
    ...{ name: 'a request destroyed in mid-body', at: 'body-hung' },
    tell: async (url, log) => {
      const request = watched(http.get(url, { agent: false }), log)
      request.on('response', (response) => {
        response.resume()
        request.destroy()
      })
      await closed(request)
    },
  },
  {
    ...{ name: 'a response destroyed in mid-body', at: 'body-hung' },
    tell: async (url, log) => {
      const request = watched(http.get(url, { agent: false }), log)
      request.on('response', (response) => response.destroy(new RangeError('mine')))
      await closed(request)
    },
  },
  {
    ...{ name: 'a request whose time-out destroys it', at: 'hung' },
    tell: async (url, log) => {
      const request = watched(http.get(url, { agent: false, timeout: 30 }), log)
      request.on('timeout', () => request.destroy())
      await closed(request)
    },
  },
  {
    ...{ name: 'a time-out that is set later', at: 'hung' },
    tell: async (url, log) => {
      const request = watched(http.get(url, { agent: false }), log)
      request.setTimeout(30, () => request.destroy(new RangeError('late')))
      await closed(request)
    },
  },
  {
    ...{ name: 'a time-out of the agent', at: 'hung' },
    tell: async (url, log) => {
      const agent = new http.Agent({ keepAlive: true, timeout: 30 })
      const request = watched(http.get(url, { agent }), log)
      request.on('timeout', () => request.destroy())
      await closed(request)
      log(count(agent))
    },
  },
  {
    ...{ name: 'a time-out in mid-body', at: 'body-hung' },
    tell: async (url, log) => {
      const request = watched(http.get(url, { agent: false, timeout: 30 }), log)
      request.on('response', (response) => response.resume())
      request.on('timeout', () => request.destroy())
      await closed(request)
    },
  },
  {
    ...{ name: 'an agent destroyed while a call is under way', at: 'hung' },
    tell: async (url, log) => {
      const agent = new http.Agent({ keepAlive: true })
      const request = watched(http.get(url, { agent }), log)
      request.on('finish', () => agent.destroy())
      await closed(request)
    },
  },
]

/** Every story. */
export const stories: readonly Story[] = [...answered, ...raw, ...broken]
