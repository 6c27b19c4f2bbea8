import { asyncWrapProviders, createHook } from 'node:async_hooks'
import { place, type Surroundings } from './context.ts'
import { createKeptTimers } from './kept-timers.ts'

/** Notices work that leaves the thread past the gate: nothing can put its results into the seed's order. */
export interface Watch {
  /** What was seen, each kind once, with where it came from. */
  reasons(): readonly string[]
  /** Kinds of work seen since the last look; the driver gives such work real time to come back. */
  takeSeen(): number
  /** True while work that ends by itself (a child process, a request to the system) has not come back. */
  awaits(): boolean
  /** True while a socket, a server, a pipe or another thread is open that may bring something at any time. */
  listens(): boolean
  stop(): void
}

/** Resources of Node itself behind which neither the operating system nor another thread stands. */
const staysHere: ReadonlySet<string> = new Set([
  ...['NONE', 'PROMISE', 'BLOBREADER', 'HTTPINCOMINGMESSAGE', 'HTTPCLIENTREQUEST', 'JSSTREAM', 'STREAMPIPE'],
  // The gate holds their work.
  'ZLIB',
  ...['ELDHISTOGRAM', 'HEAPSNAPSHOT', 'SIGNALWRAP', 'SIGINTWATCHDOG', 'HTTP2PING', 'HTTP2SETTINGS'],
])

/** Libraries name resources of their own as they like, so only Node's own names count. */
const leaves: ReadonlySet<string> = new Set(Object.keys(asyncWrapProviders).filter((type) => !staysHere.has(type)))

/** Jobs of the crypto pool are not among them: one that ran at once is open until its memory is collected. */
const endsByItself = /^(PROCESSWRAP|FSREQ|.*REQWRAP|.*CLOSEREQ)/
const mayBringSomething = /^(TCP|PIPE|UDP|TTY|MESSAGEPORT|FSEVENTWRAP|STATWATCHER)/

/** Not in the types yet: without it every await pays for a hook. */
const withoutPromises = { trackPromises: false } as object

/** Watches the async resources that code of `world` makes. */
export function startWatch(world: Surroundings): Watch {
  const reasons = new Map<string, string>()
  const open = new Map<number, { readonly type: string; readonly resource: WeakRef<object> }>()
  const isOpen = (kind: RegExp): boolean => {
    for (const { type, resource } of open.values()) if (kind.test(type) && keepsAlive(resource.deref())) return true
    return false
  }
  const timers = createKeptTimers()
  let seen = 0
  const note = (key: string, reason: string): void => {
    if (!reasons.has(key)) reasons.set(key, reason)
  }
  // On from the first such resource only: that is rare, and to be told of ends is not free.
  const ends = createHook({
    destroy: (id) => {
      open.delete(id)
    },
    ...withoutPromises,
  })
  const hook = createHook({
    init(id, type, _trigger, resource) {
      const isTimer = type === 'Timeout'
      if (!isTimer && !leaves.has(type)) return
      const here = place.getStore()
      if (here?.world !== world || here.gated) return
      if (isTimer) return timers.adopt(resource)
      seen++
      if (endsByItself.test(type) || mayBringSomething.test(type)) {
        ends.enable()
        open.set(id, { type, resource: new WeakRef(resource) })
      }
      note(type, `${type} ${callerInWords()}`)
    },
    ...withoutPromises,
  }).enable()
  return {
    reasons: () => [...reasons.values()],
    takeSeen: () => {
      const count = seen
      seen = 0
      return count
    },
    awaits: () => isOpen(endsByItself),
    listens: () => isOpen(endsByItself) || isOpen(mayBringSomething),
    stop: () => {
      hook.disable()
      ends.disable()
      timers.clear()
    },
  }
}

/** False for a handle that was let go or closed. A request has no such say: it is open until it is destroyed. */
function keepsAlive(resource: object | undefined): boolean {
  const hasRef: unknown = resource && Reflect.get(resource, 'hasRef')
  return typeof hasRef !== 'function' || hasRef.call(resource) === true
}

/** Where the running code was called from: the nearest line that is neither Node's nor ours. */
export function callerInWords(): string {
  const lines = (new Error('where').stack ?? '').split('\n').slice(2)
  const foreign = lines.find((line) => !/node:|\/src\/(world|doors)\//.test(line))
  return foreign ? foreign.trim() : 'from Node itself'
}
