import type { Progress } from '../explore/types.ts'
import type { Totals } from './document.ts'
import { counted, durationInWords, painter, type RenderOptions, shortened, thousands } from './words.ts'

const phases: Readonly<Record<Progress['phase'], string>> = {
  baseline: 'without faults',
  singles: 'single faults',
  random: 'random faults',
  replay: 'replay',
  shrink: 'shrinking',
}

const barWidth = 16

/** Renders how a search goes, in one line. */
export function renderProgress(progress: Progress, options: RenderOptions): string {
  const { scenario, phase, runs, runsKnown, realMs, virtualMs } = progress
  const paint = painter(options.color)
  const known = runsKnown === undefined ? '' : ` of ${thousands(runsKnown)}`
  const pace = realMs < 1 ? '' : ` · ${thousands(Math.round((runs * 1_000) / realMs))} runs/s`
  const bar = runsKnown === undefined || runsKnown === 0 ? '' : `${barOf(Math.min(1, runs / runsKnown))} `
  const tail = ` ${phases[phase]} ${bar}${thousands(runs)}${known}${pace} · ${durationInWords(virtualMs)} virtual`
  const name = shortened(scenario, Math.max(12, options.columns - tail.length - 3))
  return `${paint('warn', '◌')} ${name}${paint('quiet', shortened(tail, Math.max(0, options.columns - name.length - 3)))}`
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
