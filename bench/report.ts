import { availableParallelism, cpus, loadavg } from 'node:os'
import type { MemoryFigures } from './memory.ts'
import type { PartFigure } from './parts.ts'
import type { Comparison, Figure, Spread } from './rounds.ts'
import type { StartFigure } from './servers/start-figures.ts'

/** Where and when it was measured. */
export interface Circumstances {
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly startedAt: string
  /** One-minute load of the machine; this benchmark itself is about 1 of it. */
  readonly loadBefore: number
  readonly loadAfter: number
}

/** Everything that one run of the benchmark found. */
export interface BenchReport {
  readonly circumstances: Circumstances
  /** True for `--quick`: then no figure means anything. */
  readonly quick: boolean
  readonly figures: readonly Figure[]
  readonly starts: readonly StartFigure[]
  readonly parts: readonly PartFigure[]
  readonly memory: MemoryFigures | undefined
  /** A line on each contestant that was left out, and why. */
  readonly skipped: readonly string[]
}

/** The circumstances at the start; `loadAfter` is yet to come. */
export function circumstancesNow(): Circumstances {
  const [load = 0] = loadavg()
  return {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    startedAt: new Date().toISOString(),
    loadBefore: load,
    loadAfter: load,
  }
}

/** The same, at the end. */
export function withLoadAfter(circumstances: Circumstances): Circumstances {
  const [loadAfter = 0] = loadavg()
  return { ...circumstances, loadAfter }
}

/** The report as Markdown, for terminals and for the README. */
export function inWords(report: BenchReport): string {
  const { circumstances, quick, figures, starts, parts, memory, skipped } = report
  const { node, cpu, cores, startedAt, loadBefore, loadAfter } = circumstances
  const blocks = [
    `Node ${node}, ${cores} × ${cpu}, ${startedAt}, load ${loadBefore.toFixed(1)} → ${loadAfter.toFixed(1)}`,
    ...(quick ? ['Quick rounds: these figures mean nothing.'] : []),
    ...(figures.length > 0 ? [tableOf(figures)] : []),
    ...(starts.length > 0 ? [startsTableOf(starts)] : []),
    ...(parts.length > 0 ? [partsTableOf(parts)] : []),
    ...(memory ? [memoryInWords(memory)] : []),
    ...(skipped.length > 0 ? [skipped.join('\n')] : []),
  ]
  return `${blocks.join('\n\n')}\n`
}

function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, what, unit, perSecond, cpuMicros, against, virtualOverReal, target }) => [
    `${name}: ${what}`,
    `${spread(perSecond)} ${unit}/s`,
    target === undefined ? '' : `≥ ${rounded(target)}`,
    spread(cpuMicros),
    against.map(inTimes).join('; '),
    virtualOverReal ? spread(virtualOverReal) : '',
  ])
  const head = [
    'what',
    'rate: median (quartiles)',
    'target',
    'µs of CPU per exchange',
    'against another in the same round',
    'virtual ÷ real',
  ]
  return markdown(head, rows)
}

function inTimes({ name, times, target }: Comparison): string {
  return `${spread(times)} × ${name}${target === undefined ? '' : `, target ≥ ${target}`}`
}

function startsTableOf(starts: readonly StartFigure[]): string {
  const rows = starts.map(({ name, what, ms, cpuMs, target }) => [
    `${name}: ${what}`,
    `${spread(ms)} ms`,
    target === undefined ? '' : `≤ ${target}`,
    spread(cpuMs),
  ])
  return markdown(['what', 'spawned to first answer: median (quartiles)', 'target', 'ms of CPU'], rows)
}

function partsTableOf(parts: readonly PartFigure[]): string {
  const rows = parts.map(({ what, micros, spread: half }) => [what, `${rounded(micros)} ± ${rounded(half)}`])
  return markdown(['part', 'µs'], rows)
}

function memoryInWords({ exchanges, tenths, bytesPerExchange, longWorld }: MemoryFigures): string {
  const megabytes = tenths.map((bytes) => (bytes / 1e6).toFixed(1)).join(', ')
  return [
    `Memory over ${rounded(exchanges)} exchanges in worlds that follow each other, MB after each tenth: ${megabytes};`,
    `${bytesPerExchange.toFixed(2)} bytes per exchange stay.`,
    `One world with ${rounded(longWorld.exchanges)} exchanges keeps ${rounded(longWorld.heapPerExchange)} bytes of heap and`,
    `${rounded(longWorld.buffersPerExchange)} bytes of buffers for each, as long as it is there.`,
  ].join('\n')
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function spread({ median, low, high }: Spread): string {
  return `${rounded(median)} (${rounded(low)}–${rounded(high)})`
}

function rounded(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude >= 10_000) return `${(value / 1_000).toFixed(1)} k`
  return value.toFixed(magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2)
}
