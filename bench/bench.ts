import { contestantsOf, type LapAmounts } from './contestants.ts'
import { memoryFigures } from './memory.ts'
import type { BenchOptions } from './options.ts'
import { inOwnProcess } from './own-process.ts'
import { partFigures } from './parts.ts'
import { type BenchReport, circumstancesNow, inWords, withLoadAfter } from './report.ts'
import { type Contestant, type Figure, measured, type RoundCounts } from './rounds.ts'
import { suiteFigures } from './suite/run-suite.ts'

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
  const wanted = contestantsOf(amounts).filter(({ name }) => {
    const [kind] = name.split('-')
    if (kind === 'floor') return only.includes('exchanges') || only.includes('runs')
    return only.includes(kind === 'runs' ? 'runs' : 'exchanges')
  })
  if (wanted.length > 0) {
    tell('Exchanges and runs …')
    figures.push(...(await measuredApart(wanted, amounts, rounds)))
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

async function measuredApart(
  contestants: readonly Contestant[],
  amounts: LapAmounts,
  rounds: RoundCounts,
): Promise<readonly Figure[]> {
  const processes = contestants.map((contestant) => inOwnProcess(contestant, amounts))
  try {
    return await measured(
      processes.map(({ contestant }) => contestant),
      rounds,
    )
  } finally {
    for (const { stop } of processes) stop()
  }
}
