import { createHook } from 'node:async_hooks'
import { place, type Surroundings } from './context.ts'

/** Notices work that leaves the thread past the gate: nothing can put its results into the seed's order. */
export interface Watch {
  /** What was seen, each kind once, with where it came from. */
  readonly reasons: readonly string[]
  /** Kinds of work seen since the last look; the driver gives such work real time to come back. */
  takeSeen(): number
  note(reason: string): void
  stop(): void
}

/** Async resources behind which the operating system or another thread stands. */
const leaves =
  /^(FSREQ|FSEVENT|STATWATCHER|FILEHANDLE|DIRHANDLE|TCP|PIPE|TTY|UDP|TLS|ZLIB|BROTLI|ZSTD|PROCESS|WORKER|MESSAGEPORT|HTTP2|QUIC|DNSCHANNEL|QUERY|GETADDRINFO|GETNAMEINFO|SHUTDOWN|WRITE|STREAM|JSSTREAM)|REQUEST$/

/** undici names a plain object of its own like a request of the system. */
const ours = /^(UNDICI_REQUEST|HTTPINCOMINGMESSAGE|HTTPCLIENTREQUEST)$/

/** Watches the async resources that code of `world` makes. */
export function startWatch(world: Surroundings): Watch {
  const reasons = new Map<string, string>()
  let seen = 0
  const note = (key: string, reason: string): void => {
    if (!reasons.has(key)) reasons.set(key, reason)
  }
  const hook = createHook({
    init(_id, type) {
      if (!leaves.test(type) || ours.test(type)) return
      const here = place.getStore()
      if (here?.world !== world || here.gated) return
      seen++
      note(type, `${type} ${callerInWords()}`)
    },
    // Not in the types yet: without it every await pays for this hook.
    ...({ trackPromises: false } as object),
  }).enable()
  return {
    get reasons() {
      return [...reasons.values()]
    },
    takeSeen: () => {
      const count = seen
      seen = 0
      return count
    },
    note: (reason) => note(reason, reason),
    stop: () => {
      hook.disable()
    },
  }
}

/** The nearest line that is neither Node's nor ours. */
function callerInWords(): string {
  const lines = (new Error('where').stack ?? '').split('\n').slice(2)
  const foreign = lines.find((line) => !/node:|\/src\/world\/|\/dist\/src\/world\//.test(line))
  return foreign ? foreign.trim() : 'from Node itself'
}
