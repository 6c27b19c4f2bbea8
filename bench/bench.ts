import { floors } from './floor.ts'
import { memoryFigures } from './memory.ts'
import { startMsw } from './msw.ts'
import type { BenchOptions } from './options.ts'
import { partFigures } from './parts.ts'
import { type BenchReport, circumstancesNow, inWords, withLoadAfter } from './report.ts'
import { type Figure, measured, type RoundCounts } from './rounds.ts'
import { suiteFigures } from './suite/run-suite.ts'
import { exchanges, runs } from './worlds.ts'

/** How much is done: enough for steady figures in a few minutes, or just enough to see that all of it works. */
const usual = {
  rounds: { warmups: 4, rounds: 21 },
  exchanges: 2_000,
  runs: 60,
  memory: { exchanges: 1_000_000, exchangesPerWorld: 1_000, longWorld: 50_000 },
}
const tiny = {
  rounds: { warmups: 0, rounds: 2 },
  exchanges: 20,
  runs: 2,
  memory: { exchanges: 200, exchangesPerWorld: 10, longWorld: 50 },
}

/** Measures what was asked for, and prints it. */
export async function bench(options: BenchOptions): Promise<void> {
  const circumstances = circumstancesNow()
  const tell = (text: string): void => {
    if (!options.json) process.stderr.write(`${text}\n`)
  }
  const measurements = await measuredBy(options, tell)
  const report = { circumstances: withLoadAfter(circumstances), quick: options.quick, ...measurements }
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : inWords(report))
}

async function measuredBy(
  { only, quick }: BenchOptions,
  tell: (text: string) => void,
): Promise<Pick<BenchReport, 'figures' | 'parts' | 'memory'>> {
  const { rounds, ...amounts } = quick ? tiny : usual
  const figures: Figure[] = []
  if (only.includes('exchanges') || only.includes('runs')) {
    tell('Exchanges and runs …')
    const msw = only.includes('exchanges') ? startMsw(amounts.exchanges / 10) : undefined
    const contestants = [
      ...floors(amounts.exchanges),
      ...(msw ? [msw.contestant, ...exchanges(amounts.exchanges)] : []),
      ...(only.includes('runs') ? runs(amounts.runs) : []),
    ]
    figures.push(...(await measured(contestants, rounds).finally(() => msw?.stop())))
  }
  if (only.includes('suite')) {
    tell('The suite, on MSW and in worlds …')
    figures.push(...(await suiteFigures(rounds satisfies RoundCounts)))
  }
  if (only.includes('parts')) tell('Parts …')
  const parts = only.includes('parts') ? await partFigures(quick) : []
  if (only.includes('memory')) tell('Memory …')
  const memory = only.includes('memory') ? await memoryFigures(amounts.memory) : undefined
  return { figures, parts, memory }
}
