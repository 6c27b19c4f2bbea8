import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { runMixedSubject } from './mixed-subject.ts'

const runsInOneProcess = 200
const processes = 3
const seed = 20_260_105

const run = promisify(execFile)

async function fingerprintInFreshProcess(): Promise<string> {
  const file = fileURLToPath(new URL('mixed-process.ts', import.meta.url))
  const { stdout } = await run(process.execPath, ['--conditions=stuntdouble-source', file, String(seed)])
  return stdout
}

describe('a world with axios, got, ky, node:http, undici and fetch at once', { timeout: 120_000 }, () => {
  test(`gives one fingerprint in ${runsInOneProcess} runs of one process and in ${processes} fresh ones`, async () => {
    const fingerprints = new Set<string>()
    for (let count = 0; count < runsInOneProcess; count++) fingerprints.add((await runMixedSubject(seed)).fingerprint)
    for (let count = 0; count < processes; count++) fingerprints.add(await fingerprintInFreshProcess())
    expect([...fingerprints]).toHaveLength(1)
  })

  test('gives another fingerprint for another seed', async () => {
    const fingerprints = new Set<string>()
    for (let other = seed; other < seed + 10; other++) fingerprints.add((await runMixedSubject(other)).fingerprint)
    expect(fingerprints.size).toBe(10)
  })

  test('can be repeated, and has calls that succeed and calls that fail', async () => {
    const { reasons, statuses } = await runMixedSubject(seed)
    expect(reasons).toEqual([])
    expect(statuses.filter((status) => status.includes('succeeded')).length).toBeGreaterThan(12)
    expect(statuses.filter((status) => status.includes('failed')).length).toBeGreaterThan(1)
  })
})
