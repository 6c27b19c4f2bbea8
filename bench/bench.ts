import { contestantsOf, type LapAmounts } from './contestants.ts'
import { inProcessPeers } from './in-process.ts'
import { memoryFigures } from './memory.ts'
import type { BenchOptions } from './options.ts'
import { inOwnProcess } from './own-process.ts'
import { partFigures } from './parts.ts'
import { type BenchReport, circumstancesNow, inWords, withLoadAfter } from './report.ts'
import { type Contestant, type Figure, measured, type RoundCounts } from './rounds.ts'
import { installPeers } from './servers/installed-peers.ts'
import { serverFigures } from './servers/server-figures.ts'
import { startFigures } from './servers/start-figures.ts'
import { suiteFigures } from './suite/run-suite.ts'

/** How much is done: enough for steady figures in a few minutes, or just enough to see that all of it works. */
const usual = {
  rounds: { warmups: 4, rounds: 21 },
  exchanges: 2_000,
  runs: 60,
  memory: { exchanges: 1_000_000, exchangesPerWorld: 1_000, longWorld: 50_000 },
  server: { rounds: { warmups: 3, rounds: 11 }, requests: 16_000 },
  starts: 11,
}
const tiny = {
  rounds: { warmups: 0, rounds: 2 },
  exchanges: 20,
  runs: 2,
  memory: { exchanges: 200, exchangesPerWorld: 10, longWorld: 50 },
  server: { rounds: { warmups: 0, rounds: 2 }, requests: 640 },
  starts: 1,
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
  { only, quick, peers }: BenchOptions,
  tell: (text: string) => void,
): Promise<Pick<BenchReport, 'figures' | 'starts' | 'parts' | 'memory' | 'skipped'>> {
  const { rounds, server, starts: startRounds, ...amounts } = quick ? tiny : usual
  const needsPeers = only.some((group) => group === 'in-process' || group === 'server' || group === 'start')
  const withoutPeers = !needsPeers ? undefined : peers ? installPeers(tell) : '--no-peers'
  const skipped = new Set<string>()
  const figures: Figure[] = []
  const wanted = contestantsOf(amounts).filter(({ name }) => {
    if (!isOfGroups(name, only)) return false
    if (withoutPeers === undefined || !inProcessPeers.has(name)) return true
    skipped.add(`${name} is skipped: ${withoutPeers}`)
    return false
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
  if (only.includes('server')) {
    tell('Servers …')
    const served = await serverFigures({ ...server, withoutPeers })
    figures.push(...served.figures)
    for (const line of served.skipped) skipped.add(line)
  }
  if (only.includes('start')) tell('Starts …')
  const started = only.includes('start') ? await startFigures(startRounds, withoutPeers) : { starts: [], skipped: [] }
  for (const line of started.skipped) skipped.add(line)
  return { figures, starts: started.starts, parts, memory, skipped: [...skipped] }
}

function isOfGroups(name: string, only: BenchOptions['only']): boolean {
  const [kind] = name.split('-')
  if (kind === 'floor') return only.includes('exchanges') || only.includes('runs')
  if (kind === 'mocks') return only.includes('in-process')
  return only.includes(kind === 'runs' ? 'runs' : 'exchanges')
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
