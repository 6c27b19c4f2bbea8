import { randomBytes } from 'node:crypto'
import { type CountedWorld, openCounted } from '../live.ts'
import type { LiveOptions } from '../live-types.ts'
import { ServerError } from './server-error.ts'
import { shownOnWire } from './shown-on-wire.ts'
import type { OpenWorldOptions, ServedWorld } from './types.ts'

/** A call that has been taken and not been answered to its end. */
export interface UnderWay {
  /** Breaks off its connection. */
  reset(): void
}

/** A world of a server, as the server holds it. */
export class Served implements ServedWorld {
  readonly id: string
  readonly world: CountedWorld
  readonly origin: string
  /** Front of its paths: `''`, or `/~k2j9`. */
  readonly base: string
  readonly url: string
  readonly urls: Readonly<Record<string, string>>
  readonly idleMsMax: number | undefined
  readonly underWay: Set<UnderWay> = new Set()
  usedAt: number = Date.now()
  isClosed = false

  constructor(id: string, options: LiveOptions, origin: string, base: string, idleMsMax: number | undefined) {
    this.id = id
    this.world = openCounted(options, shownOnWire)
    this.origin = origin
    this.base = base
    this.url = `${origin}${base}`
    this.urls = Object.fromEntries(
      Object.keys(options.simulators).map((name) => [name, `${this.url}/${encodeURIComponent(name)}`]),
    )
    this.idleMsMax = idleMsMax
  }

  close(): void {
    this.isClosed = true
    for (const call of this.underWay) call.reset()
    this.underWay.clear()
    this.world.close()
  }
}

/** What the worlds of a server have in common. */
export interface ServedWorldsOptions {
  readonly live: LiveOptions
  readonly origin: string
  readonly worldsMax: number
  readonly idleMsMax: number
}

/** The worlds of a server: the first one, and those that were opened later, until they are closed or nobody uses them. */
export class ServedWorlds {
  readonly main: Served
  readonly #options: ServedWorldsOptions
  readonly #later = new Map<string, Served>()
  #expiry: NodeJS.Timeout | undefined
  #expiresAt = Number.POSITIVE_INFINITY

  constructor(options: ServedWorldsOptions) {
    this.#options = options
    this.main = new Served('main', options.live, options.origin, '', undefined)
  }

  all(): readonly Served[] {
    return [this.main, ...this.#later.values()]
  }

  named(id: string): Served | undefined {
    return id === this.main.id ? this.main : this.#later.get(id)
  }

  open({ id = randomBytes(6).toString('hex'), idleMsMax, ...own }: OpenWorldOptions): Served {
    const { live, origin, worldsMax, idleMsMax: idleByDefault } = this.#options
    if (!/^[\w-]{1,64}$/.test(id)) {
      throw new ServerError('options_invalid', `A world's id is letters, digits, "-" and "_", 64 at most; got "${id}".`)
    }
    if (this.named(id)) throw new ServerError('world_exists', `A world "${id}" is open already.`)
    if (this.#later.size + 1 >= worldsMax) {
      throw new ServerError('too_many_worlds', `${worldsMax} worlds are open, which is the most: close some of them.`)
    }
    const { plan: _, ...shared } = live
    const served = new Served(id, { ...shared, ...own }, origin, `/~${id}`, idleMsMax ?? idleByDefault)
    this.#later.set(id, served)
    this.#wakeBy(served.usedAt + (served.idleMsMax ?? 0))
    return served
  }

  close(id: string): boolean {
    const served = this.#later.get(id)
    if (!served) return false
    this.#later.delete(id)
    served.close()
    return true
  }

  closeAll(): void {
    clearTimeout(this.#expiry)
    for (const id of this.#later.keys()) this.close(id)
    this.main.close()
  }

  #wakeBy(at: number): void {
    if (at >= this.#expiresAt) return
    clearTimeout(this.#expiry)
    this.#expiresAt = at
    const waitMs = Math.min(Math.max(1, at - Date.now()), 2_147_483_647)
    this.#expiry = setTimeout(() => this.#expire(), waitMs).unref()
  }

  /** A world with a call under way is in use, however long that call takes. */
  #expire(): void {
    this.#expiresAt = Number.POSITIVE_INFINITY
    const now = Date.now()
    let next = Number.POSITIVE_INFINITY
    for (const served of this.#later.values()) {
      const idleMsMax = served.idleMsMax ?? Number.POSITIVE_INFINITY
      if (served.underWay.size > 0) served.usedAt = now
      if (now - served.usedAt >= idleMsMax) this.close(served.id)
      else next = Math.min(next, served.usedAt + idleMsMax)
    }
    if (Number.isFinite(next)) this.#wakeBy(next)
  }
}
