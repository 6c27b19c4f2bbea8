import * as z from 'zod'
import type { JournalOutcome } from '../../../simulator/journal.ts'

const count = z.int().min(0)
const ms = z.number().describe('Milliseconds since 1970, by the clock of the world.')
const headers = z.record(z.string(), z.union([z.string(), z.array(z.string())]))
const body = z.string().describe('Text; base64:… when the bytes are no text. Credentials are replaced.')
const message = z.strictObject({ headers, body })
const call = z.strictObject({ method: z.string(), url: z.string(), headers, body })
const outcome = z
  .enum([
    ...(['pending', 'replied', 'hung', 'refused', 'unreachable', 'unresolved', 'reset'] as const),
    ...(['truncated', 'dripped', 'aborted', 'timed-out'] as const),
  ])
  .describe('How it ended, as the client saw it.')
const injected = z.array(z.looseObject({ fault: z.string() })).describe('Faults that struck it.')
const attempt = {
  n: count.describe('Its number in the journal, from 1.'),
  provider: z.string(),
  nth: count.describe('Which one of its operation or topic it was, from 1.'),
  sentAt: ms,
  endedAt: ms.optional(),
  call,
  outcome,
  status: z.int().optional(),
  injected,
  duplicateOf: count.optional().describe('Set on a copy: the number of the original.'),
}

const exchange = z.strictObject({
  kind: z.literal('exchange'),
  ...attempt,
  operation: z.string().optional().describe('Absent when none matched.'),
  nearest: z.array(z.string()).describe('Operations that an unmatched call came nearest to.'),
  judgedAt: ms.optional(),
  endedAfter: count.optional().describe('The highest number in the journal when it ended.'),
  reply: message.optional(),
  effects: z.array(z.strictObject({ what: z.string(), key: z.string() })),
  intent: z.string().optional(),
  connection: count.optional().describe('Number of the connection that it came over.'),
})

const delivery = z.strictObject({
  kind: z.literal('delivery'),
  ...attempt,
  topic: z.string(),
  attempt: count.describe('Which try of this delivery it was, from 1.'),
})

const note = z.strictObject({
  kind: z.literal('note'),
  n: attempt.n,
  at: ms,
  topic: z.enum(['log', 'intent-started', 'intent-ended', 'escaped', 'unhandled-rejection']),
  text: z.string(),
  intent: z.string().optional(),
})

/** A record of the journal. */
export const journalRecord: z.ZodType = z.discriminatedUnion('kind', [exchange, delivery, note])

/** What of the journal is asked for. */
export interface JournalQuery {
  readonly provider?: string | undefined
  readonly operation?: string | undefined
  readonly topic?: string | undefined
  readonly kind?: 'exchange' | 'delivery' | 'note' | undefined
  readonly status?: string | undefined
  readonly outcome?: JournalOutcome | undefined
  readonly since?: number | undefined
}

/** The same as a schema. */
export const journalQuery: z.ZodObject & z.ZodType<JournalQuery> = z.strictObject({
  provider: z.string().optional().describe('Exchanges and deliveries of this provider.'),
  operation: z.string().optional().describe('Exchanges of this operation.'),
  topic: z.string().optional().describe('Deliveries and notes of this topic.'),
  kind: z.enum(['exchange', 'delivery', 'note']).optional(),
  status: z
    .string()
    .regex(/^[1-5](?:\d\d|xx)$/, 'A status is three digits, or 4xx for all that begin alike')
    .optional()
    .describe('429, or 4xx.'),
  outcome: outcome.optional(),
  since: z.int().min(0).optional().describe('Records with a higher number than this.'),
})
