import http, { type IncomingMessage, type Server } from 'node:http'
import https from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { parsePlan } from '../../faults/plan.ts'
import type { CountedWorld } from '../live.ts'
import type { LiveOptions, LiveSimulators } from '../live-types.ts'
import { type Certificates, makeCertificates } from './certificates.ts'
import { Connection } from './connection.ts'
import { openReception } from './reception.ts'
import { type Served, ServedWorlds } from './served-worlds.ts'
import { ServerError } from './server-error.ts'
import type { OpenWorldOptions, ServerOptions, SimulatorServer } from './types.ts'

/**
 * Serves simulators by HTTP/1.1 over real sockets. Each has a base URL of its own (`server.main.urls.trello`); where
 * there is only one, it answers at the root too.
 *
 * Every fault looks as it does on a real wire. A call that has arrived can no longer be refused a connection: there a
 * fault that prevents one resets it, and `connection-timeout` leaves it without an answer.
 *
 * @throws ServerError  `address_taken` · `address_invalid`
 * @throws PlanError    when the plan does not fit the simulators
 */
export async function startServer<const Sims extends LiveSimulators>(
  options: ServerOptions<Sims>,
): Promise<SimulatorServer<Sims>> {
  const { host = '127.0.0.1', port = 0, tls = false } = options
  const live = liveOptionsOf(options)
  // Before anything listens.
  parsePlan(live.plan ?? { faults: [] }, live.simulators)
  const certificates = tls === false ? undefined : await certificatesOf(tls, host)
  const front = openFront(certificates, options.keepAliveMs ?? 60_000)
  await listen(front.server, host, port)
  const { port: boundTo } = front.server.address() as AddressInfo
  const origin = `http${certificates ? 's' : ''}://${host.includes(':') ? `[${host}]` : host}:${boundTo}`
  const running = new RunningServer(front, { options, live, host, port: boundTo, origin, certificates })
  return running as unknown as SimulatorServer<Sims>
}

function liveOptionsOf(options: ServerOptions): LiveOptions {
  const { host: _h, port: _p, tls: _t, ports: _o, bodyBytesMax: _b, keepAliveMs: _k, ...rest } = options
  const { worldsMax: _w, worldIdleMsMax: _i, control: _c, ...live } = rest
  return live
}

async function certificatesOf(
  tls: true | { readonly key: string; readonly cert: string },
  host: string,
): Promise<Certificates> {
  const made = await makeCertificates(host, Date.now())
  return tls === true ? made : { valid: tls, expired: made.expired }
}

/** A listening server, and the connections that clients have to it. */
interface Front {
  readonly server: Server
  connectionOf(request: IncomingMessage): Connection
}

function openFront(certificates: Certificates | undefined, keepAliveMs: number): Front {
  const settings = { keepAliveTimeout: keepAliveMs, noDelay: true }
  const server = certificates
    ? https.createServer({ ...settings, ...certificates.valid, ALPNProtocols: ['http/1.1'] })
    : http.createServer(settings)
  const connections = new WeakMap<Socket, Connection>()
  /** What TLS runs over, by the number of its far end. */
  const below = new Map<string, Socket>()
  if (certificates) {
    server.prependListener('connection', (raw: Socket) => {
      const end = farEnd(raw)
      below.set(end, raw)
      raw.once('close', () => below.delete(end))
    })
    server.on('secureConnection', (socket: Socket) => {
      connections.set(socket, new Connection(socket, below.get(farEnd(socket)) ?? socket))
    })
  } else {
    server.on('connection', (socket: Socket) => connections.set(socket, new Connection(socket, socket)))
  }
  server.on('timeout', (socket: Socket) => {
    const connection = connections.get(socket)
    if (connection) connection.isAbandoned = true
    socket.destroy()
  })
  return { server, connectionOf: ({ socket }) => connections.get(socket) as Connection }
}

function farEnd({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

function listen(server: Server, host: string, port: number): Promise<void> {
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

interface RunningParts {
  readonly options: ServerOptions
  readonly live: LiveOptions
  readonly host: string
  readonly port: number
  readonly origin: string
  readonly certificates: Certificates | undefined
}

class RunningServer implements SimulatorServer {
  readonly origin: string
  readonly host: string
  readonly port: number
  readonly certificate: string | undefined
  readonly ownPorts: Readonly<Record<string, string>> = {}
  readonly #front: Front
  readonly #worlds: ServedWorlds
  #closing: Promise<void> | undefined

  constructor(front: Front, { options, live, host, port, origin, certificates }: RunningParts) {
    this.#front = front
    this.origin = origin
    this.host = host
    this.port = port
    this.certificate = certificates?.valid.cert
    const { worldsMax = 1_000, worldIdleMsMax: idleMsMax = 600_000, bodyBytesMax = 16_777_216, control } = options
    this.#worlds = new ServedWorlds({ live, origin, worldsMax, idleMsMax })
    const reception = openReception({
      ...{ worlds: this.#worlds, bodyBytesMax, control, server: () => this, connectionOf: front.connectionOf },
    })
    front.server.on('request', reception.take)
  }

  get main(): Served {
    return this.#worlds.main
  }

  get world(): CountedWorld {
    return this.#worlds.main.world
  }

  worlds(): readonly Served[] {
    return this.#worlds.all()
  }

  worldNamed(id: string): Served | undefined {
    return this.#worlds.named(id)
  }

  openWorld(options: OpenWorldOptions = {}): Served {
    return this.#worlds.open(options)
  }

  async closeWorld(id: string): Promise<boolean> {
    return this.#worlds.close(id)
  }

  close(drainMsMax = 1_000): Promise<void> {
    this.#closing ??= this.#drain(drainMsMax)
    return this.#closing
  }

  async #drain(drainMsMax: number): Promise<void> {
    const { server } = this.#front
    const drained = new Promise((resolve) => server.close(resolve))
    server.closeIdleConnections()
    const patience = setTimeout(() => server.closeAllConnections(), drainMsMax)
    await drained
    clearTimeout(patience)
    this.#worlds.closeAll()
  }
}
