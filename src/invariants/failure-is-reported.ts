import { inspect, types } from 'node:util'
import * as z from 'zod'
import { defineInvariant, type Invariant } from './invariant.ts'
import { intentInWords } from './tallies.ts'

const settings = z.strictObject({})

/** Failures can be read. */
export const failureIsReported: Invariant = defineInvariant({
  name: 'failure-is-reported',
  settings,
  explain: () => 'An intent that fails says so with an Error that has a message.',
  *check({ intents, endedAt }) {
    for (const intent of intents) {
      if (intent.status !== 'failed' || isReport(intent.error)) continue
      yield {
        message: `${intentInWords(intent.name)} failed with ${shown(intent.error)}, which tells nobody what went wrong.`,
        at: intent.endedAt ?? endedAt,
      }
    }
  },
})

/** An error of another realm is one as well. */
function isReport(error: unknown): boolean {
  if (!(error instanceof Error) && !types.isNativeError(error)) return false
  return error.message.trim() !== '' || error.cause !== undefined || (error as AggregateError).errors?.length > 0
}

function shown(error: unknown): string {
  return error instanceof Error
    ? `an ${error.name} without a message`
    : inspect(error, { breakLength: Number.POSITIVE_INFINITY })
}
