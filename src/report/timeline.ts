import type { DeliveryRecord, ExchangeRecord, JournalRecord, NoteRecord } from '../simulator/journal.ts'
import { redacted } from '../simulator/redact.ts'
import type { RunReport } from './document.ts'
import { clockTime, durationInWords, painter, type RenderOptions, shortened, type Tone } from './words.ts'

/** How a timeline is rendered. */
export interface TimelineOptions extends RenderOptions {
  /** Lines at most, where that is possible without leaving out a fault or a violation. Absent: all. */
  readonly linesMax?: number | undefined
}

/** What a timeline tells of a run. */
export type TimelineRun = Pick<RunReport, 'records' | 'intents' | 'violations' | 'startedAt'>

/** One thing that happened. */
interface Event {
  readonly at: number
  /** Among events of one instant: place in the journal, then step within the exchange. */
  readonly order: number
  readonly intent: string | undefined
  readonly tone: Tone | undefined
  readonly text: string
  /** Faults and violations: what the reader is looking for, so it is never left out. */
  readonly key: boolean
}

const pauseMsMin = 1_000
const intentWidthMax = 24
const neighbours = 4

/** Tells a run, line by line, in virtual time: intents, calls and their replies, faults, effects, deliveries, waits. */
export function renderTimeline(run: TimelineRun, options: TimelineOptions): string {
  const providers = new Set(run.records.flatMap((record) => (record.kind === 'note' ? [] : [record.provider])))
  const named = (record: ExchangeRecord | DeliveryRecord, name: string): string =>
    providers.size > 1 ? `${record.provider} ${name}` : name
  const events = [...run.records.flatMap((record) => eventsOf(record, named, run)), ...violationEvents(run)].sort(
    (one, other) => one.at - other.at || one.order - other.order,
  )
  if (events.length === 0) return painter(options.color)('quiet', 'Nothing happened: no intent, no call, no delivery.')
  return lines(events, run, options).join('\n')
}

function lines(events: readonly Event[], run: TimelineRun, options: TimelineOptions): string[] {
  const paint = painter(options.color)
  const last = events[events.length - 1]?.at ?? run.startedAt
  const timeWidth = clockTime(last - run.startedAt).length
  const intentWidth = Math.min(intentWidthMax, Math.max(0, ...events.map(({ intent }) => intent?.length ?? 0)))
  const margin = timeWidth + 2 + (intentWidth > 0 ? intentWidth + 2 : 0)
  const kept = keptOf(events, options.linesMax)
  const shown: string[] = []
  let before: Event | undefined
  let left = 0
  const say = (text: string): number => shown.push(paint('quiet', `${' '.repeat(timeWidth + 2)}${text}`))
  for (const [index, event] of events.entries()) {
    if (!kept.has(index)) {
      left++
      before = event
      continue
    }
    if (left > 0) say(`⋮ ${left} ${left === 1 ? 'line' : 'lines'} left out`)
    else if (before && event.at - before.at >= pauseMsMin) say(`… ${durationInWords(event.at - before.at)} pass`)
    left = 0
    before = event
    const time = clockTime(event.at - run.startedAt).padStart(timeWidth)
    const intent = intentWidth > 0 ? `${shortened(event.intent ?? '', intentWidth).padEnd(intentWidth)}  ` : ''
    const text = shortened(event.text, Math.max(40, options.columns - margin))
    shown.push(`${paint('quiet', time)}  ${paint('quiet', intent)}${event.tone ? paint(event.tone, text) : text}`)
  }
  if (left > 0) say(`⋮ ${left} ${left === 1 ? 'line' : 'lines'} left out`)
  return shown
}

/** Which events stay: all when they fit, else the ends, and what surrounds faults and violations. */
function keptOf(events: readonly Event[], linesMax: number | undefined): ReadonlySet<number> {
  const all = events.map((_, index) => index)
  if (linesMax === undefined || events.length <= linesMax) return new Set(all)
  const kept = new Set<number>([...all.slice(0, neighbours), ...all.slice(-neighbours)])
  const keys = all.filter((index) => events[index]?.key)
  // From near to far, so that every key event has some surroundings before one of them has all of its own.
  for (let distance = 0; distance <= events.length && kept.size < linesMax; distance++) {
    for (const key of keys) {
      if (distance > 0 && kept.size >= linesMax) break
      if (key - distance >= 0) kept.add(key - distance)
      if (key + distance < events.length) kept.add(key + distance)
    }
    if (keys.length === 0) break
  }
  return kept
}

/** Each violation at the first instant at which it was seen: an invariant checked after every event repeats itself. */
function violationEvents(run: TimelineRun): Event[] {
  const seen = new Set<string>()
  return run.violations.flatMap(({ invariant, message, atMs }, index) => {
    const text = `✗ ${invariant}: ${message}`
    if (seen.has(text)) return []
    seen.add(text)
    const order = Number.MAX_SAFE_INTEGER - run.violations.length + index
    return [{ at: run.startedAt + atMs, order, intent: undefined, tone: 'bad', text, key: true }]
  })
}

type Named = (record: ExchangeRecord | DeliveryRecord, name: string) => string

function eventsOf(record: JournalRecord, named: Named, run: TimelineRun): Event[] {
  if (record.kind === 'note') return [noteEvent(record, run)]
  return record.kind === 'exchange' ? exchangeEvents(record, named) : deliveryEvents(record, named)
}

function exchangeEvents(record: ExchangeRecord, named: Named): Event[] {
  const { n, intent, call, injected, effects, endedAt } = record
  const copy = record.duplicateOf === undefined ? '' : ' (copy)'
  const name = `${named(record, record.operation ?? 'unknown operation')} #${record.nth}${copy}`
  const nearest = record.operation === undefined && record.nearest.length > 0 ? `, nearest: ${record.nearest[0]}` : ''
  const struck = injected.length > 0 ? `  ⚡ ${injected.map(faultInWords).join(', ')}` : ''
  const events: Event[] = [
    {
      at: record.sentAt,
      order: n * 4,
      intent,
      tone: struck ? 'warn' : undefined,
      text: `→ ${name}${nearest}${struck}  ${call.method} ${pathOf(call.url)}${bodyOf(call.body)}`,
      key: struck !== '',
    },
    ...effects.map(({ what, key }, index) => ({
      at: record.judgedAt ?? record.sentAt,
      order: n * 4 + 1 + index / 1_000,
      intent,
      tone: 'good' as const,
      text: `✚ ${key === '' ? what : `${what}: ${key}`}`,
      key: false,
    })),
  ]
  if (endedAt === undefined) return events
  const tone = record.outcome === 'replied' && (record.status ?? 0) < 400 ? undefined : 'warn'
  const text = `← ${name}  ${outcomeInWords(record)}${bodyOf(record.reply?.body ?? '')}`
  return [...events, { at: endedAt, order: n * 4 + 2, intent, tone, text, key: false }]
}

function deliveryEvents(record: DeliveryRecord, named: Named): Event[] {
  const { n, call, injected, endedAt } = record
  const copy = record.duplicateOf === undefined ? '' : ' (copy)'
  const name = `${named(record, record.topic)} #${record.nth}${copy}`
  const attempt = record.attempt > 1 ? `, attempt ${record.attempt}` : ''
  const struck = injected.length > 0 ? `  ⚡ ${injected.map(faultInWords).join(', ')}` : ''
  const sent: Event = {
    at: record.sentAt,
    order: n * 4,
    intent: undefined,
    tone: struck ? 'warn' : 'call',
    text: `⇐ ${name}${attempt}${struck}  ${call.method} ${call.url}${bodyOf(call.body)}`,
    key: struck !== '',
  }
  if (endedAt === undefined) return [sent]
  const tone = record.outcome === 'replied' && (record.status ?? 0) < 400 ? 'call' : 'warn'
  const text = `⇒ ${name}  ${outcomeInWords(record)}`
  return [sent, { at: endedAt, order: n * 4 + 2, intent: undefined, tone, text, key: false }]
}

function noteEvent(note: NoteRecord, run: TimelineRun): Event {
  const event = { at: note.at, order: note.n * 4, intent: note.intent, key: false }
  switch (note.topic) {
    case 'intent-started':
      return { ...event, tone: 'strong', text: '┌ starts' }
    case 'intent-ended': {
      const intent = run.intents.find(({ name, endedAt }) => name === note.intent && endedAt === note.at)
      if (intent?.status === 'failed')
        return { ...event, tone: 'warn', text: `└ failed: ${intent.error ?? 'no error'}` }
      return { ...event, tone: 'strong', text: '└ succeeded' }
    }
    case 'log':
      return { ...event, tone: 'quiet', text: `log: ${note.text}` }
    case 'escaped':
      return { ...event, tone: 'bad', text: `escaped: ${note.text} is served by no simulator`, key: true }
    case 'unhandled-rejection':
      return { ...event, tone: 'bad', text: `unhandled: ${note.text}`, key: true }
  }
}

/** A fault with its settings: `server-error status=503 when=before`. */
function faultInWords(fault: { readonly fault: string }): string {
  const settings = Object.entries(fault).filter(([key]) => key !== 'fault')
  return [fault.fault, ...settings.map(([key, value]) => `${key}=${value}`)].join(' ')
}

function outcomeInWords({ outcome, status }: ExchangeRecord | DeliveryRecord): string {
  const code = status === undefined ? '' : `${status}, `
  switch (outcome) {
    case 'replied':
      return String(status ?? 'replied')
    case 'pending':
      return 'unanswered'
    case 'hung':
      return 'nothing ever comes back'
    case 'refused':
      return 'connection refused'
    case 'unreachable':
      return 'no connection: connect timeout'
    case 'unresolved':
      return 'host name does not resolve'
    case 'untrusted':
      return 'certificate has expired'
    case 'reset':
      return `${code}connection reset`
    case 'truncated':
      return `${code}body cut short`
    case 'garbled':
      return `${code}what came was no HTTP`
    case 'dripped':
      return `${code}body came in drips`
    case 'aborted':
      return `${code}given up by the caller`
    case 'timed-out':
      return `${code}timed out`
  }
}

function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2)
  return start < 0 ? '/' : withSecretsLast(url.slice(start))
}

/** A line has room for little: what tells one call from another comes before credentials that nobody can read. */
function withSecretsLast(path: string): string {
  const start = path.indexOf('?') + 1
  if (start === 0) return path
  const fields = path.slice(start).split('&')
  const isSecret = (field: string): boolean => field.endsWith(`=${redacted}`)
  return path.slice(0, start) + [...fields.filter((field) => !isSecret(field)), ...fields.filter(isSecret)].join('&')
}

function bodyOf(body: string): string {
  return body === '' ? '' : `  ${shortened(body, 120)}`
}
