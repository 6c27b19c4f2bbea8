import { syncBuiltinESMExports } from 'node:module'
import type { DispatcherDoor } from '../doors/dispatcher.ts'
import { chance } from './chance.ts'
import { isLeftover } from './context.ts'
import { entropy } from './entropy.ts'
import { fileHandles } from './file-handles.ts'
import { logs } from './logs.ts'
import { installRejections } from './rejections.ts'
import type { Replacements } from './replacements.ts'
import { socketClients } from './socket-clients.ts'
import { sockets } from './sockets.ts'
import { threadPool } from './thread-pool.ts'
import { installGlobalDispatcher, undiciClients } from './undici-clients.ts'
import { installVirtualTime, type VirtualTime } from './virtual-time.ts'
import { zlibStreams } from './zlib-streams.ts'

/** What a world puts in the place of the real things. */
export interface TakeoverParts {
  readonly startAt: number
  readonly door: DispatcherDoor
  readonly fetchDoor: (original: typeof fetch) => typeof fetch
  readonly unhandled: (error: unknown) => void
}

/**
 * Takes over time, chance, thread-pool results, sockets, logs and the network. What was there comes back by
 * `replacements.restore()`, named imports of built-in modules included.
 */
export function takeOver(replacements: Replacements, parts: TakeoverParts): VirtualTime {
  // First, so that it is undone last: by then every built-in module is as it was.
  replacements.onRestore(syncBuiltinESMExports)
  const time = installVirtualTime(replacements, parts.startAt)
  const sets = [chance, threadPool, fileHandles, zlibStreams, entropy, sockets, socketClients, logs, undiciClients]
  for (const patches of sets) patches.install(replacements)
  installGlobalDispatcher(replacements, parts.door)
  const door = parts.fetchDoor(globalThis.fetch)
  const answer: typeof fetch = (input, init) => (isLeftover() ? new Promise(() => undefined) : door(input, init))
  replacements.replace(globalThis, 'fetch', Object.defineProperty(answer, 'name', { value: 'fetch' }))
  installRejections(replacements, parts.unhandled)
  syncBuiltinESMExports()
  return time
}
