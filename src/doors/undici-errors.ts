import { errors } from 'undici'
import type { Outcome } from '../http/exchange.ts'
import { noChunk, noHttp } from './garbage.ts'

/** What undici raises when no reply comes, or not all of it: the same classes, codes, messages and members. */
export function undiciError(
  outcome: Exclude<Outcome, { kind: 'replied' | 'dripped' }>,
  origin: string,
  connectMs: number,
): Error {
  const { hostname, port, protocol } = new URL(origin)
  const portNumber = Number(port || (protocol === 'https:' ? 443 : 80))
  switch (outcome.kind) {
    case 'hung':
      return new errors.HeadersTimeoutError()
    case 'refused':
      return systemError(`connect ECONNREFUSED ${hostname}:${portNumber}`, {
        errno: -111,
        code: 'ECONNREFUSED',
        syscall: 'connect',
        address: hostname,
        port: portNumber,
      })
    case 'unresolved':
      return systemError(`getaddrinfo ENOTFOUND ${hostname}`, {
        errno: -3008,
        code: 'ENOTFOUND',
        syscall: 'getaddrinfo',
        hostname,
      })
    case 'unreachable':
      return new errors.ConnectTimeoutError(
        `Connect Timeout Error (attempted address: ${hostname}:${portNumber}, timeout: ${connectMs}ms)`,
      )
    case 'untrusted':
      return systemError('certificate has expired', { code: 'CERT_HAS_EXPIRED' })
    case 'garbled': {
      // Its types do not say that it takes what was read.
      const { says, bytes } = outcome.reply ? noChunk : noHttp
      return Reflect.construct(errors.HTTPParserError, [
        `Response does not match the HTTP/1.1 protocol (${says})`,
        undefined,
        bytes,
      ]) as Error
    }
    case 'reset':
      return systemError('read ECONNRESET', { errno: -104, code: 'ECONNRESET', syscall: 'read' })
    case 'truncated':
      return new errors.SocketError('other side closed', socketTo(hostname, portNumber) as never)
  }
}

/** Every piece of a body came so late after the one before that the client gave up. */
export function undiciBodyTimeout(): Error {
  return new errors.BodyTimeoutError()
}

/** What undici tells of a socket that was closed. */
function socketTo(remoteAddress: string, remotePort: number): NonNullable<errors.SocketError['socket']> {
  return {
    ...{ localAddress: '127.0.0.1', localPort: 49_152, remoteAddress, remotePort, remoteFamily: 'IPv4', timeout: 0 },
    ...{ bytesWritten: 0, bytesRead: 0 },
  }
}

function systemError(message: string, members: Readonly<Record<string, string | number>>): Error {
  return Object.assign(new Error(message), members)
}
