import { Dispatcher } from 'undici'
import type { Call } from '../http/exchange.ts'
import { Dispatching } from './dispatching.ts'
import type { Network, Provider } from './network.ts'
import type { NetworkClock } from './network-parts.ts'
import { callOfDispatch } from './undici-call.ts'

/** What the dispatcher door needs of the world it opens into. */
export interface DispatcherDoorParts {
  readonly network: Network
  readonly clock: NetworkClock
  /** Name of the intent that the running code serves. */
  readonly intent: () => string | undefined
  /** Notes that an origin was called which nobody serves; gives the error for the caller. */
  readonly escaped: (origin: string) => Error
}

/** How the client that dispatches was set up; what it leaves open is undici's default. */
export interface ClientSettings {
  /** Milliseconds; 0 means for ever. @defaultValue 300_000 */
  readonly headersTimeout?: number | undefined
  /** Milliseconds; 0 means for ever. @defaultValue 300_000 */
  readonly bodyTimeout?: number | undefined
  /** Milliseconds; 0 means for ever. @defaultValue 10_000 */
  readonly connectTimeout?: number | undefined
  /** Calls at a time to one origin. @defaultValue no bound */
  readonly callsMax?: number | undefined
}

/** Answers undici's calls from a network. */
export interface DispatcherDoor {
  /**
   * Does what `dispatch` of an undici client does.
   *
   * @param client  Identity of the client: its calls share its bound on calls at a time.
   */
  dispatch(
    client: object,
    settings: ClientSettings,
    opts: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean
}

const undiciDefaults = { headersTimeout: 300_000, bodyTimeout: 300_000, connectTimeout: 10_000 } as const

/** Opens the door that undici clients, and Node's `fetch` through them, come in by. */
export function openDispatcherDoor({ network, clock, intent, escaped }: DispatcherDoorParts): DispatcherDoor {
  const lanes = new WeakMap<object, Map<string, Lane>>()
  const laneOf = (client: object, origin: string, callsMax: number): Lane => {
    const byOrigin = lanes.get(client) ?? new Map<string, Lane>()
    lanes.set(client, byOrigin)
    const lane = byOrigin.get(origin) ?? new Lane(callsMax)
    byOrigin.set(origin, lane)
    return lane
  }
  const begin = (
    provider: Provider,
    origin: string,
    settings: ClientSettings,
    opts: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    lane: Lane | undefined,
  ): void => {
    const dispatching = new Dispatching({
      network,
      clock,
      provider,
      intent: intent(),
      handler,
      patience: {
        connectMs: settings.connectTimeout ?? undiciDefaults.connectTimeout,
        headersMs: opts.headersTimeout ?? settings.headersTimeout ?? undiciDefaults.headersTimeout,
        bodyMs: opts.bodyTimeout ?? settings.bodyTimeout ?? undiciDefaults.bodyTimeout,
      },
      done: lane && (() => lane.leave()),
    })
    const call = callOfDispatch(opts, origin)
    if (lane) lane.enter(() => go(dispatching, call))
    else go(dispatching, call)
  }
  return {
    dispatch: (client, settings, opts, handler) => {
      const origin = originOf(opts.origin)
      const provider = network.providerAt(origin)
      if (!provider) {
        handler.onResponseError?.(nobody, escaped(origin))
        return false
      }
      const { callsMax } = settings
      begin(provider, origin, settings, opts, handler, callsMax ? laneOf(client, origin, callsMax) : undefined)
      return true
    },
  }
}

function go(dispatching: Dispatching, call: Call | Promise<Call>): void {
  dispatching.start()
  if (!(call instanceof Promise)) dispatching.send(call)
  else call.then((whole) => dispatching.send(whole)).catch((error: Error) => dispatching.fail(error))
}

/** undici itself passes `null` where a call fails before it has a controller; its types do not say so. */
const nobody = null as unknown as Dispatcher.DispatchController

function originOf(origin: unknown): string {
  return typeof origin === 'string' && !origin.endsWith('/') ? origin : new URL(String(origin)).origin
}

/** Calls that wait their turn, in order. */
class Lane {
  readonly #max: number
  #busy = 0
  readonly #waiting: (() => void)[] = []

  constructor(max: number) {
    this.#max = max
  }

  enter(go: () => void): void {
    if (this.#busy >= this.#max) {
      this.#waiting.push(go)
      return
    }
    this.#busy++
    go()
  }

  leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#busy--
  }
}

/** A dispatcher that can stand as undici's global one. */
export class DoorDispatcher extends Dispatcher {
  readonly #door: DispatcherDoor

  constructor(door: DispatcherDoor) {
    super()
    this.#door = door
  }

  override dispatch(opts: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return this.#door.dispatch(this, {}, opts, handler)
  }
}
