import type { Agent, Dispatcher } from 'undici'
import type { Call, Outcome } from '../http/exchange.ts'
import { emptyBody } from '../http/exchange.ts'

/** Carries what providers send out into reality. */
export interface Carrier {
  carry(call: Call, timeoutMs: number | undefined): Promise<Outcome>
  /** Breaks off what is under way. */
  close(): void
}

/** How long a provider waits that does not say so. */
const timeoutMsOfNobody = 30_000

/** What a receiver says is read up to here; providers look at little more than the status. */
const answerBytesMax = 1_048_576

/**
 * Carries what providers send by real HTTP, to allowed hosts only. Redirects are not followed: they could lead anywhere.
 *
 * @param hosts    Names of hosts beside those of this machine, with a port where only that one is allowed.
 * @param refused  Told of what may not leave.
 */
export function carrierTo(hosts: readonly string[], refused: (call: Call) => void): Carrier {
  let agent: Promise<Agent> | undefined
  // Loaded with the first delivery: most live worlds send none.
  const opened = (): Promise<Agent> => {
    agent ??= import('undici').then(({ Agent }) => new Agent({ keepAliveTimeout: 1_000 }))
    return agent
  }
  return {
    carry: async (call, timeoutMs = timeoutMsOfNobody) => {
      if (!isAllowed(call.origin, hosts)) {
        refused(call)
        return { kind: 'unresolved' }
      }
      const url = `${call.origin}${call.path}${call.query && `?${call.query}`}`
      const { host: _, 'content-length': __, ...headers } = call.headers
      try {
        const answer = await (await opened()).request({
          ...{ origin: call.origin, path: url.slice(call.origin.length), method: call.method as Dispatcher.HttpMethod },
          ...{
            headers: headers as Record<string, string | string[]>,
            headersTimeout: timeoutMs,
            bodyTimeout: timeoutMs,
          },
          ...(call.body.length > 0 && { body: call.body }),
          signal: AbortSignal.timeout(timeoutMs),
        })
        return await outcomeOf(answer)
      } catch (error) {
        return failureOf(error)
      }
    },
    close: () => {
      agent?.then((open) => open.destroy())
    },
  }
}

/** Hosts of this machine. */
const loopback = /^(?:localhost|[\w-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

function isAllowed(origin: string, hosts: readonly string[]): boolean {
  const { hostname, host, protocol } = new URL(origin)
  return /^https?:$/.test(protocol) && (loopback.test(hostname) || hosts.includes(hostname) || hosts.includes(host))
}

/** A receiver whose body never ends has answered all the same. */
async function outcomeOf({ statusCode: status, headers: given, body }: Dispatcher.ResponseData): Promise<Outcome> {
  const headers = given as Record<string, string | string[]>
  const pieces: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      pieces.push(piece)
      bytes += piece.length
      if (bytes > answerBytesMax) break
    }
  } catch {
    return { kind: 'truncated', reply: { status, headers, body: Buffer.concat(pieces) }, bytes }
  }
  const whole = bytes === 0 ? emptyBody : Buffer.concat(pieces).subarray(0, answerBytesMax)
  return { kind: 'replied', reply: { status, headers, body: whole } }
}

function failureOf(error: unknown): Outcome {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown }
  if (name === 'HTTPParserError') return { kind: 'garbled' }
  switch (code) {
    case 'ECONNREFUSED':
      return { kind: 'refused' }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { kind: 'unresolved' }
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { kind: 'unreachable' }
    case 'CERT_HAS_EXPIRED':
      return { kind: 'untrusted' }
    case 'UND_ERR_HEADERS_TIMEOUT':
      return { kind: 'hung' }
    default:
      return name === 'TimeoutError' ? { kind: 'hung' } : { kind: 'reset' }
  }
}
