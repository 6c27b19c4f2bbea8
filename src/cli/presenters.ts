import type { Progress } from '../explore/types.ts'
import { renderCoverage } from '../report/coverage.ts'
import type { Problem, RunDocument, ScenarioReport } from '../report/document.ts'
import { renderProgress, renderRecap, renderTotals } from '../report/progress.ts'
import { renderReplay, renderResult } from '../report/result.ts'
import { painter, type RenderOptions } from '../report/words.ts'
import type { LiveLines } from './terminal.ts'

/** Our own reporters, by the name that `--reporter` takes. */
export const presenterNames = ['default', 'verbose', 'dot', 'json'] as const

/** Name of one of our own reporters. */
export type PresenterName = (typeof presenterNames)[number]

/** Shows what happens while it happens, and what came of it. */
export interface Presenter {
  progress(progress: Progress): void
  /** @param planFile  Path of the replay file that was written for its counterexample. */
  finished(report: ScenarioReport, planFile: string | undefined): void
  problem(problem: Problem): void
  /** Nothing more will come. */
  interrupted(): void
  ended(document: RunDocument): void
}

/** What a presenter works with. */
export interface PresenterOptions extends RenderOptions {
  /** Writes results. */
  readonly out: (text: string) => void
  /** Progress, wherever it is shown. */
  readonly live: LiveLines
  /** Flags of the search that a replay needs too. */
  readonly flags: readonly string[]
}

const timelineLinesMax = 60

/** Makes one of our own reporters. */
export function presenterNamed(name: PresenterName, options: PresenterOptions): Presenter {
  switch (name) {
    case 'default':
      return inFull(options, (report, planFile) => resultOf(report, planFile, options, timelineLinesMax))
    case 'verbose':
      return inFull(options, (report, planFile) =>
        [resultOf(report, planFile, options, undefined), ...coverageOf(report, options)].join('\n\n'),
      )
    case 'dot':
      return dots(options)
    case 'json':
      return json(options)
  }
}

function inFull(
  options: PresenterOptions,
  render: (report: ScenarioReport, planFile: string | undefined) => string,
): Presenter {
  const { live } = options
  const block = blocks(options.out)
  return {
    progress: (progress) => live.show(progress.scenario, () => renderProgress(progress, options)),
    finished: (report, planFile) => {
      live.drop(report.scenario)
      live.clear()
      const rendered = render(report, planFile)
      // What held takes two lines; whatever is longer stands apart.
      block(rendered, rendered.split('\n').length > 2)
    },
    problem: (problem) => {
      if (problem.scenario !== null) live.drop(problem.scenario)
      live.clear()
      block(problemInWords(problem, options), true)
    },
    interrupted: () => live.clear(),
    ended: (document) => {
      live.clear()
      block([...renderRecap(document, options), renderTotals(document.totals, options)].join('\n'), true)
    },
  }
}

/** Prints blocks of lines, with a blank line around those that stand apart. */
function blocks(out: (text: string) => void): (text: string, apart: boolean) => void {
  let before: 'nothing' | 'close' | 'apart' = 'nothing'
  return (text, apart) => {
    const gap = before === 'apart' || (apart && before === 'close') ? '\n' : ''
    before = apart ? 'apart' : 'close'
    out(`${gap}${text}\n`)
  }
}

/** One character a scenario while they run; failures in full once all have ended. */
function dots(options: PresenterOptions): Presenter {
  const paint = painter(options.color)
  const failures: string[] = []
  return {
    progress: () => {},
    finished: (report, planFile) => {
      const held = report.verdict === 'held'
      options.out(held ? paint('good', '·') : paint('bad', 'x'))
      if (!held) failures.push(resultOf(report, planFile, options, timelineLinesMax))
    },
    problem: (problem) => {
      options.out(paint('bad', '!'))
      failures.push(problemInWords(problem, options))
    },
    interrupted: () => options.out('\n'),
    ended: (document) => {
      const last = [...renderRecap(document, options), renderTotals(document.totals, options)].join('\n')
      options.out(`\n\n${[...failures, last].join('\n\n')}\n`)
    },
  }
}

function json(options: PresenterOptions): Presenter {
  const { out, live } = options
  return {
    progress: (progress) => live.show(progress.scenario, () => renderProgress(progress, options)),
    finished: (report) => live.drop(report.scenario),
    problem: () => {},
    interrupted: () => live.clear(),
    ended: (document) => {
      live.clear()
      out(`${JSON.stringify(document, null, 2)}\n`)
    },
  }
}

function resultOf(
  report: ScenarioReport,
  planFile: string | undefined,
  options: PresenterOptions,
  linesMax: number | undefined,
): string {
  if (report.mode === 'replay' && report.run) return renderReplay(report, report.run, options)
  return renderResult(report, { ...options, planFile, linesMax })
}

function coverageOf(report: ScenarioReport, options: PresenterOptions): string[] {
  return report.coverage.length === 0 ? [] : [renderCoverage(report, options)]
}

/** A problem on its own lines: what could not be judged, and why. */
export function problemInWords({ file, scenario, message }: Problem, { color }: RenderOptions): string {
  const paint = painter(color)
  const what = scenario ?? file ?? 'Outside of any scenario'
  const where = scenario !== null && file !== null ? `  ${paint('quiet', file)}` : ''
  const lines = message.split('\n').map((line) => `  ${line}`)
  return [`${paint('bad', '✗')} ${paint('strong', what)}${where}`, '  Could not be judged:', ...lines].join('\n')
}
