/**
 * Where a reply sends its client on to, within what the provider is served under: a client that is sent to the real
 * origin would leave for it.
 *
 * @param base  What stands before the provider's own paths: `/trello`.
 */
export function relocated(location: string, origins: readonly string[], base: string): string {
  if (location.startsWith('/') && !location.startsWith('//')) return `${base}${location}`
  const origin = origins.find((each) => location === each || location.startsWith(`${each}/`))
  if (origin === undefined) return location
  return `${base}${location.slice(origin.length) || '/'}`
}
