import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { RunDocument } from '../../src/report/document.ts'
import { runDocument } from '../../src/report/schema.ts'
import { type Ended, msMax, project, removeTemporaries, stuntdouble } from './bin.ts'

vi.setConfig({ testTimeout: msMax, hookTimeout: msMax })

afterAll(removeTemporaries)

let root: string
let whole: Ended
let lines: readonly string[]

beforeAll(async () => {
  root = project('suite')
  whole = await stuntdouble(['run', '--runs', '40'], { cwd: root })
  lines = whole.stdout.split('\n')
})

const after = (label: string): string => lines.find((line) => line.startsWith(`  ${label} `))?.slice(13) ?? ''

test('a suite in which a claim does not hold exits with 1, and says all on stdout', () => {
  expect(whole).toMatchObject({ code: 1, stderr: '' })
})

test('a scenario that holds says in two lines its runs, its singles, its virtual and its real time', () => {
  const at = lines.findIndex((line) => line.startsWith('✓ Test_CodeIsRedeemedOnce'))
  expect(lines[at]).toMatch(/^✓ Test_CodeIsRedeemedOnce {2}\d+ runs in [\d.]+ m?s, \d+ h( \d+ min)? virtual$/)
  expect(lines[at + 1]).toMatch(
    /^ {2}(\d+) of \1 single faults at \d+ strike points, \d of them revealed · 40 random runs$/,
  )
})

test('a scenario that is broken tells its claim, the invariant, the smallest plan as JSON, and the seed', () => {
  const start = lines.findIndex((line) => line.startsWith('✗ Test_RetryMakesNoTwin'))
  const report = lines.slice(
    start,
    lines.findIndex((line, index) => index > start && line.startsWith('  Replay')),
  )
  expect(report).toContain('  Claim      a retry redeems no second time, however many shoppers there are.')
  expect(report.find((line) => line.startsWith('  Broken'))).toMatch(
    /^ {2}Broken {5}effects-happen-once, at 00:00\.\d{3}$/,
  )
  expect(report).toContain('  Seed       1')
  const faults = report.findIndex((line) => line.startsWith('  Faults'))
  const plan: unknown = JSON.parse(
    report
      .slice(faults, faults + 3)
      .join('\n')
      .slice('  Faults '.length),
  )
  expect(plan).toEqual({
    faults: [{ fault: 'reply-lost', on: { provider: 'acme', operation: 'redeemCode', nth: 1 } }],
  })
})

test('the timeline of a broken scenario shows the fault, the effects and where the invariant broke, in order', () => {
  const start = lines.findIndex((line) => line.startsWith('✗ Test_RetryMakesNoTwin'))
  const timeline = lines.slice(lines.findIndex((line, index) => index > start && line.startsWith('  Timeline')))
  const told = [
    '┌ starts',
    '⚡ reply-lost',
    '✚ redeemCode',
    'connection reset',
    '→ redeemCode #2',
    '✚ redeemCode',
    '✗ effects-',
  ]
  let at = 0
  for (const text of told) {
    const found = timeline.findIndex((line, index) => index > at && line.includes(text))
    expect(found, text).toBeGreaterThan(at)
    at = found
  }
})

test('what did not hold stands once more at the end, one line each, above the totals', () => {
  const end = lines.slice(-4)
  expect(end.slice(0, 2).toSorted()).toEqual([
    '✗ Test_NoSeasonMakesATwin  effects-happen-once  reply-lost',
    '✗ Test_RetryMakesNoTwin    effects-happen-once  reply-lost',
  ])
  expect(end[2]).toMatch(/^4 scenarios: 2 held, 2 broken {2}\d+ runs, \d+ h \d+ min virtual time in [\d.]+ s$/)
})

test('a scenario that only one workload breaks is found at random, and made as small as it gets', () => {
  expect(after('Given')).not.toBe('')
  expect(lines).toContain('  Given      {"season":"monsoon"}')
})

test('nothing is printed in colour where nobody watches, and no line ends in a space', () => {
  expect(whole.stdout).not.toContain('\u001b')
  expect(lines.filter((line) => /\s$/.test(line))).toEqual([])
})

test('no more than one blank line follows another', () => {
  expect(whole.stdout).not.toContain('\n\n\n')
})

test('the file that replays a counterexample holds all that its run is made of', () => {
  const file = join(root, '.stuntdouble/replay/Test_RetryMakesNoTwin.json')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    scenario: 'Test_RetryMakesNoTwin',
    seed: 1,
    given: { shoppers: 1 },
    plan: { faults: [{ fault: 'reply-lost', on: { provider: 'acme', operation: 'redeemCode', nth: 1 } }] },
  })
  expect(existsSync(join(root, '.stuntdouble/replay/Test_CodeIsRedeemedOnce.json'))).toBe(false)
})

async function asJson(...args: string[]): Promise<{ readonly ended: Ended; readonly document: RunDocument }> {
  const ended = await stuntdouble(['run', '--json', ...args], { cwd: root })
  return { ended, document: runDocument.parse(JSON.parse(ended.stdout)) }
}

test('--json prints one document of the published schema and nothing else', async () => {
  const { ended, document } = await asJson('--runs', '3')
  expect(ended).toMatchObject({ code: 1, stderr: '' })
  expect(document.passed).toBe(false)
  expect(document.totals).toMatchObject({ scenarios: 4, broken: 1, held: 3, problems: 0 })
  expect(document.scenarios.find(({ verdict }) => verdict === 'broken')).toMatchObject({
    scenario: 'Test_RetryMakesNoTwin',
    file: 'scenarios/Test_RetryMakesNoTwin.scenario.ts',
    counterexample: { phase: 'singles', seed: 1, given: { shoppers: 1 } },
  })
})

test('--seed and --runs decide on the search, and one seed finds the same twice', async () => {
  const args = ['Test_NoSeason*', '--runs', '30', '--seed', '-7']
  const [one, two, other] = await Promise.all([
    asJson(...args),
    asJson(...args),
    asJson('Test_NoSeason*', '--seed', '2'),
  ])
  const found = ({ document }: typeof one) =>
    document.scenarios.map(({ seed, runs, counterexample }) => ({ seed, runs, counterexample }))
  expect(found(one)).toEqual(found(two))
  expect(one.document.scenarios[0]?.seed).toBe(-7)
  expect(other.document.scenarios[0]?.seed).toBe(2)
  expect(other.document.scenarios[0]?.counterexample?.fingerprint).not.toBe(
    one.document.scenarios[0]?.counterexample?.fingerprint,
  )
})

test('--runs 0 searches for single faults only, and a suite that holds exits with 0', async () => {
  const { ended, document } = await asJson('Test_CodeIsRedeemedOnce', '--runs', '0')
  expect(ended.code).toBe(0)
  const [report] = document.scenarios
  expect(report?.runs).toMatchObject({ random: 0, replay: 0 })
  expect(report?.singles).toMatchObject({ tried: report?.runs.singles, known: report?.runs.singles })
  expect(report?.runs.singles).toBeGreaterThan(3)
})

test('--budget ends a search that takes longer, and says what was left out', async () => {
  const { ended, document } = await asJson('Test_ShoppersInTurnAreServed', '--runs', '1000000', '--budget', '1')
  expect(ended.code).toBe(0)
  expect(document.scenarios[0]?.cutShort).toEqual([
    expect.stringMatching(/^random: out of time, \d+ of 1000000 random/),
  ])
})

test('a reporter of Vitest stands beside ours, and writes where --output-file says', async () => {
  const args = [
    'Test_RetryMakesNoTwin',
    '--reporter',
    'default',
    '--reporter',
    'junit',
    '--output-file',
    'out/junit.xml',
  ]
  const { code, stdout } = await stuntdouble(['run', ...args], { cwd: root })
  expect(code).toBe(1)
  expect(stdout).toContain('✗ Test_RetryMakesNoTwin')
  const xml = readFileSync(join(root, 'out/junit.xml'), 'utf8')
  expect(xml).toMatch(/<testcase [^>]*name="Test_RetryMakesNoTwin"/)
  expect(xml).toMatch(/<failure [^>]*type="ClaimBroken"/)
})

test('--reporter dot shows a character for each scenario, then what broke', async () => {
  const { code, stdout } = await stuntdouble(['run', '--runs', '0', '--reporter', 'dot'], { cwd: root })
  expect(code).toBe(1)
  expect(stdout).toMatch(
    /^[·x]{4}\n\n✗ Test_RetryMakesNoTwin[\s\S]+\n\n✗ Test_RetryMakesNoTwin {2}effects-happen-once {2}reply-lost\n4 sc/,
  )
  expect(stdout.split('\n')[0]?.replaceAll('·', '')).toBe('x')
})

test('--reporter verbose adds what was tried at which operation', async () => {
  const args = ['run', 'Test_CodeIsRedeemedOnce', '--runs', '0', '--reporter', 'verbose']
  const { stdout } = await stuntdouble(args, { cwd: root })
  expect(stdout).toMatch(
    /\n\n {2}acme redeemCode {2}struck \d+ times\n {4}✓ connection-refused, reply-lost, hang\n\n1 scenario: 1 held/,
  )
})
