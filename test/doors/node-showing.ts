import net from 'node:net'
import type { Patience } from './clients.ts'
import { garbage } from './garbage.ts'
import type { Met, ShownError, WireFault } from './wire-faults.ts'

type Showing = (fault: WireFault, url: URL, patience: Patience) => Met

/** What Node's sockets and its HTTP client raise, and what each client on them makes of it. */
export const nodeShowing: Readonly<Record<'node' | 'axios' | 'got', Showing>> = {
  node: (fault, url, patience) => onNode(fault, url, nothingCame(patience)),
  axios: (fault, url, patience) => {
    const late = { class: 'AxiosError', message: `timeout of ${patience.headersMs}ms exceeded` }
    const given = { ...late, members: { name: 'AxiosError', isAxiosError: true, code: 'ECONNABORTED' } }
    const { phase, error } = onNode(fault, url, given)
    if (phase === 'body' || error === given) return { phase, error }
    const members = { name: 'Error', isAxiosError: true, code: error.members['code'] }
    return { phase, error: { class: 'AxiosError', message: error.message, members, cause: error } }
  },
  got: (fault, url, { connectMs, headersMs, bodyMs }) => {
    if (fault === 'unreachable') return { phase: 'head', error: gotTimeout('connect', connectMs) }
    if (fault === 'hung') return { phase: 'head', error: gotTimeout('response', headersMs) }
    if (fault === 'body-hung') return { phase: 'body', error: gotTimeout('read', bodyMs) }
    const { phase, error } = onNode(fault, url, nothingCame({ connectMs, headersMs, bodyMs }))
    if (fault === 'garbled-body') return { phase, error: gotUnparsed }
    if (phase === 'body') return { phase, error: shortBody }
    const members = { name: 'RequestError', code: error.members['code'] }
    return { phase, error: { class: 'RequestError', message: error.message, members, cause: error } }
  },
}

/** How each shows that it was told to stop, for a reason of the caller's: `RangeError('mine')`. */
export const nodeAborting: Readonly<Record<'node' | 'axios' | 'got', (phase: Met['phase']) => Met>> = {
  node: (phase) => ({ phase, error: phase === 'body' ? aborted : nodeAbort }),
  axios: (phase) => ({
    phase,
    error: {
      ...{ class: 'CanceledError', message: 'canceled' },
      members: { name: 'CanceledError', isAxiosError: true, code: 'ERR_CANCELED', __CANCEL__: true },
    },
  }),
  got: (phase) => ({ phase, error: gotAbort }),
}

/** A caller's own reason to stop. */
export const mine: ShownError = { class: 'RangeError', message: 'mine', members: {} }

const aborted: ShownError = { class: 'Error', message: 'aborted', members: { code: 'ECONNRESET' } }
const nodeAbort: ShownError = {
  ...{ class: 'AbortError', message: 'The operation was aborted', cause: mine },
  members: { code: 'ABORT_ERR', name: 'AbortError' },
}
const gotAbort: ShownError = {
  ...{ class: 'AbortError', message: 'This operation was aborted.', cause: mine },
  members: { name: 'AbortError', code: 'ERR_ABORTED' },
}
const shortBody: ShownError = {
  ...{ class: 'ReadError', message: 'Content-Length mismatch: expected N bytes, received N bytes' },
  members: { name: 'ReadError', code: 'ERR_HTTP_CONTENT_LENGTH_MISMATCH' },
  cause: { class: 'object', message: '[object Object]', members: {} },
}

const notParsed: ShownError = parseError('garbled-body', 'HPE_INVALID_CHUNK_SIZE')
const gotUnparsed: ShownError = {
  ...{ class: 'RequestError', message: notParsed.message, cause: notParsed },
  members: { name: 'RequestError', code: 'HPE_INVALID_CHUNK_SIZE' },
}

function parseError(fault: keyof typeof garbage, code: string): ShownError {
  const { bytes, says } = garbage[fault]
  const members = { bytesParsed: 0, code, reason: says, rawPacket: Buffer.from(bytes) }
  return { class: 'Error', message: `Parse Error: ${says}`, members }
}

/** What the suite's own client on `node:http` raises when it has waited enough: Node leaves that to its user. */
function nothingCame({ headersMs }: Patience): ShownError {
  return { class: 'Error', message: `nothing came for ${headersMs} ms`, members: {} }
}

function gotTimeout(event: string, ms: number): ShownError {
  const error = { class: 'TimeoutError', message: `Timeout awaiting '${event}' for ${ms}ms` }
  const members = { name: 'TimeoutError', code: 'ETIMEDOUT', event }
  return { ...error, members, cause: { ...error, members } }
}

function onNode(fault: WireFault, { hostname, port, protocol }: URL, late: ShownError): Met {
  const portNumber = Number(port || (protocol === 'https:' ? 443 : 80))
  // In a world every simulator has the one address that is no one's.
  const address = net.isIP(hostname) === 0 ? '192.0.2.1' : hostname
  const atHead = (message: string, members: ShownError['members']): Met => ({
    phase: 'head',
    error: { class: 'Error', message, members },
  })
  switch (fault) {
    case 'refused':
      return atHead(`connect ECONNREFUSED ${address}:${portNumber}`, {
        ...{ errno: -111, code: 'ECONNREFUSED', syscall: 'connect', address, port: portNumber },
      })
    case 'unresolved':
      return atHead(`getaddrinfo ENOTFOUND ${hostname}`, {
        ...{ errno: -3008, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname },
      })
    case 'reset':
      return atHead('read ECONNRESET', { errno: -104, code: 'ECONNRESET', syscall: 'read' })
    case 'unreachable':
    case 'hung':
      return { phase: 'head', error: late }
    case 'garbled':
      return { phase: 'head', error: parseError('garbled', 'HPE_INVALID_CONSTANT') }
    case 'garbled-body':
    case 'truncated':
    case 'truncated-at-once':
    case 'body-hung':
      return { phase: 'body', error: aborted }
  }
}
