/** Replaces secrets in a text. */
export type Veil = (text: string) => string

/** Shorter ones are found everywhere by chance. */
const secretLengthMin = 4

/**
 * Makes a veil for everything that credentials consist of, and for what they become in header fields: a provider may
 * send back what it was sent, and its words go into error messages.
 */
export function veilFor(credentials: unknown, authentication: Readonly<Record<string, string>>): Veil {
  const fields = Object.values(authentication).flatMap((value) => [value, value.replace(/^\S+ /, '')])
  const forms = [...leavesOf(credentials, 0), ...fields]
    .filter(({ length }) => length >= secretLengthMin)
    .flatMap((secret) => [secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)])
  // Of two that begin alike, the shorter would leave the rest of the longer.
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length)
  return (text) => longestFirst.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text)
}

const depthMax = 4

function leavesOf(value: unknown, depth: number): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || depth > depthMax) return []
  return Object.values(value).flatMap((member) => leavesOf(member, depth + 1))
}
