import type { IncomingMessage, ServerResponse } from 'node:http'
import type { LiveOptions, LiveSimulators, LiveWorld } from '../live-types.ts'

/** How a server is set up. All but the simulators has a default. */
export interface ServerOptions<Sims extends LiveSimulators = LiveSimulators> extends LiveOptions<Sims> {
  /** @defaultValue `'127.0.0.1'` */
  readonly host?: string
  /** 0 takes a free one. @defaultValue 0 */
  readonly port?: number
  /**
   * HTTPS: `true` with a certificate made at start, or with one of your own, as PEM. While a `certificate-expired` is set
   * in the first world for any call, who connects is shown one that has expired (made here, also beside your own).
   *
   * @defaultValue plain HTTP
   */
  readonly tls?: boolean | { readonly key: string; readonly cert: string }
  /**
   * Gives each provider of the first world a port of its own besides. While a `connection-refused` is set there for any
   * of its calls, without `times`, nobody listens at that port.
   *
   * @defaultValue false
   */
  readonly ports?: boolean
  /** Bytes of a call's body; a longer one gets 413. @defaultValue 16_777_216 */
  readonly bodyBytesMax?: number
  /** Milliseconds that an idle connection stays open. @defaultValue 60_000 */
  readonly keepAliveMs?: number
  /** Worlds open at the same time. @defaultValue 1_000 */
  readonly worldsMax?: number
  /** Milliseconds without a call after which a world that was opened later is closed. @defaultValue 600_000 */
  readonly worldIdleMsMax?: number
  /** Answers whatever comes under `/__stuntdouble/`. @defaultValue 404 */
  readonly control?: ControlHandler
}

/** A request to the control API, as the server hands it on. */
export interface ControlRequest {
  /** Path below `/__stuntdouble`, percent-encoded, without query: `/worlds`. */
  readonly path: string
  /** Without `?`. */
  readonly query: string
  /** The world whose base URL it came in by: the first one, or one opened later. */
  readonly served: ServedWorld
  readonly server: SimulatorServer
}

/** Answers a request to the control API. It reads the body and ends the response itself; what it throws becomes a 500. */
export type ControlHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  control: ControlRequest,
) => void | Promise<void>

/** What a world that is opened later may have of its own. */
export interface OpenWorldOptions extends Partial<Omit<LiveOptions, 'simulators'>> {
  /** Name of the world, of letters, digits and hyphens. @defaultValue twelve characters nobody can guess */
  readonly id?: string
  /** Milliseconds without a call after which it is closed. @defaultValue the server's `worldIdleMsMax` */
  readonly idleMsMax?: number
}

/** A world of a server, and where it is found. */
export interface ServedWorld<Sims extends LiveSimulators = LiveSimulators> {
  /** `main` for the first one. */
  readonly id: string
  readonly world: LiveWorld<Sims>
  /** Base URL without a slash at its end: `http://127.0.0.1:4010`, or `http://127.0.0.1:4010/~k2j9`. */
  readonly url: string
  /** Base URL of each provider: `http://127.0.0.1:4010/trello`. */
  readonly urls: { readonly [Provider in keyof Sims]: string }
  /** Milliseconds without a call after which it is closed; `undefined` for the first world, which never is. */
  readonly idleMsMax: number | undefined
  /** Milliseconds since 1970, real time, of its latest call. */
  readonly usedAt: number
}

/** A server of simulators at work. */
export interface SimulatorServer<Sims extends LiveSimulators = LiveSimulators> {
  /** `http://127.0.0.1:4010` */
  readonly origin: string
  readonly host: string
  readonly port: number
  /** The first world, at the root. */
  readonly main: ServedWorld<Sims>
  /** `main.world` */
  readonly world: LiveWorld<Sims>
  /** The certificate that clients have to trust, as PEM; `undefined` for plain HTTP. */
  readonly certificate: string | undefined
  /** Ports of their own, by provider: `{ trello: 'http://127.0.0.1:4011' }`; empty without the option `ports`. */
  readonly ownPorts: Readonly<Record<string, string>>
  /** Every world that is open, the first one first. */
  worlds(): readonly ServedWorld<Sims>[]
  worldNamed(id: string): ServedWorld<Sims> | undefined
  /**
   * Opens a world with state, faults, journal, clock and seed of its own, under a base URL of its own.
   *
   * @throws ServerError  `world_exists` · `too_many_worlds` · `options_invalid`
   * @throws PlanError    when its plan does not fit the simulators
   */
  openWorld(options?: OpenWorldOptions): ServedWorld<Sims>
  /** Closes a world that was opened later; false when there is none of that id. Calls under way there are reset. */
  closeWorld(id: string): Promise<boolean>
  /**
   * Takes no more connections, lets calls under way end, then breaks off what is left.
   *
   * @param drainMsMax  @defaultValue 1_000
   */
  close(drainMsMax?: number): Promise<void>
}
