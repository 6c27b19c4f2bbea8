import type { Network, Provider } from '../network.ts'
import type { Served, ServedWorlds } from './served-worlds.ts'

/** Where a request is to go. */
export type Target =
  | { readonly kind: 'provider'; readonly served: Served; readonly provider: Provider; readonly rest: Rest }
  | { readonly kind: 'control'; readonly served: Served; readonly rest: Rest }
  | { readonly kind: 'nowhere'; readonly status: 404 | 421; readonly says: string }

/** What is left of the URL of a request. */
export interface Rest {
  /** What was taken off the front: `''`, `/trello`, `/~k2j9/trello`. */
  readonly base: string
  readonly path: string
  readonly query: string
}

/** First part of the path of everything that is no provider's. */
export const controlPart = '__stuntdouble'

/** First sign of the path of a world that was opened later. */
export const worldSign = '~'

/**
 * Finds where a request is to go. A name of a provider wins over a path that begins like it, and both over the host that
 * the client believes to have called, as where the provider's real name leads to this machine.
 */
export function targetOf(url: string, host: string | undefined, worlds: ServedWorlds): Target {
  if (!url.startsWith('/')) return ofAbsolute(url, worlds)
  if (!url.startsWith(`/${worldSign}`)) return within(worlds.main, url, 0, host)
  const end = endOfPart(url, 0)
  const served = worlds.named(url.slice(2, end))
  if (served) return within(served, url, end, undefined)
  return nowhere(`There is no world "${url.slice(2, end)}" here: it was closed, or has expired.`)
}

/** A client of a proxy names the whole address. */
function ofAbsolute(url: string, worlds: ServedWorlds): Target {
  const { main } = worlds
  if (URL.canParse(url)) {
    const { origin, pathname, search } = new URL(url)
    const provider = main.world.network.providerAt(origin)
    if (provider) {
      return { kind: 'provider', served: main, provider, rest: { base: '', path: pathname, query: search.slice(1) } }
    }
    if (origin === main.origin) return targetOf(`${pathname}${search}`, undefined, worlds)
  }
  return { kind: 'nowhere', status: 421, says: `No simulator here serves ${url}.` }
}

function within(served: Served, url: string, start: number, host: string | undefined): Target {
  const end = endOfPart(url, start)
  if (url.slice(start + 1, end) === controlPart) return { kind: 'control', served, rest: restOf(url, end) }
  const found = providerWithin(served.world.network, url, start)
  if (found) return { kind: 'provider', served, ...found }
  const { network } = served.world
  const meant = host && (network.providerAt(`https://${host}`) ?? network.providerAt(`http://${host}`))
  if (meant) return { kind: 'provider', served, provider: meant, rest: restOf(url, start) }
  return nowhere(nothingAt(network, url, start))
}

/** The provider that a path leads to, and what is left of it: by its name in front, or because it is the only one. */
export function providerWithin(
  network: Network,
  url: string,
  start: number,
): { readonly provider: Provider; readonly rest: Rest } | undefined {
  const end = endOfPart(url, start)
  const named = providerNamed(network, url.slice(start + 1, end))
  if (named) return { provider: named, rest: restOf(url, end) }
  const [only, other] = network.providers
  return only && !other ? { provider: only, rest: restOf(url, start) } : undefined
}

/** Says what is served instead. */
export function nothingAt({ providers }: Network, url: string, start: number): string {
  const bases = providers.map(({ name }) => `${url.slice(0, start)}/${encodeURIComponent(name)}/`).join(', ')
  return `Nothing is served at ${url.slice(0, endOfPart(url, start)) || '/'}: simulators are at ${bases}.`
}

/** A handful of them: a list is quicker than a map that has to follow the network. */
function providerNamed({ providers }: Network, part: string): Provider | undefined {
  for (const provider of providers) if (encodeURIComponent(provider.name) === part) return provider
  return undefined
}

function restOf(url: string, start: number): Rest {
  const mark = url.indexOf('?', start)
  const path = mark < 0 ? url.slice(start) : url.slice(start, mark)
  const query = mark < 0 ? '' : url.slice(mark + 1)
  return { base: url.slice(0, start), path: path === '' ? '/' : path, query }
}

/** Where the part of a path ends that begins at a slash. */
function endOfPart(url: string, slash: number): number {
  for (let at = slash + 1; at < url.length; at++) {
    const sign = url.charCodeAt(at)
    if (sign === 0x2f || sign === 0x3f) return at // "/" or "?"
  }
  return url.length
}

function nowhere(says: string): Target {
  return { kind: 'nowhere', status: 404, says }
}
