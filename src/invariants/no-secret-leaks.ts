import { inspect } from 'node:util'
import * as z from 'zod'
import { defineInvariant, type Invariant } from './invariant.ts'
import { intentInWords } from './tallies.ts'

const settings = z.strictObject({})

/** Shorter ones are found by chance. */
const secretLengthMin = 4

/** Credentials stay where they belong. */
export const noSecretLeaks: Invariant = defineInvariant({
  name: 'no-secret-leaks',
  settings,
  explain: () => 'No credential stands in an error that an intent fails with, nor in a line that is logged.',
  *check({ intents, leaks, secrets, endedAt }) {
    for (const line of leaks) yield { message: `A credential was logged: ${line}`, at: endedAt }
    const long = secrets.filter((secret) => secret.length >= secretLengthMin)
    for (const intent of intents) {
      if (intent.status !== 'failed') continue
      const told = everythingOf(intent.error)
      if (!long.some((secret) => told.includes(secret))) continue
      const clean = long.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), told)
      yield {
        message: `${intentInWords(intent.name)} failed with an error that holds a credential: ${around(clean)}`,
        at: intent.endedAt ?? endedAt,
      }
    }
  },
})

/** What a logger would print of an error: its stack, its causes and whatever hangs on it, in either common form. */
function everythingOf(error: unknown): string {
  return `${inspect(error, { depth: 8, breakLength: Number.POSITIVE_INFINITY })}\n${asJson(error)}`
}

function asJson(error: unknown): string {
  try {
    return JSON.stringify(error) ?? ''
  } catch {
    // Cyclic, or not meant for JSON: then no logger prints it as such either.
    return ''
  }
}

function around(text: string): string {
  const at = Math.max(0, text.indexOf('[redacted]') - 60)
  return `…${text.slice(at, at + 130).replace(/\s+/g, ' ')}…`
}
