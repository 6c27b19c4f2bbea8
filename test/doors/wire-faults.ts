import type { CallFault } from '../../src/faults/fault.ts'
import {
  connectionRefused,
  connectionReset,
  connectionTimeout,
  dnsFailure,
  garbledReply,
  hang,
  slowBody,
  truncatedBody,
} from '../../src/faults/faults.ts'
import type { Family, Patience } from './clients.ts'
import { garbage } from './garbage.ts'
import { mine, nodeAborting, nodeShowing } from './node-showing.ts'

/** What can go wrong on the wire itself, by the name of what is seen there. */
export type WireFault =
  | 'refused'
  | 'unreachable'
  | 'unresolved'
  | 'reset'
  | 'hung'
  | 'truncated'
  | 'truncated-at-once'
  | 'body-hung'
  | 'garbled'
  | 'garbled-body'

/** An error as far as a program can see it. */
export interface ShownError {
  readonly class: string
  readonly message: string
  readonly members: Readonly<Record<string, unknown>>
  readonly cause?: ShownError
}

/** Where and how an error was met. */
export interface Met {
  /** Before the head of an answer, or in its body. */
  readonly phase: 'head' | 'body'
  readonly error: ShownError
}

/** The fault of the catalogue that brings a wire fault about. */
export const injected: Readonly<Record<WireFault, (patience: Patience) => CallFault>> = {
  refused: () => connectionRefused(),
  unreachable: () => connectionTimeout(),
  unresolved: () => dnsFailure(),
  reset: () => connectionReset(),
  hung: () => hang(),
  truncated: () => truncatedBody(),
  'truncated-at-once': () => truncatedBody({ keep: 0 }),
  'body-hung': ({ bodyMs }) => slowBody({ chunks: 2, intervalMs: bodyMs * 20 }),
  garbled: () => garbledReply(),
  'garbled-body': () => garbledReply({ where: 'body' }),
}

/** Every wire fault. */
export const wireFaults: readonly WireFault[] = Object.keys(injected) as WireFault[]

/** How undici's own classes tell of each; `host` and `port` as in the URL that was asked for. */
function underneath(fault: WireFault, { hostname, port, protocol }: URL, { connectMs }: Patience): ShownError {
  const portNumber = Number(port || (protocol === 'https:' ? 443 : 80))
  const system = (message: string, members: object): ShownError => ({
    class: 'Error',
    message,
    members: { ...members },
  })
  switch (fault) {
    case 'refused':
      return system(`connect ECONNREFUSED ${hostname}:${portNumber}`, {
        ...{ errno: -111, code: 'ECONNREFUSED', syscall: 'connect', address: hostname, port: portNumber },
      })
    case 'unreachable':
      return {
        class: 'ConnectTimeoutError',
        message: `Connect Timeout Error (attempted address: ${hostname}:${portNumber}, timeout: ${connectMs}ms)`,
        members: { name: 'ConnectTimeoutError', code: 'UND_ERR_CONNECT_TIMEOUT' },
      }
    case 'unresolved':
      return system(`getaddrinfo ENOTFOUND ${hostname}`, {
        ...{ errno: -3008, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname },
      })
    case 'reset':
      return system('read ECONNRESET', { errno: -104, code: 'ECONNRESET', syscall: 'read' })
    case 'hung':
      return {
        class: 'HeadersTimeoutError',
        message: 'Headers Timeout Error',
        members: { name: 'HeadersTimeoutError', code: 'UND_ERR_HEADERS_TIMEOUT' },
      }
    case 'truncated':
    case 'truncated-at-once':
      return {
        class: 'SocketError',
        message: 'other side closed',
        members: { name: 'SocketError', code: 'UND_ERR_SOCKET', socket: 'its addresses and byte counts' },
      }
    case 'body-hung':
      return {
        class: 'BodyTimeoutError',
        message: 'Body Timeout Error',
        members: { name: 'BodyTimeoutError', code: 'UND_ERR_BODY_TIMEOUT' },
      }
    case 'garbled':
    case 'garbled-body': {
      const { bytes, says } = garbage[fault]
      return {
        class: 'HTTPParserError',
        message: `Response does not match the HTTP/1.1 protocol (${says})`,
        members: { name: 'HTTPParserError', code: undefined, data: bytes },
      }
    }
  }
}

const inBody: ReadonlySet<WireFault> = new Set(['truncated', 'truncated-at-once', 'body-hung', 'garbled-body'])

/** How each family of clients shows a wire fault. A family to come adds its own. */
export const showing: Readonly<Record<Family, (fault: WireFault, url: URL, patience: Patience) => Met>> = {
  undici: (fault, url, patience) => ({
    phase: inBody.has(fault) ? 'body' : 'head',
    error: underneath(fault, url, patience),
  }),
  fetch: (fault, url, patience) => ({
    phase: inBody.has(fault) ? 'body' : 'head',
    error: {
      class: 'TypeError',
      message: inBody.has(fault) ? 'terminated' : 'fetch failed',
      members: {},
      cause: underneath(fault, url, patience),
    },
  }),
  ky: (fault, url, patience) => {
    const { phase, error } = showing.fetch(fault, url, patience)
    if (phase === 'body') return { phase, error }
    const message = 'Request failed due to a network error: GET /words'
    return { phase, error: { class: 'NetworkError', message, members: { name: 'NetworkError' }, cause: error } }
  },
  ...nodeShowing,
}

/** How each family shows that it was told to stop by a signal, for a reason of the caller's. */
export const aborting: Readonly<Record<Family, (phase: Met['phase']) => Met>> = {
  undici: (phase) => ({ phase, error: mine }),
  fetch: (phase) => ({ phase, error: mine }),
  ky: (phase) => ({ phase, error: mine }),
  ...nodeAborting,
}

const timeIsUp = 'The operation was aborted due to timeout'

/** What each family says of `AbortSignal.timeout`, itself or in its cause. */
export const expiring: Readonly<Record<Family, string>> = {
  ...{ undici: timeIsUp, fetch: timeIsUp, ky: timeIsUp, node: timeIsUp, axios: 'canceled', got: timeIsUp },
}

/** Without what differs from address to address. */
function comparable(message: string): string {
  const networkError = /^(Request failed due to a network error: \w+) \w+:\/\/[^/]+.*$/.exec(message)
  return networkError ? `${networkError[1]} /words` : message.replace(/\b\d+ bytes/g, 'N bytes')
}

/** Members that are told in another way, or that lead from an error to all that its client holds. */
const toldElsewhere = new Set([...['stack', 'message', 'cause', 'config', 'request', 'response', 'options', 'timings']])

/** An error as plain data: what differs from socket to socket is told in words. */
export function shown(error: unknown): ShownError {
  if (!(error instanceof Error)) return { class: typeof error, message: String(error), members: {} }
  const own = Object.getOwnPropertyNames(error).filter((name) => !toldElsewhere.has(name))
  const members = Object.fromEntries(own.map((name) => [name, Reflect.get(error, name)]))
  // Of an invalid address: what it was relative to.
  if (typeof members['base'] === 'string') members['base'] = members['base'].replace(/^\w+:\/\/[^/]+/, '')
  const socket: unknown = members['socket']
  if (typeof socket === 'object' && socket !== null && 'remotePort' in socket && 'bytesRead' in socket) {
    members['socket'] = 'its addresses and byte counts'
  }
  return {
    class: error.constructor.name,
    message: comparable(error.message),
    members,
    ...(error.cause !== undefined && { cause: shown(error.cause) }),
  }
}
