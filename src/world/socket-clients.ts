import net from 'node:net'
import { socketHooks } from '../doors/sockets/hooks.ts'
import type { SocketDoor } from '../doors/sockets/socket-door.ts'
import { place, stage } from './context.ts'
import { type AnyFunction, createPatchSet, type PatchSet } from './patches.ts'

/** Leads the sockets of a subject's clients on `node:net` to where simulators answer. */
export const socketClients: PatchSet = createPatchSet((patch) => {
  for (const { target, name, make } of socketHooks(doorHere)) patch(target, name, make)
  for (const name of ['_write', '_writev']) patch(net.Socket.prototype, name, writing)
})

/** A connection from before the world leads out of it as much as a new one does. */
function writing(original: AnyFunction): AnyFunction {
  return function write(...args) {
    const world = place.getStore()?.world
    const address = world && !world.socketDoor.knows(this as net.Socket) ? addressBefore(this as net.Socket) : undefined
    const error = address === undefined ? undefined : world?.socketOpens(address)
    if (!error) return Reflect.apply(original, this, args)
    const done = args.at(-1) as (error: Error) => void
    return done(error)
  }
}

/** Where a socket leads that connected outside of any world; one that a server has accepted leads nowhere. */
function addressBefore(socket: net.Socket): string | undefined {
  if (socket.connecting || socket.remotePort === undefined || Reflect.get(socket, 'server')) return undefined
  return `${String(Reflect.get(socket, '_host') ?? socket.remoteAddress)}:${socket.remotePort}`
}

function doorHere(): SocketDoor | undefined {
  const world = place.getStore()?.world
  if (!world) return undefined
  return world === stage.world ? world.socketDoor : closedDoor
}

/** What code of a world that has ended comes to: its connections are never made. */
const closedDoor: SocketDoor = {
  connect: () => true,
  secure: (options) => new net.Socket(options),
  knows: () => true,
  enlist: () => undefined,
  close: () => undefined,
}

/** Runs a task later. An interval ends no wait for rest, and the time-out of a connection that lies idle shall not. */
export function runIdly(waitMs: number, task: () => void): { cancel(): void } {
  const interval = setInterval(() => {
    clearInterval(interval)
    task()
  }, waitMs)
  return { cancel: () => clearInterval(interval) }
}
