import { syncBuiltinESMExports } from 'node:module'
import type { LiveWorld } from './live-types.ts'
import { socketHooks } from './sockets/hooks.ts'
import { openSocketDoor } from './sockets/socket-door.ts'

/** An interception that is in force. */
export interface Interception extends Disposable {
  /** Ends it, and closes its connections. A second call does nothing. */
  stop(): void
}

/**
 * Leads every client of this process that stands on Node's sockets (`node:http`, axios, got, undici, Node's `fetch`) to
 * live simulators, at the providers' real origins. All other origins are called as they are.
 *
 * A client that has a connection to such an origin from before goes on using it: intercept before the first call.
 */
export function intercept({ network, clock }: Pick<LiveWorld, 'network' | 'clock'>): Interception {
  const door = openSocketDoor({
    network,
    clock: {
      now: () => clock.now(),
      schedule: (waitMs, task) => clock.schedule(waitMs, task),
      idle: (waitMs, task) => {
        const timer = setTimeout(task, waitMs).unref()
        return { cancel: () => clearTimeout(timer) }
      },
    },
    intent: () => undefined,
    escaped: (origin) => new TypeError(`${origin} was called, and no simulator serves it there: it speaks TLS.`),
  })
  const undo = socketHooks(() => door).map(({ target, name, make }) => {
    const original = Reflect.get(target, name)
    Reflect.set(target, name, make(original))
    return () => Reflect.set(target, name, original)
  })
  syncBuiltinESMExports()
  const stop = (): void => {
    for (const each of undo.splice(0)) each()
    syncBuiltinESMExports()
    door.close()
  }
  return { stop, [Symbol.dispose]: stop }
}
