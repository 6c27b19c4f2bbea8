import type { CounterexampleReport, RunReport, ScenarioReport } from './document.ts'
import { type ReplayOptions, replayCommand } from './replay.ts'
import { renderTimeline } from './timeline.ts'
import {
  clockTime,
  counted,
  durationInWords,
  type Paint,
  painter,
  type RenderOptions,
  type Tone,
  wrapped,
} from './words.ts'

/** How a result is rendered. */
export interface ResultOptions extends RenderOptions, ReplayOptions {
  /** Lines of the timeline, where that is possible without leaving out a fault or a violation. Absent: all. */
  readonly linesMax?: number | undefined
}

const labelWidth = 10
const violationsToldMax = 5

/** Renders what the search for a scenario came to: one line, what was covered, and all that a failure asks for. */
export function renderResult(report: ScenarioReport, options: ResultOptions): string {
  const paint = painter(options.color)
  const broken = report.verdict === 'broken'
  const symbol = broken ? paint('bad', '✗') : paint('good', '✓')
  const effort = `${counted(runsIn(report), 'run')} in ${durationInWords(report.realMs)}, ${durationInWords(report.virtualMs)} virtual`
  const head = `${symbol} ${paint('strong', report.scenario)}  ${paint('quiet', effort)}`
  const indented = (texts: readonly string[], tone: Tone): string[] =>
    texts.flatMap((text) => wrapped(text, Math.max(40, options.columns - 2))).map((line) => `  ${paint(tone, line)}`)
  return [
    head,
    ...indented(covered(report), 'quiet'),
    ...indented(doubts(report), 'warn'),
    ...failureOf(report, options),
  ].join('\n')
}

/** Renders one run that a plan asked for: what did not hold, what never struck, the whole timeline. */
export function renderReplay(report: ScenarioReport, run: RunReport, options: RenderOptions): string {
  const paint = painter(options.color)
  const broken = run.violations.length > 0
  const symbol = broken ? paint('bad', '✗') : paint('good', '✓')
  const effort = `1 run of ${durationInWords(run.virtualMs)} virtual time in ${durationInWords(report.realMs)}`
  const label = labels(paint, options)
  return [
    `${symbol} ${paint('strong', report.scenario)}  ${paint('quiet', effort)}`,
    '',
    ...(report.claim === null ? [] : label('Claim', report.claim)),
    ...(broken ? violationLines(run.violations, label, paint) : label('Held', 'Every invariant held in this run.')),
    ...label('Faults', planInLines(run.plan)),
    ...run.unused.map(({ fault, on }) =>
      paint('warn', `${' '.repeat(2 + labelWidth + 1)}${fault} never struck: no ${on}`),
    ),
    ...label('Seed', String(run.seed)),
    ...(run.given === undefined ? [] : label('Given', JSON.stringify(run.given))),
    ...label('Journal', run.fingerprint),
    ...run.reasons.flatMap((reason) => label('Beware', `not reproducible: ${reason}`)),
    ...timeline(run, paint, { ...options, linesMax: undefined }),
  ].join('\n')
}

/** A failure without its timeline's colours and stack traces: what a test runner shows as the error's message. */
export function renderFailure(report: ScenarioReport, options: ResultOptions): string {
  const effort = `${counted(runsIn(report), 'run')} in ${durationInWords(report.realMs)}`
  const summary = `${report.scenario} does not hold (${effort})`
  return [summary, ...failureOf(report, options)].join('\n')
}

/** Runs of a scenario over all phases, shrinking included. */
export function runsIn(report: ScenarioReport): number {
  const phases = Object.values(report.runs).reduce((sum, runs) => sum + runs, 0)
  return phases + (report.counterexample?.shrinkRuns ?? 0)
}

/** What the search covered, and what it was told to leave out. */
function covered({ runs, singles, optedOut }: ScenarioReport): string[] {
  const revealed = singles.revealed === 0 ? '' : `, ${singles.revealed} of them revealed`
  const tried = `${singles.tried} of ${counted(singles.known, 'single fault')}`
  return [
    `${tried} at ${counted(singles.strikePoints, 'strike point')}${revealed} · ${counted(runs.random, 'random run')}`,
    ...optedOut.map(({ invariant, reason }) => `without ${invariant}: ${reason}`),
  ]
}

/** Why a claim that held may not hold. */
function doubts({ verdict, singles, baseline, cutShort, unreproducible }: ScenarioReport): string[] {
  const isIdle = verdict === 'held' && singles.strikePoints === 0
  return [
    ...(verdict === 'held' && baseline.failed > 0 ? [failingAnyway(baseline)] : []),
    ...(isIdle ? ['nothing tried: it made no call and got no delivery, so there was nothing to break'] : []),
    ...cutShort.map((what) => `cut short: ${what}`),
    ...unreproducible.map((reason) => `not reproducible: ${reason}`),
  ]
}

/** That an intent is refused can be what a claim is about; that all are is more likely a mistake in the set-up. */
function failingAnyway({ intents, failed }: ScenarioReport['baseline']): string {
  if (failed < intents) {
    return `without faults, too, ${failed} of ${counted(intents, 'intent')} ${failed === 1 ? 'fails' : 'fail'}`
  }
  return `nothing proved: without faults, too, all its intents fail. --plan '{"faults":[]}' tells how`
}

function failureOf(report: ScenarioReport, options: ResultOptions): string[] {
  const { counterexample: found, run } = report
  if (report.verdict === 'held' || !found) return []
  const paint = painter(options.color)
  const label = labels(paint, options)
  return [
    '',
    ...(report.claim === null ? [] : label('Claim', report.claim)),
    ...violationLines(found.violations, label, paint),
    ...label('Found', foundInWords(found)),
    ...label('Faults', planInLines(found.plan)),
    ...label('Seed', String(found.seed)),
    ...(found.given === undefined ? [] : label('Given', JSON.stringify(found.given))),
    ...(run?.reasons ?? []).flatMap((reason) => label('Beware', `not reproducible: ${reason}`)),
    ...(run ? timeline(run, paint, options) : []),
    '',
    // Never wrapped: a command is there to be copied.
    `  ${paint('strong', 'Replay'.padEnd(labelWidth))} ${paint('call', replayCommand(report.scenario, found, options))}`,
    ...(found.givenIsJson
      ? []
      : label('', 'The whole search, since this workload is no plain JSON and cannot stand in a command.')),
  ]
}

function foundInWords(found: CounterexampleReport): string {
  const small =
    found.shrinkRuns === 0 ? '' : `, made as small as it gets in ${counted(found.shrinkRuns, 'further run')}`
  switch (found.phase) {
    case 'baseline':
      return 'without any fault: the scenario does not hold as it is'
    case 'singles':
      if (found.plan.faults.length > 1) {
        return `by a fault at a place that another fault reveals, after ${counted(found.foundAfterRuns, 'run')}${small}`
      }
      return `by a single fault, after ${counted(found.foundAfterRuns, 'run')}${small}`
    case 'random':
      return `by random faults, after ${counted(found.foundAfterRuns, 'run')}${small}`
    case 'replay':
      return 'by the plan that was given'
  }
}

/** An invariant checked after every event says the same again and again: the first time is told, the others counted. */
function violationLines(violations: RunReport['violations'], label: Label, paint: Paint): string[] {
  const distinct = [...Map.groupBy(violations, ({ invariant, message }) => `${invariant}\n${message}`).values()]
  const told = distinct.slice(0, violationsToldMax).flatMap(([first, ...others]) => {
    if (!first) return []
    const again = others.length === 0 ? '' : `, and ${counted(others.length, 'more time')}`
    const text = `${first.invariant}, at ${clockTime(first.atMs)}${again}\n${first.message}`
    return label('Broken', text, (line) => paint('bad', line))
  })
  const untold = distinct.length - violationsToldMax
  return untold > 0 ? [...told, ...label('', `… and ${counted(untold, 'further violation')}`)] : told
}

/** One fault a line, so that a person can read it; the whole is JSON. */
function planInLines({ faults }: RunReport['plan']): string {
  if (faults.length === 0) return '{ "faults": [] }'
  return `{ "faults": [\n${faults.map((fault) => `  ${JSON.stringify(fault)}`).join(',\n')}\n] }`
}

type Label = (name: string, text: string, tone?: (line: string) => string) => string[]

/** Lines with their label in a column of its own. */
function labels(paint: Paint, { columns }: RenderOptions): Label {
  const margin = 2 + labelWidth + 1
  return (name, text, tone = (line) => line) => {
    // JSON stays in one piece: it is there to be copied.
    const isJson = /^[[{]/.test(text)
    const lines = isJson ? text.split('\n') : wrapped(text, Math.max(40, columns - margin))
    return lines.map((line, index) =>
      index === 0
        ? `  ${paint('strong', name.padEnd(labelWidth))} ${tone(line)}`
        : `${' '.repeat(margin)}${tone(line)}`.trimEnd(),
    )
  }
}

function timeline(run: RunReport, paint: Paint, options: ResultOptions): string[] {
  const indent = '    '
  const rendered = renderTimeline(run, { ...options, columns: options.columns - indent.length })
  const heading = `  ${paint('strong', 'Timeline')}   ${paint('quiet', 'in virtual time since the start')}`
  return ['', heading, ...rendered.split('\n').map((line) => indent + line)]
}
