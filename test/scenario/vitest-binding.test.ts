import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import {
  checkout,
  type Ended,
  ended,
  msMax,
  node,
  project,
  removeTemporaries,
  startNode,
  temporaryDirectory,
} from '../cli/bin.ts'

vi.setConfig({ testTimeout: msMax, hookTimeout: msMax })

afterAll(removeTemporaries)

const vitest = 'node_modules/vitest/vitest.mjs'
const env = { NO_COLOR: '1' }

const outcome = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      assertionResults: z.array(
        z.object({ title: z.string(), status: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
})

async function runVitest(cwd: string, ...args: string[]) {
  const file = join(temporaryDirectory(), 'outcome.json')
  const run = await node([vitest, 'run', '--reporter=json', `--outputFile=${file}`, ...args], { cwd, env })
  const tests = outcome
    .parse(JSON.parse(readFileSync(file, 'utf8')))
    .testResults.flatMap(({ assertionResults }) => assertionResults)
  const titles = (status: string): string[] => tests.flatMap((one) => (one.status === status ? one.title : [])).sort()
  return { run, tests, passed: titles('passed'), failed: titles('failed'), skipped: titles('skipped') }
}

describe('a project whose Vitest takes scenario files for tests', () => {
  let cwd: string
  let whole: Awaited<ReturnType<typeof runVitest>>

  beforeAll(async () => {
    cwd = project('suite')
    whole = await runVitest(cwd)
  })

  test('has one test for each scenario, two of a file included, and none for one that a test imports', () => {
    expect(whole.passed).toEqual([
      'Test_CodeIsRedeemedOnce',
      'Test_ShoppersInTurnAreServed',
      'a scenario in an ordinary test is a value that can be explored',
    ])
    expect(whole.failed).toEqual(['Test_NoSeasonMakesATwin', 'Test_RetryMakesNoTwin'])
    expect(whole.run.code).toBe(1)
  })

  test('shows the whole report as the message of the test that fails, and where the scenario stands', () => {
    const [message = ''] = whole.tests.find(({ title }) => title === 'Test_RetryMakesNoTwin')?.failureMessages ?? []
    expect(message).toMatch(
      /^ClaimBroken: Test_RetryMakesNoTwin does not hold \(\d+ runs in [\d.]+ m?s\)\n\n {2}Claim {6}a retry/,
    )
    for (const label of ['Broken     effects-happen-once', 'Faults     { "faults": [', 'Timeline', 'Replay     npx']) {
      expect(message).toContain(`\n  ${label}`)
    }
    expect(message.split('\n').at(-1)).toMatch(/^ {4}at .*scenarios\/Test_RetryMakesNoTwin\.scenario\.ts:6:\d+/)
  })

  test('runs one scenario of a file by its name', async () => {
    const { passed, failed, run } = await runVitest(cwd, 'chance', '-t', 'Test_ShoppersInTurnAreServed')
    expect({ code: run.code, passed, failed }).toEqual({
      code: 0,
      passed: ['Test_ShoppersInTurnAreServed'],
      failed: [],
    })
  })

  test('shares its scenarios out between shards, each once', async () => {
    const shards = await Promise.all([runVitest(cwd, '--shard=1/2'), runVitest(cwd, '--shard=2/2')])
    const run = shards.flatMap(({ passed, failed }) => [...passed, ...failed])
    expect(run.toSorted()).toEqual([...whole.passed, ...whole.failed].toSorted())
    expect(shards.every(({ tests }) => tests.length > 0)).toBe(true)
  })

  test('does not try a claim again that does not hold, whatever its retries', async () => {
    const { tests } = await runVitest(cwd, 'Test_RetryMakesNoTwin', '--retry=3')
    expect(tests.map(({ failureMessages }) => failureMessages.length)).toEqual([1])
  })
})

test('a scenario that is watched runs again when its file changes', async () => {
  const cwd = project('suite')
  const file = join(cwd, 'scenarios/Test_CodeIsRedeemedOnce.scenario.ts')
  const child = startNode([vitest, 'watch', 'Test_CodeIsRedeemedOnce'], { cwd, env })
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  const end: Promise<Ended> = ended(child)
  try {
    await expect.poll(() => output, { timeout: 20_000 }).toContain('Waiting for file changes')
    expect(output).toMatch(/Tests +1 passed/)
    appendFileSync(file, '\n// Changed.\n')
    await expect.poll(() => output, { timeout: 20_000 }).toContain('RERUN')
    await expect.poll(() => output.match(/Tests +1 passed/g)?.length, { timeout: 20_000 }).toBe(2)
  } finally {
    child.kill('SIGTERM')
    await end
  }
})

test('outside of Vitest a scenario is a plain value', async () => {
  const cwd = project('suite')
  writeFileSync(
    join(cwd, 'plain.ts'),
    `import { explore } from '${checkout}/src/explore/explore.ts'
     import retry from './scenarios/Test_RetryMakesNoTwin.scenario.ts'
     const { passed, counterexample } = await explore(retry)
     console.log(retry.name, passed, counterexample?.plan.faults.map(({ fault }) => fault).join())`,
  )
  const { code, stdout, stderr } = await node(['plain.ts'], { cwd })
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'Test_RetryMakesNoTwin false reply-lost\n', stderr: '' })
})
