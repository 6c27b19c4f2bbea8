import * as z from 'zod'
import { defineInvariant, type Invariant } from './invariant.ts'
import { errorInBrief } from './tallies.ts'

const settings = z.strictObject({})

/** No error falls on the floor. */
export const noUnhandledRejection: Invariant = defineInvariant({
  name: 'no-unhandled-rejection',
  settings,
  explain: () => 'No promise of the subject is rejected, and none of its timers throws, without anyone to handle it.',
  *check({ unhandled, notes, endedAt }) {
    const noticed = notes.filter(({ topic }) => topic === 'unhandled-rejection')
    for (const [index, error] of unhandled.entries()) {
      yield { message: `Nobody handled this: ${errorInBrief(error)}`, at: noticed[index]?.at ?? endedAt }
    }
  },
})
