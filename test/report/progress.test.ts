import { expect, test } from 'vitest'
import { renderCoverage } from '../../src/report/coverage.ts'
import type { RunDocument } from '../../src/report/document.ts'
import { renderProgress, renderRecap, renderTotals } from '../../src/report/progress.ts'
import { reportOf } from '../../src/report/report-of.ts'
import { brokenResult, counterexample, heldResult } from './results.ts'

const plain = { color: false, columns: 110 }
const progress = {
  scenario: 'Test_CardMovesOnce',
  phase: 'random',
  runs: 120,
  runsKnown: 300,
  realMs: 400,
  virtualMs: 3_600_000,
} as const

test('progress names scenario and phase, shows how far it is, and its pace', () => {
  expect(renderProgress(progress, plain)).toBe(
    '◌ Test_CardMovesOnce random faults ━━━━━━────────── 120 of 300 · 300 runs/s · 1 h virtual',
  )
})

test('progress towards an unknown end has no bar, and no pace before the first millisecond', () => {
  expect(renderProgress({ ...progress, phase: 'shrink', runsKnown: undefined, realMs: 0 }, plain)).toBe(
    '◌ Test_CardMovesOnce shrinking 120 · 1 h virtual',
  )
})

test('progress that is too long loses its bar first, its pace next, and the name of the scenario last', () => {
  expect(renderProgress(progress, { color: false, columns: 80 })).toBe(
    '◌ Test_CardMovesOnce random faults 120 of 300 · 300 runs/s · 1 h virtual',
  )
  expect(renderProgress(progress, { color: false, columns: 64 })).toBe(
    '◌ Test_CardMovesOnce random faults 120 of 300 · 1 h virtual',
  )
  expect(renderProgress(progress, { color: false, columns: 55 })).toBe(
    '◌ Test_CardMov… random faults 120 of 300 · 1 h virtual',
  )
})

test('progress never takes more than one line', () => {
  const scenario = `Test_${'Long'.repeat(40)}`
  for (const columns of [40, 60, 80, 120]) {
    expect(renderProgress({ ...progress, scenario }, { color: false, columns }).length).toBeLessThanOrEqual(columns)
  }
})

test('totals count what held, what broke and what could not be judged', () => {
  const totals = { scenarios: 4, held: 2, broken: 1, problems: 1, runs: 1_234, virtualMs: 7_200_000, realMs: 2_345 }
  expect(renderTotals(totals, plain)).toBe(
    '4 scenarios: 2 held, 1 broken, 1 problem  1,234 runs, 2 h virtual time in 2.3 s',
  )
})

function documentOf(scenarios: RunDocument['scenarios'], problems: RunDocument['problems'] = []): RunDocument {
  const totals = { scenarios: 0, held: 0, broken: 0, problems: 0, runs: 0, virtualMs: 0, realMs: 0 }
  return { format: 'stuntdouble-run/1', version: '0.1.0', passed: false, totals, scenarios, problems }
}

const facts = { file: undefined, claim: undefined }

test('the recap names in columns what broke, by which faults, and what could not be judged', () => {
  const unfaulted = brokenResult({ scenario: 'Test_X', counterexample: counterexample({ plan: { faults: [] } }) })
  const reports = [brokenResult(), heldResult(), unfaulted].map((result) => reportOf(result, facts))
  const problem = { file: 'a.scenario.ts', scenario: null, message: 'no such module' }
  expect(renderRecap(documentOf(reports, [problem]), plain)).toEqual([
    '✗ Test_CardMovesOnce  effects-happen-once  reply-lost',
    '✗ Test_X              effects-happen-once  without any fault',
    '✗ a.scenario.ts       could not be judged',
  ])
})

test('there is no recap of a single scenario, nor of a suite that holds', () => {
  expect(renderRecap(documentOf([reportOf(brokenResult(), facts)]), plain)).toEqual([])
  expect(renderRecap(documentOf([reportOf(heldResult(), facts), reportOf(heldResult(), facts)]), plain)).toEqual([])
})

test('coverage lists by operation which faults were held against, which broke it, which never struck', () => {
  const cell = { provider: 'trello', target: 'cards.update', passed: 0, failed: 0, notStruck: 0 }
  const report = reportOf(
    heldResult({
      coverage: [
        { ...cell, fault: 'hang', passed: 2 },
        { ...cell, fault: 'reply-lost', failed: 1, passed: 1 },
        { ...cell, fault: 'stale-read', notStruck: 1 },
        { ...cell, target: 'cards.read', fault: 'hang', passed: 1 },
      ],
    }),
    { file: undefined, claim: undefined },
  )
  expect(renderCoverage(report, plain).split('\n')).toEqual([
    '  trello cards.update  struck 4 times',
    '    ✗ reply-lost',
    '    ✓ hang',
    '    · stale-read',
    '  trello cards.read  struck 1 time',
    '    ✓ hang',
  ])
})
