import type { LiveWorld } from '../doors/live-types.ts'
import { type Paint, painter, type Tone } from '../report/words.ts'
import type { JournalRecord } from '../simulator/journal.ts'

/** Tells what happens in worlds, one line each. */
export interface RequestLog {
  /** @param id  Name of the world; absent for the first one, which needs none. */
  follow(world: LiveWorld, id?: string): void
}

/** Makes a log that writes a line for each record, once it is complete. */
export function logOf(write: (text: string) => void, color: boolean): RequestLog {
  const paint = painter(color)
  return {
    follow: (world, id) => {
      world.journal.follow((record) => write(`${lineOf(record, paint, id)}\n`))
    },
  }
}

/**
 * A record as one line: `14:02:31.250  PUT /trello/1/cards/abc  200  3 ms  cards.update  [reply-lost]`.
 *
 * @param id  Name of its world, if that is to be told.
 */
export function lineOf(record: JournalRecord, paint: Paint, id: string | undefined): string {
  const at = new Date(record.kind === 'note' ? record.at : record.sentAt).toISOString().slice(11, 23)
  const world = id === undefined ? [] : [paint('quiet', `~${id}`)]
  if (record.kind === 'note') return [paint('quiet', at), ...world, paint('warn', record.text)].join('  ')
  const { provider, call, outcome, status, sentAt, endedAt = sentAt, injected } = record
  const { pathname, search, origin } = new URL(call.url)
  const where = record.kind === 'exchange' ? `/${provider}${pathname}${search}` : `${origin}${pathname}`
  const name = record.kind === 'exchange' ? (record.operation ?? 'no such operation') : `webhook ${record.topic}`
  return [
    paint('quiet', at),
    ...world,
    paint('call', `${call.method} ${where}`),
    paint(toneOf(status), outcome === 'replied' ? String(status) : [outcome, status].join(' ').trim()),
    `${endedAt - sentAt} ms`,
    name,
    ...(injected.length === 0 ? [] : [paint('warn', `[${injected.map(({ fault }) => fault).join(', ')}]`)]),
  ].join('  ')
}

function toneOf(status: number | undefined): Tone {
  if (status === undefined || status >= 500) return 'bad'
  return status >= 400 ? 'warn' : 'good'
}
