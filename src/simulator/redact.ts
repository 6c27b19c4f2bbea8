import type { Headers } from '../http/exchange.ts'
import { secretForms } from './secret-forms.ts'

/** What stands where a credential stood. */
export const redacted = '[redacted]'

/** Shorter secrets are found everywhere by chance. */
const secretLengthMin = 4

const secretHeader = /^(proxy-)?authorization$|^(set-)?cookie$|(^|-)(api-?key|token|secret)$/
const secretName =
  'api[_-]?key|(?:access|refresh|oauth|auth|id|session)?[_-]?token|(?:client|consumer|api|app)?[_-]?secret|passw(?:or)?d'
const inQuery = new RegExp(`((?:^|[?&\\s"'])(?:key|${secretName})=)[^&#\\s"'<>]+`, 'gi')
const inJson = new RegExp(`("(?:${secretName})"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*`, 'gi')
const inMultipart = new RegExp(
  `(name="(?:key|${secretName})"[^\\n]*\\n(?:[^\\r\\n]+\\r?\\n)*\\r?\\n)[\\s\\S]*?(?=\\r?\\n--)`,
  'gi',
)

/** Replaces credentials: by the name of the field that carries them, and by their value wherever it stands. */
export interface Redactor {
  /** By value only: what people write holds words like "token", and these are no leak. */
  text(text: string): string
  url(url: string): string
  headers(headers: Headers): Headers
  /** A body as text; as `base64:…` when its bytes are no text, redacted all the same. */
  body(body: Uint8Array): string
  /** Another object as soon as other secrets are known: what was redacted before is then to be redacted anew. */
  knows(): object
}

/** Makes a redactor; `secrets` is asked each time, since secrets come and go. */
export function createRedactor(secrets: () => readonly string[]): Redactor {
  let known: Known | undefined
  const current = (): Patterns => {
    const now = secrets()
    if (!known || !isSame(known.secrets, now)) known = knownFor(now)
    return known.patterns
  }
  const text = (given: string): string => withoutValues(given, current().inText)
  const message = (given: string): string => text(withoutFields(given))
  return {
    text,
    url: message,
    headers: (headers) => {
      const clean: Record<string, string | readonly string[]> = {}
      for (const [name, value] of Object.entries(headers)) {
        if (secretHeader.test(name)) clean[name] = redacted
        else clean[name] = typeof value === 'string' ? message(value) : value.map(message)
      }
      return clean
    },
    body: (body) => {
      if (body.length === 0) return ''
      const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
      try {
        return message(utf8.decode(body))
      } catch {
        // One character for each byte, so that what is left comes back as the same bytes.
        const clean = withoutValues(withoutFields(bytes.toString('latin1')), current().inBytes)
        return `base64:${Buffer.from(clean, 'latin1').toString('base64')}`
      }
    },
    knows: current,
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

interface Patterns {
  readonly inText: RegExp | undefined
  readonly inBytes: RegExp | undefined
}

/** Secrets, and what finds them. */
interface Known {
  readonly secrets: readonly string[]
  readonly patterns: Patterns
}

let latest: Known | undefined

/** World after world has the same secrets, and to make patterns of them takes as long as an exchange or two. */
function knownFor(secrets: readonly string[]): Known {
  if (!latest || !isSame(latest.secrets, secrets)) latest = { secrets: [...secrets], patterns: patternsOf(secrets) }
  return latest
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((secret, at) => secret === others[at])
}

function patternsOf(secrets: readonly string[]): Patterns {
  const forms = secrets.filter(({ length }) => length >= secretLengthMin).flatMap(secretForms)
  return { inText: anyOf(forms), inBytes: anyOf(forms.map((form) => Buffer.from(form).toString('latin1'))) }
}

/** The longest first: of two that begin alike, the shorter would leave the rest of the longer. */
function anyOf(forms: readonly string[]): RegExp | undefined {
  if (forms.length === 0) return undefined
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length)
  return new RegExp(longestFirst.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g')
}

function withoutValues(text: string, pattern: RegExp | undefined): string {
  return pattern ? text.replace(pattern, redacted) : text
}

function withoutFields(text: string): string {
  let clean = text
  if (clean.includes('=')) clean = clean.replace(inQuery, `$1${redacted}`)
  if (clean.includes('":') || clean.includes('" :')) clean = clean.replace(inJson, `$1${redacted}`)
  if (clean.includes('name="')) clean = clean.replace(inMultipart, `$1${redacted}`)
  return clean
}
