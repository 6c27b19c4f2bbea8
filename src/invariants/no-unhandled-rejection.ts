import * as z from 'zod'
import { defineInvariant, type Invariant } from './invariant.ts'

const settings = z.strictObject({})

/** No error falls on the floor. */
export const noUnhandledRejection: Invariant = defineInvariant({
  name: 'no-unhandled-rejection',
  settings,
  explain: () => 'No promise of the subject is rejected, and none of its timers throws, without anyone to handle it.',
  *check({ unhandled, endedAt }) {
    for (const error of unhandled)
      yield { message: `Nobody handled this: ${String(error).split('\n')[0]}`, at: endedAt }
  },
})
