import type { Progress } from '../explore/types.ts'
import type { RunDocument, RunReport, Totals } from './document.ts'
import { counted, durationInWords, painter, type RenderOptions, shortened, thousands } from './words.ts'

const phases: Readonly<Record<Progress['phase'], string>> = {
  baseline: 'without faults',
  singles: 'single faults',
  random: 'random faults',
  replay: 'replay',
  shrink: 'shrinking',
}

const barWidth = 16

/** Renders how a search goes, in one line. Where that is too long the bar goes first, the pace next, the name last. */
export function renderProgress(progress: Progress, options: RenderOptions): string {
  const { scenario, phase, runs, runsKnown, realMs, virtualMs } = progress
  const paint = painter(options.color)
  const known = runsKnown === undefined ? '' : ` of ${thousands(runsKnown)}`
  const pace = realMs < 1 ? '' : ` · ${thousands(Math.round((runs * 1_000) / realMs))} runs/s`
  const bar = runsKnown === undefined || runsKnown === 0 ? '' : `${barOf(Math.min(1, runs / runsKnown))} `
  const tailOf = (bar: string, pace: string): string =>
    ` ${phases[phase]} ${bar}${thousands(runs)}${known}${pace} · ${durationInWords(virtualMs)} virtual`
  const tails = [tailOf(bar, pace), tailOf('', pace), tailOf('', '')]
  const room = options.columns - 3
  const tail = tails.find(({ length }) => length + scenario.length <= room) ?? tailOf('', '')
  const name = shortened(scenario, Math.max(12, room - tail.length))
  return `${paint('warn', '◌')} ${name}${paint('quiet', shortened(tail, Math.max(0, room - name.length)))}`
}

function barOf(share: number): string {
  const full = Math.round(share * barWidth)
  return '━'.repeat(full) + '─'.repeat(barWidth - full)
}

/** Renders the last line: how many scenarios held, over how many runs. */
export function renderTotals(totals: Totals, options: RenderOptions): string {
  const paint = painter(options.color)
  const verdicts = [
    ...(totals.held > 0 ? [paint('good', `${totals.held} held`)] : []),
    ...(totals.broken > 0 ? [paint('bad', `${totals.broken} broken`)] : []),
    ...(totals.problems > 0 ? [paint('bad', counted(totals.problems, 'problem'))] : []),
  ]
  const effort = `${counted(totals.runs, 'run')}, ${durationInWords(totals.virtualMs)} virtual time in ${durationInWords(totals.realMs)}`
  return `${paint('strong', counted(totals.scenarios, 'scenario'))}: ${verdicts.join(', ') || 'none ran'}  ${paint('quiet', effort)}`
}

/**
 * Renders what did not hold, one line each: in a long output, the failures are found here first.
 *
 * @returns  Nothing when all held, or when a single scenario was judged.
 */
export function renderRecap({ scenarios, problems }: RunDocument, options: RenderOptions): string[] {
  const paint = painter(options.color)
  const broken = scenarios.flatMap(({ scenario, verdict, counterexample, run }) =>
    verdict === 'held' ? [] : [{ name: scenario, ...brokenInWords(counterexample ?? run) }],
  )
  const unjudged = problems.map(({ scenario, file }) => ({
    name: scenario ?? file ?? 'outside of any scenario',
    invariants: 'could not be judged',
    faults: '',
  }))
  const rows = [...broken, ...unjudged]
  if (scenarios.length + problems.length < 2 || rows.length === 0) return []
  const widthOf = (column: 'name' | 'invariants'): number => Math.max(...rows.map((row) => row[column].length))
  return rows.map(({ name, invariants, faults }) => {
    const text = `${name.padEnd(widthOf('name'))}  ${invariants.padEnd(widthOf('invariants'))}  ${faults}`.trimEnd()
    return `${paint('bad', '✗')} ${shortened(text, options.columns - 3)}`
  })
}

function brokenInWords(run: Pick<RunReport, 'violations' | 'plan'> | null): {
  readonly invariants: string
  readonly faults: string
} {
  const invariants = new Set(run?.violations.map(({ invariant }) => invariant))
  const faults = run?.plan.faults.map(({ fault }) => fault) ?? []
  return { invariants: [...invariants].join(', '), faults: faults.join(' + ') || 'without any fault' }
}
