import type { AddressInfo } from 'node:net'
import type { CountedWorld } from '../live.ts'
import { type Front, type FrontParts, listen, openFront } from './front.ts'
import type { Reception } from './reception.ts'

/** What the ports of providers are opened with. */
export interface OwnPortsParts extends Omit<FrontParts, 'showsExpired'> {
  readonly world: CountedWorld
  readonly host: string
  /** Whether a connection to a provider is to be shown the certificate that has expired. */
  readonly showsExpired: (provider: string) => boolean
  readonly receptionAt: (front: Front) => Reception
}

/** A port for each provider of a world, which nobody listens at while the provider is to refuse connections. */
export class OwnPorts {
  readonly #parts: OwnPortsParts
  readonly #ports = new Map<string, OwnPort>()

  constructor(parts: OwnPortsParts) {
    this.#parts = parts
  }

  /** Opens them all. @throws ServerError  `address_invalid` */
  async open(): Promise<void> {
    const { world } = this.#parts
    for (const { name } of world.network.providers) {
      const port = new OwnPort(name, this.#parts)
      await port.open()
      this.#ports.set(name, port)
    }
    world.faultSet.onChange(() => this.#follow())
    this.#follow()
  }

  /** Port of each provider. */
  numbers(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#ports].map(([name, { number }]) => [name, number]))
  }

  fronts(): readonly Front[] {
    return [...this.#ports.values()].map(({ front }) => front)
  }

  /** From now on they stay as they are. */
  stop(): void {
    for (const port of this.#ports.values()) port.stop()
  }

  #follow(): void {
    for (const port of this.#ports.values()) port.follow()
  }
}

class OwnPort {
  number = 0
  readonly front: Front
  readonly #name: string
  readonly #parts: OwnPortsParts
  #isOpen = true
  #isStopped = false
  #next: { cancel(): void } | undefined

  constructor(name: string, parts: OwnPortsParts) {
    const { certificates, keepAliveMs, showsExpired, receptionAt } = parts
    this.#name = name
    this.#parts = parts
    this.front = openFront({ certificates, keepAliveMs, showsExpired: () => showsExpired(name) })
    const reception = receptionAt(this.front)
    this.front.server.on('request', (request, response) => reception.takeTo(name, request, response))
  }

  async open(): Promise<void> {
    const { server } = this.front
    await listen(server, this.#parts.host, 0)
    this.number = (server.address() as AddressInfo).port
  }

  stop(): void {
    this.#isStopped = true
    this.#next?.cancel()
  }

  /** Opens or closes as the faults that are set ask for now, and looks again when the first of them begins or ends. */
  follow(): void {
    if (this.#isStopped) return
    const { world } = this.#parts
    const elapsedMs = world.elapsedMs()
    const refusing = world.faultSet.onConnecting('connection-refused', this.#name, elapsedMs)
    // Who is refused by nobody cannot be counted, so what is to happen so many times happens to calls instead.
    if (refusing && refusing.planned.on.times === undefined) {
      if (this.#isOpen) world.faultSet.strikeConnecting(refusing)
      this.#shut()
    } else this.#reopen()
    this.#next?.cancel()
    const edges = world.faults().flatMap(({ planned }) => {
      if (planned.fault !== 'connection-refused') return []
      return [planned.on.fromMs, planned.on.untilMs].filter((at): at is number => at !== undefined && at > elapsedMs)
    })
    if (edges.length > 0) this.#next = world.clock.plan(Math.min(...edges) - elapsedMs, () => this.follow())
  }

  #shut(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.front.server.close()
    this.front.server.closeIdleConnections()
  }

  #reopen(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    const { host, world } = this.#parts
    listen(this.front.server, host, this.number).catch((error: unknown) => {
      this.#isOpen = false
      world.note(`${this.#name} stays away: ${String(error)}`)
    })
  }
}
