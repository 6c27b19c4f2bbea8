import type { Outcome } from '../../http/exchange.ts'

/**
 * What a server can show of an outcome. A call that has arrived has its connection already: a refusal, a name that does
 * not resolve and a certificate that has expired break it off; packets that vanish leave it standing, silent.
 */
export function shownOnWire(outcome: Outcome): Outcome {
  switch (outcome.kind) {
    case 'refused':
    case 'unresolved':
    case 'untrusted':
      return { kind: 'reset' }
    case 'unreachable':
      return { kind: 'hung' }
    default:
      return outcome
  }
}
