import { inspect } from 'node:util'
import * as z from 'zod'
import { createRedactor, redacted } from '../simulator/redact.ts'
import { defineInvariant, type Invariant } from './invariant.ts'
import { intentInWords } from './tallies.ts'

const settings = z.strictObject({})

/** Credentials stay where they belong. */
export const noSecretLeaks: Invariant = defineInvariant({
  name: 'no-secret-leaks',
  settings,
  explain: () =>
    'No credential stands in an error that an intent fails with or that nobody handles, nor in a line that is logged.',
  *check({ intents, leaks, unhandled, notes, secrets, endedAt }) {
    for (const line of leaks) {
      const logged = notes.find(({ topic, text }) => topic === 'log' && text === line)
      yield { message: `A credential was logged: ${inOneLine(line)}`, at: logged?.at ?? endedAt }
    }
    const { text: clean } = createRedactor(() => secrets)
    const leakIn = (error: unknown): string | undefined => {
      const told = everythingOf(error)
      const without = clean(told)
      return without === told ? undefined : around(without)
    }
    for (const intent of intents) {
      const leak = intent.status === 'failed' ? leakIn(intent.error) : undefined
      if (leak === undefined) continue
      yield {
        message: `${intentInWords(intent.name)} failed with an error that holds a credential: ${leak}`,
        at: intent.endedAt ?? endedAt,
      }
    }
    const noticed = notes.filter(({ topic }) => topic === 'unhandled-rejection')
    for (const [index, error] of unhandled.entries()) {
      const leak = leakIn(error)
      if (leak === undefined) continue
      yield { message: `An unhandled error holds a credential: ${leak}`, at: noticed[index]?.at ?? endedAt }
    }
  },
})

/** What a logger would print of an error: its stack, its causes and whatever hangs on it, in either common form. */
function everythingOf(error: unknown): string {
  const whole = { depth: 8, breakLength: Infinity, maxStringLength: Infinity, maxArrayLength: Infinity }
  return [typeof error === 'string' ? error : '', inspect(error, whole), asJson(error)].join('\n')
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
  const at = Math.max(0, text.indexOf(redacted) - 60)
  return `…${inOneLine(text.slice(at, at + 130))}…`
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
