import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { runBusySubject, works } from './busy-subject.ts'

const runsInOneProcess = 200
const processes = 5
const seed = 20_260_105

const run = promisify(execFile)

async function fingerprintInFreshProcess(): Promise<string> {
  const file = fileURLToPath(new URL('busy-process.ts', import.meta.url))
  const { stdout } = await run(process.execPath, ['--conditions=stuntdouble-source', file, String(seed)])
  return stdout
}

describe('a world with a subject that does everything at once', { timeout: 120_000 }, () => {
  test(`gives one fingerprint in ${runsInOneProcess} runs of one process and in ${processes} fresh ones`, async () => {
    const fingerprints = new Set<string>()
    for (let count = 0; count < runsInOneProcess; count++) fingerprints.add((await runBusySubject(seed)).fingerprint)
    for (let count = 0; count < processes; count++) fingerprints.add(await fingerprintInFreshProcess())
    expect([...fingerprints]).toHaveLength(1)
  })

  test('gives another fingerprint for another seed', async () => {
    const fingerprints = new Set<string>()
    for (let other = seed; other < seed + 10; other++) fingerprints.add((await runBusySubject(other)).fingerprint)
    expect(fingerprints.size).toBe(10)
  })

  test('says that the run can be repeated', async () => {
    expect((await runBusySubject(seed)).reasons).toEqual([])
  })

  test.for(Object.keys(works))('gives one fingerprint with nothing beside the calls but %s', async (name) => {
    const fingerprints = new Set<string>()
    for (let count = 0; count < 20; count++) fingerprints.add((await runBusySubject(seed, [name])).fingerprint)
    expect(fingerprints.size).toBe(1)
  })
})
