import type http from 'node:http'
import net from 'node:net'
import type { Network, Provider } from '../network.ts'
import type { Destination } from './socket-errors.ts'
import { type SocketClock, Wire } from './wire.ts'
import { isWired, secureSocket, wireAt, wireUp } from './wired-socket.ts'

/** What the socket door needs of the world it opens into. */
export interface SocketDoorParts {
  readonly network: Network
  readonly clock: SocketClock
  /** Name of the intent that the running code serves. */
  readonly intent: () => string | undefined
  /** Notes that an origin was called which nobody serves; gives the error for the caller. */
  readonly escaped: (origin: string) => Error
}

/** What of `net.connect`'s options says where to. */
export interface ConnectOptions {
  readonly host?: string | undefined
  readonly port?: number | string | undefined
  readonly path?: string | null | undefined
}

/** What of `tls.connect`'s options matters to a connection that needs no certificate. */
export interface SecureOptions extends ConnectOptions, net.SocketConstructorOpts {
  readonly servername?: string | undefined
  /** A connection to speak TLS over. */
  readonly socket?: net.Socket | undefined
  readonly timeout?: number | undefined
  readonly ALPNProtocols?: unknown
}

/**
 * The door that clients on `node:net` come in by: `node:http` and `node:https`, and so axios, got and most SDKs. A socket
 * that connects to where a simulator answers is led to it below the level at which those clients look: all that they do
 * with it, and all that they make of a fault, is their own.
 */
export interface SocketDoor {
  /** Leads a socket to a simulator; false when none answers there. */
  connect(socket: net.Socket, options: ConnectOptions): boolean
  /** Opens a socket that its holder takes for a TLS one; `undefined` when no simulator answers there. */
  secure(options: SecureOptions): net.Socket | undefined
  /** True for a socket that was asked to connect while this door was open. */
  knows(socket: net.Socket): boolean
  /** Takes note of an agent's request, and lets no connection from before be used for it. */
  enlist(agent: http.Agent, request: http.ClientRequest, options: unknown): void
  /** Closes every connection. Requests that are under way or wait for one never end. */
  close(): void
}

/** The address that every simulator has: one that is no one's (RFC 5737). */
const simulatedAddress = '192.0.2.1'

/** Opens it. */
export function openSocketDoor(parts: SocketDoorParts): SocketDoor {
  return new OpenSocketDoor(parts)
}

class OpenSocketDoor implements SocketDoor {
  readonly #p: SocketDoorParts
  readonly #open = new Set<net.Socket>()
  readonly #agents = new Set<http.Agent>()
  readonly #known = new WeakSet<net.Socket>()
  #requests = new WeakSet<http.ClientRequest>()

  constructor(parts: SocketDoorParts) {
    this.#p = parts
  }

  knows(socket: net.Socket): boolean {
    return this.#known.has(socket)
  }

  connect(socket: net.Socket, options: ConnectOptions): boolean {
    this.#known.add(socket)
    const at = placeOf(options)
    if (!at) return false
    const origin = originOf('http', at)
    const provider = this.#p.network.providerAt(origin)
    // To where TLS is spoken: it may begin later, over this socket.
    if (!provider && !this.#p.network.providerAt(originOf('https', at))) return false
    this.#wireUp(socket, { ...at, secure: false }, origin, provider)
    return true
  }

  secure(options: SecureOptions): net.Socket | undefined {
    const under = options.socket
    const to = under && wireAt(under)?.to
    const at = to ?? (under ? undefined : placeOf(options, options.servername))
    const origin = at && originOf('https', at)
    const provider = origin && this.#p.network.providerAt(origin)
    if (!provider) return undefined
    const socket = secureSocket(options)
    if (options.timeout) Object.assign(socket, { timeout: options.timeout })
    this.#wireUp(socket, { ...at, secure: true }, origin, provider)
    if (offersHttp(options.ALPNProtocols)) Object.assign(socket, { alpnProtocol: 'http/1.1' })
    if (under) socket.once('close', () => under.destroy())
    return socket
  }

  enlist(agent: http.Agent, request: http.ClientRequest, options: unknown): void {
    // Only where there is a bound does a request wait for its turn.
    if (agent.maxSockets !== Infinity || agent.maxTotalSockets !== Infinity) this.#agents.add(agent)
    this.#requests.add(request)
    if (typeof options !== 'object' || options === null) return
    const whole = { ...options, ...(Reflect.get(agent, 'options') as object) } as http.RequestOptions & ConnectOptions
    const at = placeOf({ host: whole.host ?? undefined, port: whole.port ?? undefined })
    const scheme = Reflect.get(agent, 'protocol') === 'https:' ? 'https' : 'http'
    if (!at || !this.#p.network.providerAt(originOf(scheme, at))) return
    const idle = agent.freeSockets[agent.getName(whole)] ?? []
    for (const socket of [...idle]) {
      if (isWired(socket)) continue
      socket.destroy()
      // Told at once that it is gone, the agent has room; told when it closes, it would act outside of this world.
      socket.emit('agentRemove')
    }
  }

  close(): void {
    for (const agent of this.#agents) this.#forgetRequests(agent)
    for (const socket of this.#open) {
      const wire = wireAt(socket)
      const isBusy = wire?.isBusy
      wire?.forget()
      // Whoever waits for an answer on it is not told: as for everything else of a world that is over, nothing comes.
      if (!isBusy) socket.destroy()
      // An agent counts the connections it has made.
      socket.emit('agentRemove')
    }
    this.#open.clear()
    this.#agents.clear()
    this.#requests = new WeakSet()
  }

  /** An agent makes a connection for the next of them as soon as there is room: it would be a real one. */
  #forgetRequests(agent: http.Agent): void {
    const queues = agent.requests as Record<string, http.ClientRequest[] | undefined>
    for (const name of Object.keys(queues)) {
      const left = queues[name]?.filter((request) => !this.#requests.has(request)) ?? []
      if (left.length > 0) queues[name] = left
      else delete queues[name]
    }
  }

  #wireUp(socket: net.Socket, to: Destination, origin: string, provider: Provider | undefined): void {
    const { network, clock, intent, escaped } = this.#p
    this.#open.add(socket)
    this.#known.add(socket)
    wireUp(
      socket,
      () =>
        new Wire({
          ...{ socket, to, origin, provider, network, clock, intent },
          unserved: () => escaped(origin),
          closed: () => this.#open.delete(socket),
        }),
    )
  }
}

type At = Omit<Destination, 'secure'>

function placeOf({ host, port, path }: ConnectOptions, servername?: string): At | undefined {
  const portNumber = Number(port)
  if ((path !== undefined && path !== null) || !(portNumber > 0)) return undefined
  // Who has looked the name up connects by address, and tells the name in another place.
  const name = host === simulatedAddress && servername ? servername : (host ?? 'localhost')
  const lower = name.toLowerCase().replace(/\.$/, '')
  return { host: lower, port: portNumber, address: net.isIP(lower) === 0 ? simulatedAddress : lower }
}

function originOf(scheme: 'http' | 'https', { host, port }: At): string {
  const name = net.isIPv6(host) ? `[${host}]` : host
  return port === (scheme === 'https' ? 443 : 80) ? `${scheme}://${name}` : `${scheme}://${name}:${port}`
}

function offersHttp(protocols: unknown): boolean {
  return Array.isArray(protocols) && protocols.includes('http/1.1')
}
