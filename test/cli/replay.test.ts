import { renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { explore } from '../../src/explore/explore.ts'
import type { CounterexampleReport } from '../../src/report/document.ts'
import { reportOf } from '../../src/report/report-of.ts'
import { runDocument } from '../../src/report/schema.ts'
import type { Scenario } from '../../src/scenario/types.ts'
import { msMax, node, project, removeTemporaries, shell, stuntdouble } from './bin.ts'
import { seasons } from './fixtures/suite/scenarios/chance.scenario.ts'
import retry from './fixtures/suite/scenarios/Test_RetryMakesNoTwin.scenario.ts'

vi.setConfig({ testTimeout: msMax, hookTimeout: msMax })

afterAll(removeTemporaries)

function commandIn(text: string): string {
  const [, command] = /^ *Replay +(npx stuntdouble .*)$/m.exec(text) ?? []
  if (command === undefined) throw expect.unreachable(`no replay command in:\n${text}`)
  return command
}

/** What the search for a scenario finds, in this very process: the command must find the same. */
async function foundHere(scenario: Scenario): Promise<CounterexampleReport> {
  const found = reportOf(await explore(scenario), { file: undefined, claim: undefined }).counterexample
  return found ?? expect.unreachable(`${scenario.name} holds`)
}

/** Runs a printed command, and compares with what the search found. */
async function replaysAs(command: string, cwd: string, found: CounterexampleReport): Promise<void> {
  const { code, stdout } = await shell(`${command} --json`, { cwd })
  expect(code).toBe(1)
  const [report] = runDocument.parse(JSON.parse(stdout)).scenarios
  expect(report).toMatchObject({
    mode: 'replay',
    run: { fingerprint: found.fingerprint, violations: found.violations, plan: found.plan, unused: [] },
  })
  expect(report?.run?.given).toEqual(found.given)
}

test('a counterexample found by a single fault is run again by the printed command: same journal, same violations', async () => {
  const cwd = project('suite')
  const found = await foundHere(retry)
  const command = commandIn((await stuntdouble(['run', 'Test_RetryMakesNoTwin'], { cwd })).stdout)
  await replaysAs(command, cwd, found)
  const told = await shell(command, { cwd })
  expect(told).toMatchObject({ code: 1, stderr: '' })
  expect(told.stdout).toContain(`  Journal    ${found.fingerprint}\n`)
})

test('one found at random replays too, in a root with spaces and quotes', async () => {
  const cwd = project('suite', `o'neill's "new" shop`)
  const { stdout } = await stuntdouble(['run', 'Test_NoSeasonMakesATwin'], { cwd })
  await replaysAs(commandIn(stdout), cwd, await foundHere(seasons))
})

test('the printed command works from outside of the root, whatever is in its path', async () => {
  const root = project('suite', `it's a $HOME & more`)
  const cwd = dirname(root)
  const { stdout } = await stuntdouble(['run', 'Test_RetryMakesNoTwin', '--root', basename(root)], { cwd })
  await replaysAs(commandIn(stdout), cwd, await foundHere(retry))
})

test('scenarios selected by file are replayed by name, with the place they were looked for', async () => {
  const cwd = project('suite')
  renameSync(join(cwd, 'scenarios'), join(cwd, 'claims of ours'))
  const command = commandIn((await stuntdouble(['run', 'chance.scenario', '--dir', 'claims of ours'], { cwd })).stdout)
  expect(command).toContain("run Test_NoSeasonMakesATwin --dir 'claims of ours' --seed")
  await replaysAs(command, cwd, await foundHere(seasons))
})

test('the message of a plain Vitest run carries a command that needs no file, and that replays', async () => {
  const cwd = project('suite')
  const args = ['node_modules/vitest/vitest.mjs', 'run', 'Test_RetryMakesNoTwin']
  const command = commandIn((await node(args, { cwd, env: { NO_COLOR: '1' } })).stderr)
  expect(command).toContain(`--given '{"shoppers":1}' --plan '{"faults":`)
  await replaysAs(command, cwd, await foundHere(retry))
})

test('where no replay file can be written, the report says so and the command carries the plan', async () => {
  const cwd = project('suite')
  writeFileSync(join(cwd, '.stuntdouble'), 'a file where a directory should be')
  const { code, stdout, stderr } = await stuntdouble(['run', 'Test_RetryMakesNoTwin'], { cwd })
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^warning: no replay file for Test_RetryMakesNoTwin: ENOTDIR.*\n$/),
  })
  const replayed = await shell(commandIn(stdout), { cwd })
  expect(replayed.code).toBe(1)
  expect(replayed.stdout).toContain('effects-happen-once')
})

test('a replay tells the run whether or not it holds, and a fault that never struck', async () => {
  const cwd = project('suite')
  const plan = '{"faults":[{"fault":"reply-lost","on":{"provider":"acme","operation":"redeemCode","nth":9}}]}'
  const { code, stdout } = await stuntdouble(
    ['run', 'Test_RetryMakesNoTwin', '--plan', plan, '--given', '{"shoppers":2}'],
    { cwd },
  )
  expect(code).toBe(0)
  expect(stdout).toContain('  Held       Every invariant held in this run.\n')
  expect(stdout).toContain('             reply-lost never struck: no call 9 of redeemCode of acme\n')
  expect(stdout).toContain('redeem for shopper 2  └ succeeded')
})

test('a replay file that names its scenario needs no name beside it', async () => {
  const cwd = project('suite')
  const on = { provider: 'acme', operation: 'redeemCode', nth: 1 }
  const file = { scenario: 'Test_RetryMakesNoTwin', plan: { faults: [{ fault: 'reply-lost', on }] } }
  writeFileSync(join(cwd, 'twin.json'), JSON.stringify(file))
  const { code, stdout } = await stuntdouble(['run', '--plan', 'twin.json'], { cwd })
  expect(code).toBe(1)
  expect(stdout).toMatch(/^✗ Test_RetryMakesNoTwin {2}1 run of [\d.]+ m?s virtual time in /)
})
