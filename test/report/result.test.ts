import { expect, test } from 'vitest'
import { replayReportOf, reportOf } from '../../src/report/report-of.ts'
import { renderFailure, renderReplay, renderResult } from '../../src/report/result.ts'
import { brokenResult, counterexample, heldResult, runResult } from './results.ts'

const plain = { color: false, columns: 110 }
const facts = { file: 'scenarios/Test_CardMovesOnce.scenario.ts', claim: undefined }

test('a scenario that holds says in two lines what it took and what was covered', () => {
  expect(renderResult(reportOf(heldResult(), facts), plain).split('\n')).toEqual([
    '✓ Test_CardMovesOnce  412 runs in 912 ms, 3 d 4 h virtual',
    '  111 of 111 single faults at 5 strike points, 2 of them revealed · 300 random runs',
  ])
})

test('what was not covered is said: phases cut short, runs that do not repeat, invariants that are off', () => {
  const result = heldResult({
    cutShort: ['random: 120 of 300 runs'],
    unreproducible: ['a socket to 127.0.0.1:6379'],
    optedOut: [{ invariant: 'retries-are-bounded', reason: 'the queue redelivers for ever' }],
  })
  expect(renderResult(reportOf(result, facts), plain).split('\n').slice(2)).toEqual([
    '  without retries-are-bounded: the queue redelivers for ever',
    '  cut short: random: 120 of 300 runs',
    '  not reproducible: a socket to 127.0.0.1:6379',
  ])
})

test('a scenario that holds because it does nothing says so', () => {
  const singles = { tried: 0, known: 0, strikePoints: 0, revealed: 0 }
  expect(
    renderResult(reportOf(heldResult({ singles }), facts), plain)
      .split('\n')
      .slice(2),
  ).toEqual(['  nothing tried: it made no call and got no delivery, so there was nothing to break'])
})

test('a scenario that holds although its intents fail without faults says so', () => {
  const linesOf = (baseline: { intents: number; failed: number }): readonly string[] =>
    renderResult(reportOf(heldResult({ baseline }), facts), plain)
      .split('\n')
      .slice(2)
  expect(linesOf({ intents: 2, failed: 2 })).toEqual([
    '  nothing proved: without faults, too, all its intents fail. --plan \'{"faults":[]}\' tells how',
  ])
  expect(linesOf({ intents: 3, failed: 1 })).toEqual(['  without faults, too, 1 of 3 intents fails'])
  expect(linesOf({ intents: 3, failed: 2 })).toEqual(['  without faults, too, 2 of 3 intents fail'])
  expect(linesOf({ intents: 3, failed: 0 })).toEqual([])
})

test('a broken scenario tells claim, invariant, smallest plan, seed, workload, timeline and replay command', () => {
  const planFile = '.stuntdouble/replay/Test_CardMovesOnce.json'
  expect(`${renderResult(reportOf(brokenResult(), facts), { ...plain, planFile })}\n`).toBe(`\
✗ Test_CardMovesOnce  17 runs in 35 ms, 41.0 s virtual
  13 of 111 single faults at 5 strike points · 0 random runs

  Claim      a card reaches its list exactly once, whatever the network loses.
  Broken     effects-happen-once, at 00:01.060
             "move 0" had the effect "card moved: ship it to Done" 2 times; without faults it has it once.
  Found      by a single fault, after 14 runs, made as small as it gets in 3 further runs
  Faults     { "faults": [
               {"fault":"reply-lost","on":{"provider":"trello","operation":"cards.update","nth":1}}
             ] }
  Seed       7
  Given      {"moves":1}

  Timeline   in virtual time since the start
    00:00.000  move 0  ┌ starts
    00:00.000  move 0  → cards.update #1  ⚡ reply-lost  PUT /1/cards/c1  {"idList":"done"}
    00:00.010  move 0  ✚ card moved: ship it to Done
    00:00.020  move 0  ← cards.update #1  connection reset
               … 1.0 s pass
    00:01.040  move 0  → cards.update #2  PUT /1/cards/c1  {"idList":"done"}
    00:01.050  move 0  ✚ card moved: ship it to Done
    00:01.060  move 0  ← cards.update #2  200  {"id":"c1"}
    00:01.060  move 0  └ succeeded
    00:01.060          ✗ effects-happen-once: "move 0" had the effect "card moved: ship it to Done" 2 times; …

  Replay     npx stuntdouble run Test_CardMovesOnce --seed 7 --plan .stuntdouble/replay/Test_CardMovesOnce.json
`)
})

test("a test runner's message has no summary of coverage, and a command that needs no file", () => {
  const lines = renderFailure(reportOf(brokenResult(), facts), plain).split('\n')
  expect(lines.slice(0, 3)).toEqual([
    'Test_CardMovesOnce does not hold (17 runs in 35 ms)',
    '',
    '  Claim      a card reaches its list exactly once, whatever the network loses.',
  ])
  expect(lines.at(-1)).toBe(
    `  Replay     npx stuntdouble run Test_CardMovesOnce --seed 7 --given '{"moves":1}' --plan '${JSON.stringify(counterexample().plan)}'`,
  )
})

test('the claim of the file stands in where the scenario states none', () => {
  const report = reportOf(brokenResult({ claim: undefined }), { ...facts, claim: 'cards arrive.' })
  expect(renderResult(report, plain)).toContain('\n  Claim      cards arrive.\n')
})

test('an invariant that is broken again and again is told once, with how often', () => {
  const [violation] = counterexample().violations
  if (!violation) throw expect.unreachable()
  const violations = [violation, { ...violation, atMs: 2_000 }, { ...violation, atMs: 3_000 }]
  const report = reportOf(brokenResult({ counterexample: counterexample({ violations }) }), facts)
  const rendered = renderResult(report, plain)
  expect(rendered).toContain('  Broken     effects-happen-once, at 00:01.060, and 2 more times\n')
  expect(rendered.match(/Broken/g)).toHaveLength(1)
})

test('more than five different violations are counted, not listed', () => {
  const [violation] = counterexample().violations
  if (!violation) throw expect.unreachable()
  const violations = Array.from({ length: 7 }, (_, index) => ({ ...violation, invariant: `rule-${index}` }))
  const report = reportOf(brokenResult({ counterexample: counterexample({ violations }) }), facts)
  const rendered = renderResult(report, plain)
  expect(rendered.match(/Broken/g)).toHaveLength(5)
  expect(rendered).toContain('… and 2 further violations')
})

test('a scenario that does not hold without any fault says so', () => {
  const found = counterexample({ phase: 'baseline', plan: { faults: [] }, shrinkRuns: 0, foundAfterRuns: 1 })
  const rendered = renderResult(reportOf(brokenResult({ counterexample: found }), facts), plain)
  expect(rendered).toContain('  Found      without any fault: the scenario does not hold as it is\n')
  expect(rendered).toContain('  Faults     { "faults": [] }\n')
})

test('a replay tells the whole run, what held, and which faults never struck', () => {
  const run = runResult({
    violations: [],
    unused: [{ fault: { fault: 'reply-lost' }, on: 'call 9 of cards.update of trello' }],
    reproducibility: { reproducible: false, reasons: ['a socket to 127.0.0.1:6379'] },
  })
  const report = replayReportOf('Test_CardMovesOnce', run, { ...facts, claim: 'cards arrive.', realMs: 3 })
  if (!report.run) throw expect.unreachable()
  const lines = renderReplay(report, report.run, plain).split('\n')
  expect(lines.slice(0, 14)).toEqual([
    '✓ Test_CardMovesOnce  1 run of 1.0 s virtual time in 3 ms',
    '',
    '  Claim      cards arrive.',
    '  Held       Every invariant held in this run.',
    '  Faults     { "faults": [',
    '               {"fault":"reply-lost","on":{"provider":"trello","operation":"cards.update","nth":1}}',
    '             ] }',
    '             reply-lost never struck: no call 9 of cards.update of trello',
    '  Seed       7',
    '  Given      {"moves":1}',
    '  Journal    f00d',
    '  Beware     not reproducible: a socket to 127.0.0.1:6379',
    '',
    '  Timeline   in virtual time since the start',
  ])
  expect(report.verdict).toBe('held')
})

test('a replay that breaks an invariant says which', () => {
  const report = replayReportOf('Test_CardMovesOnce', runResult(), { ...facts, realMs: 3 })
  if (!report.run) throw expect.unreachable()
  expect(report.verdict).toBe('broken')
  expect(renderReplay(report, report.run, plain)).toContain('  Broken     effects-happen-once, at 00:01.060\n')
})
