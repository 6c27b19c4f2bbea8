import http, { type IncomingMessage, type Server } from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import type { Certificates } from './certificates.ts'
import { Connection } from './connection.ts'
import { ServerError } from './server-error.ts'

/** What listens, and the connections that clients have to it. */
export interface Front {
  readonly server: Server
  connectionOf(request: IncomingMessage): Connection
}

/** What a front is made of. */
export interface FrontParts {
  /** Absent: plain HTTP. */
  readonly certificates: Certificates | undefined
  readonly keepAliveMs: number
  /** Asked for each connection by TLS: whether it is to be shown the certificate that has expired. */
  readonly showsExpired: () => boolean
}

/** Makes what listens. It does not listen yet. */
export function openFront({ certificates, keepAliveMs, showsExpired }: FrontParts): Front {
  const settings = { keepAliveTimeout: keepAliveMs, noDelay: true }
  const connections = new WeakMap<Socket, Connection>()
  const server = certificates
    ? openSecure(https.createServer({ ...settings, ...certificates.valid, ALPNProtocols: ['http/1.1'] }), {
        ...{ certificates, showsExpired, connections },
      })
    : http.createServer(settings)
  if (!certificates) {
    server.on('connection', (socket: Socket) => connections.set(socket, new Connection(socket, socket)))
  }
  server.on('timeout', (socket: Socket) => {
    const connection = connections.get(socket)
    if (connection) connection.isAbandoned = true
    socket.destroy()
  })
  return { server, connectionOf: ({ socket }) => connections.get(socket) as Connection }
}

interface SecureParts extends Pick<FrontParts, 'showsExpired'> {
  readonly certificates: Certificates
  readonly connections: WeakMap<Socket, Connection>
}

function openSecure(server: https.Server, { certificates, showsExpired, connections }: SecureParts): https.Server {
  /** What TLS runs over, by its far end. */
  const below = new Map<string, Socket>()
  let shown = certificates.valid
  // Before Node's own listener, which begins the handshake.
  server.prependListener('connection', (raw: Socket) => {
    const end = farEnd(raw)
    below.set(end, raw)
    raw.once('close', () => below.delete(end))
    const showing = showsExpired() ? certificates.expired : certificates.valid
    if (showing === shown) return
    shown = showing
    server.setSecureContext(showing)
  })
  server.on('secureConnection', (socket: Socket) => {
    connections.set(socket, new Connection(socket, below.get(farEnd(socket)) ?? socket))
  })
  return server
}

function farEnd({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

/**
 * Begins to listen.
 *
 * @throws ServerError  `address_taken` · `address_invalid`
 */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException): void => {
      const taken = cause.code === 'EADDRINUSE'
      const says = taken
        ? `Port ${port} of ${host} is in use.`
        : `Nothing can listen at ${host}:${port}: ${cause.message}`
      reject(new ServerError(taken ? 'address_taken' : 'address_invalid', says, { cause }))
    }
    server.once('error', failed)
    server.listen(port, host, () => {
      server.off('error', failed)
      resolve()
    })
  })
}
