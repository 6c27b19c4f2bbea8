import { inject, test } from 'vitest'
import { type LapResult, measured } from '../rounds.ts'
import { cases, exchangesPerSuite, type SuiteCase } from './cases.ts'
import { runInWorld } from './in-a-world.ts'
import { runWithMsw, startMsw } from './with-msw.ts'

const counts = inject('counts')
const suitesPerLap = 4

test('the same suite, side by side', { timeout: 600_000 }, async ({ task, expect }) => {
  const lap = (run: (suiteCase: SuiteCase) => Promise<number>) => async (): Promise<LapResult> => {
    let exchanges = 0
    for (let suite = 0; suite < suitesPerLap; suite++) {
      for (const suiteCase of cases) exchanges += await run(suiteCase)
    }
    expect(exchanges).toBe(suitesPerLap * exchangesPerSuite)
    return { virtualMs: 0 }
  }
  const common = { unit: 'suites', count: suitesPerLap, exchanges: exchangesPerSuite }
  const stopMsw = startMsw()
  // MSW puts its own fetch in the place of Node's; a world takes over whatever fetch there is and gives it back.
  try {
    const what = `${cases.length} tests, ${exchangesPerSuite} exchanges`
    task.meta.figures = await measured(
      [
        { ...common, name: 'suite-msw', what: `${what}: Vitest’s fake timers, MSW`, lap: lap(runWithMsw) },
        {
          ...common,
          name: 'suite-world',
          what: `${what}: a world per test`,
          against: [{ name: 'suite-msw' }],
          lap: lap(runInWorld),
        },
      ],
      counts,
    )
  } finally {
    stopMsw()
  }
})
