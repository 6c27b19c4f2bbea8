import { Agent, BalancedPool, Client, type Dispatcher, Dispatcher1Wrapper, Pool, RoundRobinPool } from 'undici'
import type { ClientSettings, DispatcherDoor } from '../doors/dispatcher.ts'
import { DoorDispatcher } from '../doors/dispatcher.ts'
import { stage } from './context.ts'
import { outerGlobal } from './outer-realm.ts'
import { createPatchSet, type PatchSet } from './patches.ts'
import type { Replacements } from './replacements.ts'

/**
 * Leads every client of undici to the world's door, whenever it was made and however it was composed: each of them
 * dispatches in the end through one method, named by a symbol of undici's own.
 */
export const undiciClients: PatchSet = createPatchSet((patch) => {
  for (const kind of [Agent, Pool, Client, BalancedPool, RoundRobinPool]) {
    const home = ownerOf(kind.prototype, 'dispatch')
    if (home) patch(home.target, home.name as unknown as string, throughDoor)
  }
})

const throughDoor = (original: (this: unknown, ...args: unknown[]) => unknown): typeof original =>
  function dispatch(...args) {
    const door = stage.world?.door
    if (!door) return Reflect.apply(original, this, args)
    const [opts, handler] = args as [Dispatcher.DispatchOptions, Dispatcher.DispatchHandler]
    const client = this as object
    const origin = opts.origin ?? String(symbolMember(client, 'url'))
    return door.dispatch(client, settingsOf(client), { ...opts, origin }, handler)
  }

/** Where in a prototype chain a symbol of this description is an own member. */
function ownerOf(
  prototype: object,
  description: string,
): { readonly target: object; readonly name: symbol } | undefined {
  for (let target: object | null = prototype; target; target = Object.getPrototypeOf(target)) {
    const name = Object.getOwnPropertySymbols(target).find((symbol) => symbol.description === description)
    if (name) return { target, name }
  }
  return undefined
}

function symbolMember(client: object, description: string): unknown {
  const name = Object.getOwnPropertySymbols(client).find((symbol) => symbol.description === description)
  return name && Reflect.get(client, name)
}

const settings = new WeakMap<object, ClientSettings>()

/**
 * How a client was set up. What its connector closes over cannot be read: the connect timeout of a `Pool` or `Client`
 * is taken as undici's default, that of an `Agent` as it was given.
 */
function settingsOf(client: object): ClientSettings {
  const known = settings.get(client)
  if (known) return known
  const options = (symbolMember(client, 'options') ?? {}) as Record<string, unknown>
  const connect = options['connect'] as { readonly timeout?: number } | undefined
  const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
  const connections =
    client instanceof Client ? 1 : number(symbolMember(client, 'connections') ?? options['connections'])
  const pipelining = number(symbolMember(client, 'pipelining') ?? options['pipelining']) ?? 1
  const found: ClientSettings = {
    headersTimeout: number(symbolMember(client, 'headers timeout') ?? options['headersTimeout']),
    bodyTimeout: number(symbolMember(client, 'body timeout') ?? options['bodyTimeout']),
    connectTimeout: number(connect?.timeout ?? options['connectTimeout']),
    callsMax: connections && connections * Math.max(1, pipelining),
  }
  settings.set(client, found)
  return found
}

/** Slots in which undici, of whatever version, looks for its global dispatcher. */
const currentSlot: unique symbol = Symbol.for('undici.globalDispatcher.2') as never
const legacySlot: unique symbol = Symbol.for('undici.globalDispatcher.1') as never

/** Makes the door the global dispatcher, of npm's undici and of the one inside Node. */
export function installGlobalDispatcher(replacements: Replacements, door: DispatcherDoor): void {
  const dispatcher = new DoorDispatcher(door)
  const legacy = new Dispatcher1Wrapper(dispatcher)
  for (const home of new Set([globalThis, outerGlobal]) as Set<Record<symbol, unknown>>) {
    replacements.replace(home, currentSlot, dispatcher)
    replacements.replace(home, legacySlot, legacy)
  }
}
