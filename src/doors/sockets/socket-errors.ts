import type { Outcome } from '../../http/exchange.ts'

/** Where a connection leads. */
export interface Destination {
  /** As the client asked for it, in lower case. */
  readonly host: string
  readonly port: number
  /** The address that the host has. */
  readonly address: string
  readonly secure: boolean
}

/** What a socket of Node's raises for an outcome without a reply: message and members as the real one has them. */
export function socketError(
  kind: Exclude<Outcome['kind'], 'replied' | 'dripped' | 'truncated' | 'garbled' | 'hung'>,
  to: Destination,
): Error {
  const { host, address, port } = to
  switch (kind) {
    case 'refused':
      return connectError('ECONNREFUSED', -111, address, port)
    case 'unreachable':
      return connectError('ETIMEDOUT', -110, address, port)
    case 'unresolved':
      return systemError(`getaddrinfo ENOTFOUND ${host}`, {
        errno: -3008,
        code: 'ENOTFOUND',
        syscall: 'getaddrinfo',
        hostname: host,
      })
    case 'untrusted':
      return systemError('certificate has expired', { code: 'CERT_HAS_EXPIRED' })
    case 'reset':
      return systemError('read ECONNRESET', { errno: -104, code: 'ECONNRESET', syscall: 'read' })
  }
}

function connectError(code: string, errno: number, address: string, port: number): Error {
  return systemError(`connect ${code} ${address}:${port}`, { errno, code, syscall: 'connect', address, port })
}

function systemError(message: string, members: Readonly<Record<string, string | number>>): Error {
  return Object.assign(new Error(message), members)
}
