import { expect, test } from 'vitest'
import { errorInWords, reportOf, runReportOf } from '../../src/report/report-of.ts'
import { runDocument, scenarioReport } from '../../src/report/schema.ts'
import { brokenResult, counterexample, delivery, exchange, heldResult, note, runResult, startedAt } from './results.ts'

const facts = { file: 'a.scenario.ts', claim: undefined }

test.each([
  ['held', heldResult()],
  ['broken', brokenResult()],
])('the report of a scenario that is %s fits the published schema', (verdict, result) => {
  const report = reportOf(result, facts)
  expect(report.verdict).toBe(verdict)
  expect(scenarioReport.parse(report)).toEqual(report)
})

test('a report holds journal records of every kind, and is the same after a trip through JSON', () => {
  const records = [exchange(), exchange({ operation: undefined, reply: undefined }), delivery(), note()]
  const report = reportOf(brokenResult({ failure: runResult({ records }) }), facts)
  expect(scenarioReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report)
  expect(report.run?.records).toHaveLength(4)
})

test('the schema refuses a document of another format, and a report with an unknown verdict', () => {
  const report = reportOf(heldResult(), facts)
  expect(scenarioReport.safeParse({ ...report, verdict: 'perhaps' }).success).toBe(false)
  const totals = { scenarios: 1, held: 1, broken: 0, problems: 0, runs: 412, virtualMs: 1, realMs: 1 }
  const document = {
    format: 'stuntdouble-run/1',
    version: '0.1.0',
    passed: true,
    totals,
    scenarios: [report],
    problems: [],
  }
  expect(runDocument.safeParse(document).success).toBe(true)
  expect(runDocument.safeParse({ ...document, format: 'stuntdouble-run/2' }).success).toBe(false)
})

test('credentials in what the subject threw, and in what was said of it, are replaced', () => {
  const secret = 'ATTA0123456789abcdef'
  const run = runResult({
    secrets: [secret, 'abc'],
    violations: [{ invariant: 'no-secret-leaks', kind: 'built-in', message: `leaked ${secret}`, atMs: 1 }],
    intents: [{ name: 'abc', startedAt, endedAt: startedAt, status: 'failed', error: new Error(`token ${secret}`) }],
  })
  const report = runReportOf(run)
  expect(report.intents[0]?.error).toBe('Error: token [redacted]')
  expect(report.violations[0]?.message).toBe('leaked [redacted]')
  const found = counterexample({ violations: run.violations })
  expect(JSON.stringify(reportOf(brokenResult({ counterexample: found, failure: run }), facts))).not.toContain(secret)
})

test('credentials are replaced in every form that they may have in an error', () => {
  const secret = 'ATTA/0123+abcdef='
  const url = `https://api.trello.com/1/boards?key=${encodeURIComponent(secret)}`
  const basic = Buffer.from(`user:${secret}`).toString('base64')
  const error = new Error(`GET ${url} with ${basic} failed`)
  const run = runResult({
    secrets: [secret],
    intents: [{ name: 'read', startedAt, endedAt: startedAt, status: 'failed', error }],
  })
  const told = runReportOf(run).intents[0]?.error
  expect(told).toContain('GET https://api.trello.com/1/boards?key=[redacted] with')
  expect(told).not.toContain(basic)
})

test.each([
  ['a plain record', { moves: 1, names: ['a'] }, true],
  ['a record without prototype, as fast-check draws them', Object.assign(Object.create(null), { moves: 1 }), true],
  ['nothing', undefined, true],
  ['a date', { at: new Date(0) }, false],
  ['a bigint', { n: 1n }, false],
  ['a member that is undefined', { n: undefined }, false],
  ['a function', { n: () => 1 }, false],
])('a workload of %s is known to survive JSON, or not to', (_, given, survives) => {
  const report = reportOf(brokenResult({ counterexample: counterexample({ given }) }), facts)
  expect(report.counterexample?.givenIsJson).toBe(survives)
})

test.each([
  [Object.assign(new TypeError('no'), {}), 'TypeError: no'],
  [Object.assign(new Error('late\nat x'), { code: 'reply_late' }), 'Error reply_late: late'],
  [Object.assign(new Error('reply_late: late'), { code: 'reply_late' }), 'Error: reply_late: late'],
  ['a string', "threw 'a string'"],
  [undefined, 'threw undefined'],
  [Object.create(null), 'threw [Object: null prototype] {}'],
])('what was thrown is said in one line', (error, words) => {
  expect(errorInWords(error)).toBe(words)
})
