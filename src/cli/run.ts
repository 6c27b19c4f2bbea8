import { toolkitVersion } from '../doors/toolkit-version.ts'
import type { Problem, RunDocument, ScenarioReport } from '../report/document.ts'
import { runsIn } from '../report/result.ts'
import { counted } from '../report/words.ts'
import type { RunnerOptions } from '../scenario/vitest-channel.ts'
import { onInterrupt } from './interrupt.ts'
import { printList } from './list.ts'
import { type Presenter, presenterNamed } from './presenters.ts'
import { problemsOfSilence } from './problems.ts'
import { keepReplay } from './replay-file.ts'
import type { RunSettings } from './run-flags.ts'
import { type ScenarioFile, scenarioFilesIn } from './scenario-files.ts'
import { mustDiffer, namesRepeat, type Selection, select, unknownScenario } from './selection.ts'
import type { Streams } from './streams.ts'
import { columnsOf, liveLines, wantsColor } from './terminal.ts'
import { UsageError } from './usage-error.ts'
import { type Host, openHost } from './vitest-host.ts'

/** Longest wait between two lines of progress where nobody watches, and shortest where somebody does. */
const logEveryMs = 10_000
const liveEveryMs = 100

/**
 * Runs scenarios, or lists them.
 *
 * @returns  The exit code: 0 when every claim held, 1 when one does not, 2 when one could not be judged.
 * @throws UsageError  when there is nothing to run, or Vitest is missing
 */
export async function run(settings: RunSettings, streams: Streams): Promise<number> {
  const startedAt = performance.now()
  const files = scenarioFilesIn(settings.directory, settings.root)
  if (files.length === 0) {
    throw new UsageError(
      'scenario_missing',
      `There is no *.scenario.ts file in ${settings.directory}. --dir says where else to look.`,
    )
  }
  const host = await openHost({
    root: settings.root,
    config: settings.config,
    vitestReporters: settings.vitestReporters,
    outputFile: settings.outputFile,
    sharesStdout: settings.vitestReporters.length > 0 && settings.presenter !== 'json',
    log: streams.err,
  })
  try {
    if (settings.list) return printList(await host.collect(files), settings, streams)
    const selected = await chosen(files, settings, host)
    return await judge(selected, settings, streams, host, startedAt)
  } finally {
    await host.close()
  }
}

/**
 * Selects by the names that stand in the files' text, which costs nothing. A name may be computed, though, or stand in
 * a comment, and a plan is for exactly one scenario: then the files are loaded to learn what they declare.
 */
async function chosen(
  files: readonly ScenarioFile[],
  settings: RunSettings,
  host: Host,
): Promise<readonly Selection[]> {
  const { patterns, plan } = settings
  const quick = select(files, patterns)
  if (quick.unmatched.length === 0 && !plan && !namesRepeat(files)) return quick.selected
  const { scenarios, problems } = await host.collect(files)
  mustDiffer(scenarios)
  const known = files.map((file) => {
    const declared = scenarios.flatMap(({ scenario, file: shown }) => (shown === file.shown ? scenario : []))
    // Of a file that does not load, its text is all there is.
    return { ...file, names: problems.some((problem) => problem.file === file.shown) ? file.names : declared }
  })
  const { selected, unmatched } = select(known, patterns)
  const [unknown] = unmatched
  if (unknown !== undefined) throw unknownScenario(known, unknown)
  const names = selected.flatMap((selection) => (selection.names === 'all' ? selection.file.names : selection.names))
  if (plan && names.length > 1) {
    const asked = patterns.length === 0 ? 'No name was given, and there are' : `${patterns.join(', ')} selects`
    throw new UsageError('scenario_ambiguous', `A plan is for one scenario. ${asked} ${names.join(', ')}.`)
  }
  return selected
}

async function judge(
  selected: readonly Selection[],
  settings: RunSettings,
  streams: Streams,
  host: Host,
  startedAt: number,
): Promise<number> {
  const reports: ScenarioReport[] = []
  const problems: Problem[] = []
  const presenter = presenterFor(settings, streams)
  const tellProblem = (problem: Problem): void => {
    problems.push(problem)
    presenter?.problem(problem)
  }
  const stopListening = onInterrupt(() => {
    presenter?.interrupted()
    streams.err(`Interrupted after ${counted(reports.length, 'scenario')}.\n`)
  })
  await host.run(selected, runnerOptionsOf(settings), {
    progress: (progress) => presenter?.progress(progress),
    finished: (report) => {
      reports.push(report)
      const kept = keepReplay(report, { root: settings.root, cwd: streams.cwd })
      presenter?.finished(report, kept.path)
      if ('why' in kept) streams.err(`warning: no replay file for ${report.scenario}: ${kept.why}\n`)
    },
    problem: tellProblem,
  })
  stopListening()
  for (const problem of problemsOfSilence(selected, reports, problems)) tellProblem(problem)
  const document = documentOf(reports, problems, performance.now() - startedAt)
  presenter?.ended(document)
  if (problems.length > 0) return 2
  return document.passed ? 0 : 1
}

function presenterFor(settings: RunSettings, streams: Streams): Presenter | undefined {
  if (!settings.presenter) return undefined
  const asJson = settings.presenter === 'json'
  const color = wantsColor({ flag: settings.color, env: streams.env, isTty: streams.isTty })
  // Whoever reads JSON watches stderr on a terminal at most.
  const quiet = asJson && !streams.errIsTty
  return presenterNamed(settings.presenter, {
    color,
    get columns() {
      return columnsOf(streams)
    },
    out: streams.out,
    live: liveLines({
      write: quiet ? () => {} : streams.err,
      isTty: streams.errIsTty,
      now: () => performance.now(),
      intervalMs: streams.errIsTty ? liveEveryMs : logEveryMs,
    }),
    flags: settings.placeFlags,
  })
}

function runnerOptionsOf({ root, seed, runs, realMsMax, plan, given }: RunSettings): RunnerOptions {
  const usedSeed = seed ?? plan?.seed
  const workload = given ?? plan?.given
  return {
    root,
    ...(usedSeed !== undefined && { seed: usedSeed }),
    ...(runs !== undefined && { runs }),
    ...(realMsMax !== undefined && { realMsMax }),
    ...(plan && { plan: plan.plan }),
    ...(workload && { given: workload.value }),
  }
}

function documentOf(scenarios: readonly ScenarioReport[], problems: readonly Problem[], realMs: number): RunDocument {
  const held = scenarios.filter(({ verdict }) => verdict === 'held').length
  const judgedNot = problems.filter(({ scenario }) => scenario !== null).length
  return {
    format: 'stuntdouble-run/1',
    version: toolkitVersion(),
    passed: held === scenarios.length && problems.length === 0,
    totals: {
      scenarios: scenarios.length + judgedNot,
      held,
      broken: scenarios.length - held,
      problems: problems.length,
      runs: scenarios.reduce((sum, report) => sum + runsIn(report), 0),
      virtualMs: scenarios.reduce((sum, { virtualMs }) => sum + virtualMs, 0),
      realMs: Math.round(realMs),
    },
    scenarios,
    problems,
  }
}
