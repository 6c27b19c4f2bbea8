import net from 'node:net'
import { socketHooks } from '../doors/sockets/hooks.ts'
import type { SocketDoor } from '../doors/sockets/socket-door.ts'
import { place, stage } from './context.ts'
import { createPatchSet, type PatchSet } from './patches.ts'

/** Leads the sockets of a subject's clients on `node:net` to where simulators answer. */
export const socketClients: PatchSet = createPatchSet((patch) => {
  for (const { target, name, make } of socketHooks(doorHere)) patch(target, name, make)
})

function doorHere(): SocketDoor | undefined {
  const world = place.getStore()?.world
  if (!world) return undefined
  return world === stage.world ? world.socketDoor : closedDoor
}

/** What code of a world that has ended comes to: its connections are never made. */
const closedDoor: SocketDoor = {
  connect: () => true,
  secure: (options) => new net.Socket(options),
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
