import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { listDocument } from '../../src/cli/list.ts'
import { type Ended, msMax, project, removeTemporaries, stuntdouble, temporaryDirectory } from './bin.ts'

vi.setConfig({ testTimeout: msMax, hookTimeout: msMax })

afterAll(removeTemporaries)

let suite: string
let odd: string

beforeAll(() => {
  suite = project('suite')
  odd = project('odd')
  writeFileSync(join(suite, 'throws.config.ts'), "throw new Error('the plug is out')\n")
  writeFileSync(join(suite, 'broken.json'), '{"faults":[')
  writeFileSync(join(suite, 'replay.json'), '{"scenario":"Test_X","seed":1.5,"plan":{"faults":[]}}')
})

const faultOn = (on: object, fault = 'reply-lost'): string => JSON.stringify({ faults: [{ fault, on }] })
const hint = '"stuntdouble run --help" lists the flags.\n'

test.each([
  ['a flag that there is not', ['run', '--sed', '1'], `error: unknown option '--sed'\n(Did you mean --seed?)\n${hint}`],
  [
    'a command that there is not',
    ['rum'],
    'error: unknown command \'rum\'\n(Did you mean run?)\n"stuntdouble --help" lists the commands.\n',
  ],
  [
    'a seed that is no number',
    ['run', '--seed', '1e3'],
    "error: option '--seed <n>' argument '1e3' is invalid. Give a whole number.\n",
  ],
  [
    'less than no runs',
    ['run', '--runs', '-1'],
    "error: option '--runs <n>' argument '-1' is invalid. Give a whole number from 0 on.\n",
  ],
  [
    'no time at all',
    ['run', '--budget', '0'],
    "error: option '--budget <seconds>' argument '0' is invalid. Give a whole number from 1 on.\n",
  ],
  ['a flag without its value', ['run', '--seed'], "error: option '--seed <n>' argument missing\n"],
  [
    'a plan, and a search',
    ['run', '--plan', '{"faults":[]}', '--runs', '4'],
    "error: option '--plan <file|json>' cannot be used with option '--runs <n>'\n",
  ],
  [
    'a workload without a plan',
    ['run', '--given', '{}'],
    'error: --given is the workload of one run, so it needs --plan.',
  ],
  [
    'a workload that is no JSON',
    ['run', '--plan', '{"faults":[]}', '--given', '{'],
    'error: The workload of --given is no JSON: ',
  ],
  [
    'two reporters for one stdout',
    ['run', '--reporter', 'dot', '--json'],
    'error: The reporters json and dot both write to stdout: choose one.\n',
  ],
  ['a root that is not there', ['run', '--root', '/no/such'], 'error: --root: there is no /no/such.\n'],
  ['a directory that is a file', ['run', '--dir', 'shop.ts'], 'error: --dir: '],
  ['a config that is not there', ['run', '--config', 'no.ts'], 'error: --config: there is no '],
  [
    'a plan file that is not there',
    ['run', '--plan', 'no.json'],
    'error: --plan no.json: there is no such file. It takes a file, or JSON: ',
  ],
  ['a plan file that is no JSON', ['run', '--plan', 'broken.json'], 'error: broken.json is no JSON: '],
  [
    'a replay file with a wrong seed',
    ['run', '--plan', 'replay.json'],
    'error: replay.json is no replay file: ✖ Invalid input: expected int, received number\n  → at seed\n',
  ],
  [
    'a fault that there is not',
    ['run', '--plan', faultOn({ provider: 'acme' }, 'reply-lst')],
    'error: The plan of --plan does not fit:\n  faults[0].fault: got "reply-lst", which is no fault. Did you mean "reply-lost"?',
  ],
  ['a plan without faults', ['run', '--plan', '{}'], 'error: The plan of --plan does not fit:\n  faults: '],
])('%s is refused before anything runs, in one message', async (_, args, message) => {
  const ended = await stuntdouble(args, { cwd: suite })
  expect(ended).toMatchObject({ code: 2, stdout: '' })
  expect(ended.stderr.slice(0, message.length)).toBe(message)
  expect(ended.stderr).not.toMatch(/^ {4}at /m)
})

test.each([
  [
    'a name that selects nothing',
    ['run', 'Test_RetryMakesNoTwinn'],
    'error: No scenario or scenario file is called "Test_RetryMakesNoTwinn". Did you mean "Test_RetryMakesNoTwin"? "stuntdouble run --list" names all 4.\n',
  ],
  [
    'a plan that may be for several scenarios',
    ['run', '--plan', '{"faults":[]}', 'chance*'],
    'error: A plan is for one scenario. chance* selects Test_NoSeasonMakesATwin, Test_ShoppersInTurnAreServed.\n',
  ],
  [
    'a reporter that there is not',
    ['run', '--reporter', 'junti'],
    'error: --reporter junti: there is no such reporter. Did you mean "junit"? Known: default, verbose, dot, json, ',
  ],
  ['a config that throws', ['run', '--config', 'throws.config.ts'], 'error: Vitest did not start: the plug is out\n'],
])('%s is refused, in one message', async (_, args, message) => {
  const ended = await stuntdouble(args, { cwd: suite })
  expect(ended).toMatchObject({ code: 2, stdout: '' })
  expect(ended.stderr.slice(0, message.length)).toBe(message)
})

test.each([
  [
    'provider',
    { provider: 'acne' },
    'faults[0].on.provider: got "acne", which is no provider. Did you mean "acme"? Known: acme.',
  ],
  [
    'operation',
    { provider: 'acme', operation: 'redeem' },
    'faults[0].on.operation: got "redeem", which is no operation of acme. Did you mean "redeemCode"?',
  ],
])('a plan for a %s that the scenario does not have is refused with the nearest', async (_, on, message) => {
  const args = ['run', 'Test_RetryMakesNoTwin', '--plan', faultOn(on)]
  const { code, stdout } = await stuntdouble(args, { cwd: suite })
  expect(code).toBe(2)
  expect(stdout).toContain(
    `✗ Test_RetryMakesNoTwin  scenarios/Test_RetryMakesNoTwin.scenario.ts\n  Could not be judged:\n`,
  )
  expect(stdout).toContain(message)
})

test('a project without any scenario is told where it was looked', async () => {
  const cwd = temporaryDirectory()
  mkdirSync(join(cwd, 'scenarios'))
  const ended = await stuntdouble(['run'], { cwd })
  expect(ended).toMatchObject({ code: 2, stdout: '' })
  expect(ended.stderr).toMatch(
    /^error: There is no \*\.scenario\.ts file in .*scenarios\. --dir says where else to look\.\n$/,
  )
})

test('one name in two files is refused: nobody could say which of them a command means', async () => {
  const ended = await stuntdouble(['run'], { cwd: project('twins') })
  expect(ended).toMatchObject({
    code: 2,
    stderr:
      'error: Test_TwoFilesOneName stands in a.scenario.ts and in b.scenario.ts. A name is for one claim: rename one.\n',
  })
})

describe('a suite with files that cannot be judged', () => {
  let run: Ended
  let problems: ReadonlyMap<string, string>

  beforeAll(async () => {
    run = await stuntdouble(['run', '--runs', '5'], { cwd: odd })
    const blocks = run.stdout.split('\n\n').filter((block) => block.includes('Could not be judged:'))
    problems = new Map(
      blocks.map((block) => {
        const [head = '', ...rest] = block.split('\n')
        return [head.slice(2), rest.slice(1).join('\n').trim()]
      }),
    )
  })

  test('exits with 2, and runs what it can', () => {
    expect(run).toMatchObject({ code: 2, stderr: '' })
    expect(run.stdout).toContain('✓ Test_CodesOfSpringAreRedeemed')
    expect(run.stdout).toMatch(/^3 scenarios: 2 held, 5 problems {2}/m)
    expect(problems.size).toBe(5)
  })

  test.each([
    ['throws.scenario.ts', 'RangeError: no code for this season (at throws.scenario.ts:5:9)'],
    ['empty.scenario.ts', "It holds no scenario. Export one: export default scenario('Test_…', { … })"],
    ['killed.scenario.ts', 'Its process ended before it did: signal SIGKILL.'],
    [
      'misnamed.scenario.ts',
      'Scenario name: got "codes are redeemed once"; must be Test_ and a claim in one word, as in "Test_CardReachesItsListOnce". (at misnamed.scenario.ts:4:16)',
    ],
    [
      'Test_ThrowsWithoutAnyFault  fails-without-fault.scenario.ts',
      'play of Test_ThrowsWithoutAnyFault threw without any fault: TypeError: this shop is closed. Put what may fail into an intent. (at fails-without-fault.scenario.ts:10:15)',
    ],
  ])('says of %s what is wrong, and where, in one message', (name, message) => {
    expect(problems.get(name)).toBe(message)
  })
})

test('a name that stands in a comment only is no scenario', async () => {
  const { code, stdout } = await stuntdouble(['run', 'Test_CodesAreSeasonal'], { cwd: odd })
  expect(code).toBe(2)
  expect(stdout).toContain(
    '✗ Test_CodesAreSeasonal  renamed.scenario.ts\n  Could not be judged:\n  The file names it and does not declare it.\n',
  )
})

test('a computed name is found by loading the files', async () => {
  const { code, stdout } = await stuntdouble(['run', 'Test_CodesOfWinter*', '--runs', '0'], { cwd: odd })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^1 scenario: 1 held {2}/m)
})

test('--list names scenarios, files and claims, and runs none', async () => {
  const { code, stdout } = await stuntdouble(['run', '--list'], { cwd: suite })
  expect(code).toBe(0)
  expect(stdout).toBe(`\
Test_CodeIsRedeemedOnce  scenarios/Test_CodeIsRedeemedOnce.scenario.ts
  a shopper redeems a code once, whatever the network loses.
Test_RetryMakesNoTwin  scenarios/Test_RetryMakesNoTwin.scenario.ts
  a retry redeems no second time, however many shoppers there are.
Test_NoSeasonMakesATwin  scenarios/chance.scenario.ts
  no season makes a twin.
Test_ShoppersInTurnAreServed  scenarios/chance.scenario.ts
  one shopper after the other gets a redemption.
`)
})

test('--list --json prints one document of the published schema, with what could not be loaded', async () => {
  const { code, stdout, stderr } = await stuntdouble(['run', '--list', '--json'], { cwd: odd })
  expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
  const { scenarios, problems } = listDocument.parse(JSON.parse(stdout))
  expect(scenarios.map(({ scenario }) => scenario)).toEqual([
    'Test_ThrowsWithoutAnyFault',
    'Test_ProcessIsKilled',
    'Test_CodesOfSpringAreRedeemed',
    'Test_CodesOfWinterAreRedeemed',
  ])
  expect(problems.map(({ file }) => file)).toEqual(['empty.scenario.ts', 'misnamed.scenario.ts', 'throws.scenario.ts'])
})
