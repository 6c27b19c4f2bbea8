import type { Progress } from '../explore/types.ts'
import { renderCoverage } from '../report/coverage.ts'
import type { Problem, RunDocument, ScenarioReport } from '../report/document.ts'
import { renderProgress, renderTotals } from '../report/progress.ts'
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
  const { out, live } = options
  return {
    progress: (progress) => live.show(progress.scenario, () => renderProgress(progress, options)),
    finished: (report, planFile) => {
      live.drop(report.scenario)
      live.clear()
      out(`${render(report, planFile)}\n\n`)
    },
    problem: (problem) => {
      if (problem.scenario !== null) live.drop(problem.scenario)
      live.clear()
      out(`${problemInWords(problem, options)}\n\n`)
    },
    ended: (document) => {
      live.clear()
      out(`${renderTotals(document.totals, options)}\n`)
    },
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
    ended: (document) => {
      options.out(['', ...failures, renderTotals(document.totals, options), ''].join('\n\n').replace(/\n\n$/, '\n'))
    },
  }
}

function json({ out, live, ...options }: PresenterOptions): Presenter {
  return {
    progress: (progress) => live.show(progress.scenario, () => renderProgress(progress, options)),
    finished: (report) => live.drop(report.scenario),
    problem: () => {},
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
