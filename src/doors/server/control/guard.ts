import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { ControlProblem } from './problem.ts'

/**
 * Says whether a host is this machine and nothing else: `localhost`, `127.0.0.1`, `::1`.
 *
 * @param host  With or without the brackets of IPv6; without a port.
 */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name)
}

/**
 * Lets through who may control the server, and nobody else.
 *
 * On loopback that is every program of this machine, but no web page that a browser of this machine shows: neither one
 * whose name was made to lead here (the `host` is then not ours) nor one from elsewhere (the `origin` is then foreign).
 * Anywhere else, and wherever a token is set, it is who has the token.
 *
 * @param boundTo  The host that the server listens on.
 * @throws ControlProblem  `host_foreign` · `origin_foreign` · `token_missing` · `token_wrong`
 */
export function admit({ headers }: IncomingMessage, boundTo: string, token: string | undefined): void {
  if (isLoopback(boundTo)) {
    const host = headers.host ?? ''
    if (!isLoopback(host.replace(/:\d*$/, ''))) {
      throw new ControlProblem(
        'host_foreign',
        `"${host}" is not a name of this server: call it localhost or 127.0.0.1.`,
      )
    }
    const { origin } = headers
    if (origin !== undefined && !isLoopback(hostnameOf(origin))) {
      throw new ControlProblem('origin_foreign', `Web pages of ${origin} may not control this server.`)
    }
    if (token === undefined) return
  }
  const given = /^Bearer +(?<given>\S+) *$/i.exec(headers.authorization ?? '')?.groups?.['given']
  const challenge = { 'www-authenticate': 'Bearer realm="stuntdouble"' }
  if (given === undefined) {
    const detail = 'The control API of this server takes a token: send "Authorization: Bearer <token>".'
    throw new ControlProblem('token_missing', detail, { headers: challenge })
  }
  if (token === undefined || !areSame(given, token)) {
    throw new ControlProblem('token_wrong', 'The token is not the one that this server was started with.', {
      headers: challenge,
    })
  }
}

/** Digests are of one length, so that how long it takes tells nothing. */
function areSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : ''
}
