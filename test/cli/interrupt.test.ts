import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { ended, msMax, project, removeTemporaries, startStuntdouble } from './bin.ts'

vi.setConfig({ testTimeout: msMax, hookTimeout: msMax })

afterAll(removeTemporaries)

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends a search at once with %i, says so, and leaves nothing running', async (signal, code) => {
  const cwd = project('long')
  const runs = (): number => statSync(join(cwd, 'heartbeat'), { throwIfNoEntry: false })?.size ?? 0
  const child = startStuntdouble(['run', '--runs', '100000'], { cwd })
  const end = ended(child)
  await expect.poll(runs, { timeout: 20_000 }).toBeGreaterThan(20)
  child.kill(signal)
  expect(await end).toEqual({ code, signal: null, stdout: '', stderr: 'Interrupted after 0 scenarios.\n' })
  let before = -1
  const hasStopped = (): boolean => {
    const since = before
    before = runs()
    return since === before
  }
  await expect.poll(hasStopped, { interval: 200, timeout: 5_000 }).toBe(true)
})

test('a reader that has seen enough gets no stack trace, and the exit code stays', async () => {
  const child = startStuntdouble(['run', '--runs', '5'], { cwd: project('suite') })
  const end = ended(child)
  child.stdout?.once('data', () => child.stdout?.destroy())
  const { code, signal, stderr } = await end
  expect({ code, signal, stderr }).toEqual({ code: 1, signal: null, stderr: '' })
})
