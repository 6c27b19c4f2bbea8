import type { AddressInfo } from 'node:net'
import { parsePlan } from '../../faults/plan.ts'
import type { CountedWorld } from '../live.ts'
import type { LiveFault, LiveOptions, LiveSimulators } from '../live-types.ts'
import { type Certificates, makeCertificates } from './certificates.ts'
import { type Front, listen, openFront } from './front.ts'
import { OwnPorts, type OwnPortsParts } from './own-ports.ts'
import { openReception, type ReceptionParts } from './reception.ts'
import { type Served, ServedWorlds } from './served-worlds.ts'
import type { OpenWorldOptions, ServerOptions, SimulatorServer } from './types.ts'

/**
 * Serves simulators by HTTP/1.1 over real sockets. Each has a base URL of its own (`server.main.urls.trello`); where
 * there is only one, it answers at the root too, and so does the one whose real host a client believes to have called.
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
  const certificates = tls === false ? undefined : await certificatesOf(tls, [host, ...hostsOf(live.simulators)])
  const keepAliveMs = options.keepAliveMs ?? 60_000
  let running: RunningServer | undefined
  const showsExpired = (provider?: string): boolean => running?.showsExpired(provider) ?? false
  const front = openFront({ certificates, keepAliveMs, showsExpired: () => showsExpired() })
  await listen(front.server, host, port)
  const { port: boundTo } = front.server.address() as AddressInfo
  const origin = originOf(certificates !== undefined, host, boundTo)
  running = new RunningServer(front, { options, live, host, port: boundTo, origin, certificates })
  if (options.ports) await running.openPorts({ certificates, keepAliveMs, showsExpired })
  return running as unknown as SimulatorServer<Sims>
}

function originOf(isSecure: boolean, host: string, port: number): string {
  return `http${isSecure ? 's' : ''}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function liveOptionsOf(options: ServerOptions): LiveOptions {
  const { host: _h, port: _p, tls: _t, ports: _o, bodyBytesMax: _b, keepAliveMs: _k, ...rest } = options
  const { worldsMax: _w, worldIdleMsMax: _i, control: _c, ...live } = rest
  return live
}

async function certificatesOf(
  tls: true | { readonly key: string; readonly cert: string },
  hosts: readonly string[],
): Promise<Certificates> {
  const made = await makeCertificates(hosts, Date.now())
  return tls === true ? made : { valid: tls, expired: made.expired, trusted: tls.cert }
}

/** The certificate is good for the providers' real names too, where somebody leads these to this machine. */
function hostsOf(simulators: LiveSimulators): readonly string[] {
  return Object.values(simulators).flatMap(({ origins }) => origins.map((origin) => new URL(origin).hostname))
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
  ownPorts: Readonly<Record<string, string>> = {}
  readonly #front: Front
  readonly #worlds: ServedWorlds
  readonly #parts: Omit<ReceptionParts, 'connectionOf'>
  #ports: OwnPorts | undefined
  #closing: Promise<void> | undefined

  constructor(front: Front, { options, live, host, port, origin, certificates }: RunningParts) {
    this.#front = front
    this.origin = origin
    this.host = host
    this.port = port
    this.certificate = certificates?.trusted
    const { worldsMax = 1_000, worldIdleMsMax: idleMsMax = 600_000, bodyBytesMax = 16_777_216, control } = options
    this.#worlds = new ServedWorlds({ live, origin, worldsMax, idleMsMax })
    this.#parts = { worlds: this.#worlds, bodyBytesMax, control, server: () => this }
    front.server.on('request', openReception({ ...this.#parts, connectionOf: front.connectionOf }).take)
    // Who is connected already is to meet it too.
    this.world.faultSet.onChange(() => {
      if (this.#meets('certificate-expired')) for (const { server } of this.#fronts()) server.closeIdleConnections()
    })
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

  async openPorts(parts: Pick<OwnPortsParts, 'certificates' | 'keepAliveMs' | 'showsExpired'>): Promise<void> {
    const { host, world } = this
    this.#ports = new OwnPorts({
      ...{ ...parts, host, world },
      receptionAt: ({ connectionOf }) => openReception({ ...this.#parts, connectionOf }),
    })
    await this.#ports.open()
    const isSecure = parts.certificates !== undefined
    this.ownPorts = Object.fromEntries(
      Object.entries(this.#ports.numbers()).map(([name, port]) => [name, originOf(isSecure, host, port)]),
    )
  }

  /** Whether who connects now is to be shown the certificate that has expired; counts as a strike. */
  showsExpired(provider: string | undefined): boolean {
    const fault = this.#meets('certificate-expired', provider)
    if (fault) this.world.faultSet.strikeConnecting(fault)
    return fault !== undefined
  }

  close(drainMsMax = 1_000): Promise<void> {
    this.#closing ??= this.#drain(drainMsMax)
    return this.#closing
  }

  async #drain(drainMsMax: number): Promise<void> {
    this.#ports?.stop()
    const servers = this.#fronts().map(({ server }) => server)
    const drained = servers.map((server) => new Promise((resolve) => server.close(resolve)))
    for (const server of servers) server.closeIdleConnections()
    const patience = setTimeout(() => {
      for (const server of servers) server.closeAllConnections()
    }, drainMsMax)
    await Promise.all(drained)
    clearTimeout(patience)
    this.#worlds.closeAll()
  }

  #meets(fault: 'certificate-expired', provider?: string): LiveFault | undefined {
    const { world } = this
    return world.faultSet.onConnecting(fault, provider, world.elapsedMs())
  }

  #fronts(): readonly Front[] {
    return [this.#front, ...(this.#ports?.fronts() ?? [])]
  }
}
