import { asyncWrapProviders, createHook } from 'node:async_hooks'
import { place, type Surroundings } from './context.ts'

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

const endsByItself = /^(Process|FSReq|FSEvent|.*Req)/
const mayBringSomething = /^(TCP|Pipe|UDP|TTY|.*Server|.*Socket|MessagePort|Worker|Process|.*Req)/

/** Watches the async resources that code of `world` makes. */
export function startWatch(world: Surroundings): Watch {
  const reasons = new Map<string, string>()
  const atStart = process.getActiveResourcesInfo()
  // Only asked once something was seen: that is rare, and asking is not free.
  const opened = (kind: RegExp): boolean => {
    if (reasons.size === 0) return false
    const count = (resources: readonly string[]): number => resources.filter((name) => kind.test(name)).length
    return count(process.getActiveResourcesInfo()) > count(atStart)
  }
  let seen = 0
  const note = (key: string, reason: string): void => {
    if (!reasons.has(key)) reasons.set(key, reason)
  }
  const hook = createHook({
    init(_id, type) {
      if (!leaves.has(type)) return
      const here = place.getStore()
      if (here?.world !== world || here.gated) return
      seen++
      note(type, `${type} ${callerInWords()}`)
    },
    // Not in the types yet: without it every await pays for this hook.
    ...({ trackPromises: false } as object),
  }).enable()
  return {
    reasons: () => [...reasons.values()],
    takeSeen: () => {
      const count = seen
      seen = 0
      return count
    },
    awaits: () => opened(endsByItself),
    listens: () => opened(mayBringSomething),
    stop: () => {
      hook.disable()
    },
  }
}

/** Where the running code was called from: the nearest line that is neither Node's nor ours. */
export function callerInWords(): string {
  const lines = (new Error('where').stack ?? '').split('\n').slice(2)
  const foreign = lines.find((line) => !/node:|\/src\/(world|doors)\//.test(line))
  return foreign ? foreign.trim() : 'from Node itself'
}
