import type { Headers } from '../http/exchange.ts'

const redacted = '[redacted]'
const secretHeader = /^(proxy-)?authorization$|^(set-)?cookie$|(^|-)(api-?key|token|secret)$/
const secretField =
  /([?&](?:api_?key|key|token|secret|client_secret|access_token|refresh_token|oauth_token|password)=)[^&#]*/gi

/** Replaces credentials: by the name of the field that carries them, and by their value wherever it stands. */
export interface Redactor {
  text(text: string): string
  url(url: string): string
  headers(headers: Headers): Headers
}

/** Makes a redactor; `secrets` is asked each time, since secrets come and go. */
export function createRedactor(secrets: () => readonly string[]): Redactor {
  const text = (given: string): string => {
    let clean = given
    for (const secret of secrets()) if (secret.length >= 4) clean = clean.replaceAll(secret, redacted)
    return clean
  }
  return {
    text,
    url: (url) => text(url.replace(secretField, `$1${redacted}`)),
    headers: (headers) => {
      const clean: Record<string, string | readonly string[]> = {}
      for (const [name, value] of Object.entries(headers)) {
        if (secretHeader.test(name)) clean[name] = redacted
        else clean[name] = typeof value === 'string' ? text(value) : value.map(text)
      }
      return clean
    },
  }
}
