import type { ServerResponse } from 'node:http'
import type { JournalRecord } from '../../../simulator/journal.ts'
import type { LiveJournal } from '../../live-types.ts'

/** Bytes that wait for a reader before it is cut off: it may come back and go on where it was. */
const backlogMax = 8 * 1_048_576
/** Proxies close what says nothing for a minute. */
const silenceMsMax = 15_000

/** What a stream of records needs. */
export interface EventStreamParts {
  readonly journal: LiveJournal
  readonly matches: (record: JournalRecord) => boolean
  /** Whether records that are there already come first. */
  readonly fromStart: boolean
  /** `last-event-id` of a reader that comes back. */
  readonly after: string | undefined
  /** False once the world is closed: the stream then ends. */
  readonly isOpen: () => boolean
}

/**
 * Sends records as server-sent events, each once it is complete. The id of an event tells after which record of the
 * journal it ended; a reader that comes back with it misses none, and may see again those that ended at that same point.
 */
export function streamRecords(response: ServerResponse, parts: EventStreamParts): void {
  const { journal, matches, isOpen } = parts
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  // A reader learns at once that it is connected; it tries again a second after a break.
  response.write('retry: 1000\n\n')
  for (const record of missedBy(parts)) if (matches(record)) response.write(eventOf(record))

  const stop = journal.follow((record) => {
    if (matches(record)) response.write(eventOf(record))
    if (response.writableLength > backlogMax) response.destroy()
  })
  const heartbeat = setInterval(() => {
    if (isOpen()) response.write(': still here\n\n')
    else response.end()
  }, silenceMsMax)
  heartbeat.unref()
  response.on('close', () => {
    stop()
    clearInterval(heartbeat)
  })
}

function missedBy({ journal, fromStart, after }: EventStreamParts): readonly JournalRecord[] {
  const complete = journal.records().filter((record) => record.kind === 'note' || record.outcome !== 'pending')
  const last = /^(?<ended>\d+)-(?<n>\d+)$/.exec(after ?? '')?.groups
  if (!last) return fromStart ? complete : []
  const [ended, n] = [Number(last['ended']), Number(last['n'])]
  return complete
    .filter((record) => endOf(record) >= ended && record.n !== n)
    .sort((a, b) => endOf(a) - endOf(b) || a.n - b.n)
}

function endOf(record: JournalRecord): number {
  return 'endedAfter' in record && typeof record.endedAfter === 'number' ? record.endedAfter : record.n
}

function eventOf(record: JournalRecord): string {
  return `id: ${endOf(record)}-${record.n}\nevent: ${record.kind}\ndata: ${JSON.stringify(record)}\n\n`
}
