import { expect, test } from 'vitest'
import { runReportOf } from '../../src/report/report-of.ts'
import { renderTimeline } from '../../src/report/timeline.ts'
import { delivery, exchange, note, runResult, startedAt } from './results.ts'

const plain = { color: false, columns: 100 }

test('a timeline tells intents, calls, faults, effects, waits, replies and violations in virtual time', () => {
  expect(renderTimeline(runReportOf(runResult()), plain).split('\n')).toEqual([
    '00:00.000  move 0  ┌ starts',
    '00:00.000  move 0  → cards.update #1  ⚡ reply-lost  PUT /1/cards/c1  {"idList":"done"}',
    '00:00.010  move 0  ✚ card moved: ship it to Done',
    '00:00.020  move 0  ← cards.update #1  connection reset',
    '           … 1.0 s pass',
    '00:01.040  move 0  → cards.update #2  PUT /1/cards/c1  {"idList":"done"}',
    '00:01.050  move 0  ✚ card moved: ship it to Done',
    '00:01.060  move 0  ← cards.update #2  200  {"id":"c1"}',
    '00:01.060  move 0  └ succeeded',
    '00:01.060          ✗ effects-happen-once: "move 0" had the effect "card moved: ship it to Done" 2 t…',
  ])
})

test('what tells one call from another comes before its credentials', () => {
  const query = 'key=[redacted]&filter=commentCard&token=[redacted]&before=64b0&text=a?b'
  const call = exchange({
    call: { method: 'GET', url: `https://api.trello.com/1/actions?${query}`, headers: {}, body: '' },
  })
  const [line] = renderTimeline(runReportOf(runResult({ records: [call], violations: [], intents: [] })), {
    color: false,
    columns: 200,
  }).split('\n')
  expect(line).toMatch(
    /GET \/1\/actions\?filter=commentCard&before=64b0&text=a\?b&key=\[redacted\]&token=\[redacted\]$/,
  )
})

test('a failed intent says what the subject threw', () => {
  const run = runResult({
    violations: [],
    records: [note(), note({ n: 2, at: startedAt + 30, topic: 'intent-ended', text: 'move 0: failed' })],
    intents: [
      {
        name: 'move 0',
        startedAt,
        endedAt: startedAt + 30,
        status: 'failed',
        error: Object.assign(new Error('no reply within 10 s.\nmore'), {
          name: 'IntegrationError',
          code: 'reply_late',
        }),
      },
    ],
  })
  expect(renderTimeline(runReportOf(run), plain).split('\n')).toEqual([
    '00:00.000  move 0  ┌ starts',
    '00:00.030  move 0  └ failed: IntegrationError reply_late: no reply within 10 s.',
  ])
})

test('deliveries, logs, escapes and unhandled rejections stand beside the calls', () => {
  const records = [
    delivery({
      injected: [{ fault: 'delayed', ms: 60_000 } as { fault: string }],
      endedAt: startedAt + 5,
      status: 500,
    }),
    delivery({ n: 10, sentAt: startedAt + 30_000, attempt: 2, endedAt: undefined, outcome: 'pending' }),
    note({ n: 11, at: startedAt + 30_000, topic: 'log', text: 'retrying', intent: undefined }),
    note({ n: 12, at: startedAt + 30_001, topic: 'escaped', text: 'https://elsewhere.example', intent: undefined }),
    note({ n: 13, at: startedAt + 30_002, topic: 'unhandled-rejection', text: 'Error: oh', intent: undefined }),
  ]
  const run = runResult({ violations: [], records, intents: [] })
  expect(renderTimeline(runReportOf(run), plain).split('\n')).toEqual([
    '00:00.000  ⇐ updateCard #1  ⚡ delayed ms=60000  POST https://app.example/hooks  {"action":1}',
    '00:00.005  ⇒ updateCard #1  500',
    '           … 29.9 s pass',
    '00:30.000  ⇐ updateCard #1, attempt 2  POST https://app.example/hooks  {"action":1}',
    '00:30.000  log: retrying',
    '00:30.001  escaped: https://elsewhere.example is served by no simulator',
    '00:30.002  unhandled: Error: oh',
  ])
})

test('with several providers each call names its own, and an unmatched call the nearest operation', () => {
  const records = [
    exchange({ intent: undefined }),
    exchange({
      n: 3,
      provider: 'miro',
      operation: undefined,
      nearest: ['boards.read'],
      status: 404,
      intent: undefined,
      reply: { headers: {}, body: '' },
      duplicateOf: 2,
    }),
  ]
  const run = runResult({ violations: [], records, intents: [] })
  expect(renderTimeline(runReportOf(run), plain).split('\n')).toEqual([
    '00:00.000  → trello cards.update #1  PUT /1/cards/c1  {"idList":"done"}',
    '00:00.000  → miro unknown operation #1 (copy), nearest: boards.read  PUT /1/cards/c1  {"idList":"do…',
    '00:00.020  ← trello cards.update #1  200  {"id":"c1"}',
    '00:00.020  ← miro unknown operation #1 (copy)  404',
  ])
})

test.each([
  ['pending', undefined, 'unanswered'],
  ['hung', undefined, 'nothing ever comes back'],
  ['refused', undefined, 'connection refused'],
  ['unreachable', undefined, 'no connection: connect timeout'],
  ['unresolved', undefined, 'host name does not resolve'],
  ['untrusted', undefined, 'certificate has expired'],
  ['reset', 200, '200, connection reset'],
  ['truncated', 200, '200, body cut short'],
  ['garbled', 200, '200, what came was no HTTP'],
  ['dripped', 200, '200, body came in drips'],
  ['aborted', undefined, 'given up by the caller'],
  ['timed-out', undefined, 'timed out'],
] as const)('an exchange that ended "%s" with status %s reads "%s"', (outcome, status, words) => {
  const records = [exchange({ outcome, status, reply: undefined, intent: undefined })]
  const rendered = renderTimeline(runReportOf(runResult({ violations: [], records, intents: [] })), plain)
  expect(rendered.split('\n')[1]).toBe(`00:00.020  ← cards.update #1  ${words}`)
})

test('a long timeline keeps its ends and the surroundings of faults and violations, and counts what it leaves out', () => {
  const records = Array.from({ length: 100 }, (_, index) =>
    exchange({
      n: index + 2,
      nth: index + 1,
      sentAt: startedAt + index * 100,
      injected: index === 50 ? [{ fault: 'hang' }] : [],
      intent: undefined,
    }),
  )
  const run = runReportOf(runResult({ violations: [], records, intents: [] }))
  const lines = renderTimeline(run, { ...plain, linesMax: 14 }).split('\n')
  expect(lines.filter((line) => line.includes('⚡ hang'))).toHaveLength(1)
  expect(lines[0]).toContain('→ cards.update #1 ')
  expect(lines.at(-1)).toContain('← cards.update #100 ')
  const told = lines.filter((line) => !line.includes('⋮')).length
  const leftOut = lines.flatMap((line) => /⋮ (\d+) lines? left out/.exec(line)?.[1] ?? []).map(Number)
  expect(leftOut).toHaveLength(2)
  expect(told + leftOut.reduce((sum, count) => sum + count, 0)).toBe(200)
  expect(told).toBeLessThanOrEqual(16)
})

test('an invariant that is seen broken again and again stands once', () => {
  const [violation] = runResult().violations
  if (!violation) throw expect.unreachable()
  const run = runResult({ violations: [violation, { ...violation, atMs: 2_000 }, { ...violation, atMs: 3_000 }] })
  const rendered = renderTimeline(runReportOf(run), plain)
  expect(rendered.match(/✗/g)).toHaveLength(1)
})

test('a run in which nothing happened says so', () => {
  const run = runReportOf(runResult({ violations: [], records: [], intents: [] }))
  expect(renderTimeline(run, plain)).toBe('Nothing happened: no intent, no call, no delivery.')
})
