import { expect, test } from 'vitest'
import { replayCommand, replayFileOf } from '../../src/report/replay.ts'
import { reportOf } from '../../src/report/report-of.ts'
import { brokenResult, counterexample } from './results.ts'

function found(given: unknown) {
  const report = reportOf(brokenResult({ seed: 3, counterexample: counterexample({ given }) }), {
    file: undefined,
    claim: undefined,
  })
  if (!report.counterexample) throw expect.unreachable()
  return report.counterexample
}

test('a command with a file names the file, and quotes what a shell would take apart', () => {
  expect(replayCommand('Test_X', found({ moves: 1 }), { planFile: '.stuntdouble/replay/Test_X.json' })).toBe(
    'npx stuntdouble run Test_X --seed 7 --plan .stuntdouble/replay/Test_X.json',
  )
  expect(replayCommand('Test_X', found({ moves: 1 }), { planFile: 'my files/Test_X.json' })).toBe(
    "npx stuntdouble run Test_X --seed 7 --plan 'my files/Test_X.json'",
  )
})

test('a command without a file carries workload and plan, quotes of its own included', () => {
  const { plan } = counterexample()
  expect(replayCommand('Test_X', found({ name: "it's" }), {})).toBe(
    `npx stuntdouble run Test_X --seed 7 --given '{"name":"it'\\''s"}' --plan '${JSON.stringify(plan)}'`,
  )
})

test('a scenario without workload needs no --given, and flags of the search stay', () => {
  const command = replayCommand('Test_X', found(undefined), { planFile: 'p.json', flags: ['--root', 'packages/a b'] })
  expect(command).toBe("npx stuntdouble run Test_X --root 'packages/a b' --seed 7 --plan p.json")
})

test('a workload of null is told apart from none', () => {
  expect(replayCommand('Test_X', found(null), {})).toContain(" --given null --plan '")
  expect(replayFileOf('Test_X', found(null))).toHaveProperty('given', null)
  expect(replayFileOf('Test_X', found(undefined))).not.toHaveProperty('given')
})

test('a workload that JSON cannot carry is found again by the whole search', () => {
  expect(replayCommand('Test_X', found({ n: 1n }), { planFile: 'p.json' })).toBe('npx stuntdouble run Test_X --seed 3')
})

test('a replay file holds all that the run is made of', () => {
  expect(replayFileOf('Test_X', found({ moves: 1 }))).toEqual({
    scenario: 'Test_X',
    seed: 7,
    given: { moves: 1 },
    plan: counterexample().plan,
  })
})
