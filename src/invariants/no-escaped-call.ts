import * as z from 'zod'
import { defineInvariant, type Invariant } from './invariant.ts'

const settings = z.strictObject({})

/** The real provider is never called. */
export const noEscapedCall: Invariant = defineInvariant({
  name: 'no-escaped-call',
  settings,
  explain: () => 'Every call goes to an origin that a simulator serves.',
  *check({ escapes, notes, endedAt }) {
    for (const address of escapes) {
      const noticed = notes.find(({ topic, text }) => topic === 'escaped' && text === address)
      yield {
        message: `${address} was called, and no simulator of this scenario serves it.`,
        at: noticed?.at ?? endedAt,
      }
    }
  },
})
