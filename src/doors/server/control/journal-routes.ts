import * as z from 'zod'
import { streamRecords } from './event-stream.ts'
import { harDocument, harOf } from './har.ts'
import { type JournalQuery, journalQuery, journalRecord } from './journal-schemas.ts'
import { filterOf } from './record-filter.ts'
import { type Answer, type Route, type RouteContext, route } from './route.ts'

const count = z.int().min(0)
const journal = z.strictObject({
  recordsMax: count.describe('Records that the journal holds at most; it then forgets the oldest.'),
  forgotten: count.describe('Records that it has forgotten since it was opened or cleared.'),
  records: z.array(journalRecord).describe('Those that match, the oldest first.'),
})

/** The journal: read, followed, exported, cleared. */
export const journalRoutes: readonly Route[] = [
  route<JournalQuery>({
    method: 'GET',
    path: '/journal',
    summary: 'What happened, in order, each attempt once. Credentials are replaced.',
    query: journalQuery,
    reply: { status: 200, description: 'The records.', schema: journal },
    handle: ({ world, query }) => {
      const { recordsMax, forgotten } = world.journal
      const records = world.journal.records().filter(filterOf(query, world))
      return { status: 200, json: { recordsMax, forgotten, records } }
    },
  }),
  route({
    method: 'DELETE',
    path: '/journal',
    summary: 'Forgets every record and begins to count calls anew; numbers of records go on.',
    reply: { status: 204, description: 'It is empty.' },
    handle: ({ world }) => {
      world.journal.clear()
      return { status: 204 }
    },
  }),
  route<JournalQuery>({
    method: 'GET',
    path: '/journal/events',
    summary: 'Follows the journal as server-sent events: each record as soon as it is complete.',
    description:
      'With "since", those that are there already come first. The data of an event is a record as GET /journal has it. ' +
      'A reader that comes back with "last-event-id" misses none.',
    query: journalQuery,
    reply: {
      status: 200,
      description: 'The records, one an event.',
      schema: journalRecord,
      mediaType: 'text/event-stream',
    },
    handle: follow,
  }),
  route<JournalQuery>({
    method: 'GET',
    path: '/journal/har',
    summary: 'Exchanges and deliveries as an HTTP Archive 1.2, for browsers and proxies to open.',
    query: journalQuery,
    reply: { status: 200, description: 'The archive.', schema: harDocument },
    handle: ({ served, world, query, facts }) => ({
      status: 200,
      json: harOf(world.journal.records().filter(filterOf(query, world)), facts.version),
      headers: { 'content-disposition': `attachment; filename="stuntdouble-${served.id}.har"` },
    }),
  }),
]

function follow({ request, served, server, world, query }: RouteContext<JournalQuery>): Answer {
  const matches = filterOf(query, world)
  const after = request.headers['last-event-id']
  return {
    status: 200,
    stream: (response) =>
      streamRecords(response, {
        ...{ journal: world.journal, matches, fromStart: query.since !== undefined },
        after: typeof after === 'string' ? after : undefined,
        isOpen: () => server.worldNamed(served.id) === served,
      }),
  }
}
