import type { Call, Outcome } from '../http/exchange.ts'
import { replyOf, requestOf } from './deliveries.ts'

/** Hosts of this machine. */
const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Carries what providers send out into reality, by the real `fetch`, to allowed hosts only. Redirects are not followed:
 * they could lead anywhere.
 *
 * @param hosts    Names of hosts beside those of this machine.
 * @param refused  Told of a delivery that may not leave.
 */
export function carrierTo(hosts: readonly string[], refused: (call: Call) => void): (call: Call) => Promise<Outcome> {
  return async (call) => {
    const { hostname } = new URL(call.origin)
    if (!loopback.has(hostname) && !hosts.includes(hostname)) {
      refused(call)
      return { kind: 'unresolved' }
    }
    try {
      return { kind: 'replied', reply: await replyOf(await fetch(requestOf(call), { redirect: 'manual' })) }
    } catch (error) {
      return failureOf(error)
    }
  }
}

function failureOf(error: unknown): Outcome {
  const cause = error instanceof Error ? error.cause : undefined
  switch (cause instanceof Error ? Reflect.get(cause, 'code') : undefined) {
    case 'ECONNREFUSED':
      return { kind: 'refused' }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { kind: 'unresolved' }
    case 'UND_ERR_CONNECT_TIMEOUT':
      return { kind: 'unreachable' }
    default:
      return { kind: 'reset' }
  }
}
