import { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { closest } from 'fastest-levenshtein'
import type { Logger } from 'vite'
import type { TestError } from 'vitest'
import type { Reporter, TestCase, TestModule, TestSpecification, Vitest } from 'vitest/node'
import type { Progress } from '../explore/types.ts'
import type { Problem, ScenarioReport } from '../report/document.ts'
import { scenarioReport } from '../report/schema.ts'
import { shortened } from '../report/words.ts'
import type { ProgressArtifact, RunnerOptions } from '../scenario/vitest-channel.ts'
import { presenterNames } from './presenters.ts'
import { holdsNone, problemIn, shownPath, withPlace } from './problems.ts'
import type { ScenarioFile } from './scenario-files.ts'
import type { Selection } from './selection.ts'
import { UsageError } from './usage-error.ts'
import { loadVitest } from './vitest-node.ts'

/** What is told while scenarios run. */
export interface HostEvents {
  progress(progress: Progress): void
  finished(report: ScenarioReport): void
  problem(problem: Problem): void
}

/** What a host is opened with. */
export interface HostOptions {
  readonly root: string
  /** Path of a Vitest config. Absent: the one that Vitest finds in the root, if any. */
  readonly config: string | undefined
  /** Reporters of Vitest that report too. */
  readonly vitestReporters: readonly string[]
  /** Where those write. */
  readonly outputFile: string | undefined
  /** Whether stdout is Vitest's to write to. */
  readonly sharesStdout: boolean
  /** Where the rest of what Vitest says goes, and what scenarios print while they load. */
  readonly log: (text: string) => void
}

/** A scenario as its file declares it. */
export interface DeclaredScenario {
  readonly scenario: string
  readonly file: string
  readonly claim: string | null
}

/** Vitest, as the command uses it. */
export interface Host {
  /** Loads the files without running anything. */
  collect(
    files: readonly ScenarioFile[],
  ): Promise<{ readonly scenarios: readonly DeclaredScenario[]; readonly problems: readonly Problem[] }>
  /** Runs what is selected. Ends when all has ended. */
  run(selected: readonly Selection[], options: RunnerOptions, events: HostEvents): Promise<void>
  close(): Promise<void>
}

/**
 * Starts Vitest in the project's own configuration.
 *
 * @throws UsageError  `vitest_missing`
 */
export async function openHost(options: HostOptions): Promise<Host> {
  const { createVitest, ReportersMap } = await loadVitest(options.root)
  // Vitest sets the exit code by its own lights; whether a claim failed or could not be judged is ours to say.
  const exitCode = process.exitCode
  const bridge = createBridge(options)
  const stream = new Writable({
    write: (chunk, _, done) => {
      options.log(String(chunk))
      done()
    },
  })
  const vitest = await started(Object.keys(ReportersMap), () =>
    createVitest(
      {
        root: options.root,
        ...(options.config !== undefined && { config: options.config }),
        ...(options.outputFile !== undefined && { outputFile: options.outputFile }),
        watch: false,
        reporters: [bridge.reporter, ...options.vitestReporters],
        // A scenario file without a scenario is a mistake, and only this has Vitest say so.
        passWithNoTests: false,
        coverage: { enabled: false },
        typecheck: { enabled: false },
      },
      // For the time until the config is loaded; then Vitest puts its own in place.
      { customLogger: silent },
      options.sharesStdout ? { stderr: stream } : { stdout: stream, stderr: stream },
    ),
  )
  return {
    collect: async (files) => {
      const { testModules } = await vitest.collectTests(files.map((file) => specificationOf(vitest, file.path)))
      // Vitest loads them side by side.
      const place = new Map(files.map(({ path }, index) => [path, index]))
      const placeOf = ({ moduleId }: TestModule): number => place.get(moduleId) ?? files.length
      const modules = testModules.toSorted((one, other) => placeOf(one) - placeOf(other))
      return {
        scenarios: modules.flatMap((module) => declaredIn(module, options.root)),
        problems: modules.flatMap((module) => problemsOf(module, options.root)),
      }
    },
    run: async (selected, runnerOptions, events) => {
      bridge.listen(events)
      vitest.provide('stuntdouble', runnerOptions)
      // Reporters meet Vitest in here; it runs nothing as yet.
      await vitest.standalone()
      const specifications = selected.map(({ file, names }) => specificationOf(vitest, file.path, names))
      await vitest.runTestSpecifications(specifications, true)
    },
    close: async () => {
      await vitest.close()
      process.exitCode = exitCode
    },
  }
}

/** What goes wrong while a config loads is thrown too; said twice it is noise. */
const silent: Logger = {
  hasWarned: false,
  info: () => {},
  warn: () => {},
  warnOnce: () => {},
  error: () => {},
  clearScreen: () => {},
  hasErrorLogged: () => false,
}

const causeLinesMax = 3

/** A config that throws, or names a plugin that is missing, is the project's own affair; a reporter is the caller's. */
async function started(reporters: readonly string[], start: () => Promise<Vitest>): Promise<Vitest> {
  try {
    return await start()
  } catch (error) {
    const message = stripVTControlCharacters(String(error instanceof Error ? error.message : error)).trim()
    const [, reporter] = /^(?:Failed to load c|C)ustom [Rr]eporter (?:loaded )?from (\S+)/.exec(message) ?? []
    if (reporter !== undefined) {
      const known = [...new Set([...presenterNames, ...reporters])]
      throw new UsageError(
        'flags_invalid',
        `--reporter ${reporter}: there is no such reporter. Did you mean "${closest(reporter, known)}"? Known: ${known.join(', ')}, and modules that export one.`,
        { cause: error },
      )
    }
    const lines = message.split('\n').filter((line) => line.trim() !== '')
    const why = lines
      .slice(0, causeLinesMax)
      .map((line) => shortened(line, 200))
      .join('\n')
    throw new UsageError('vitest_failed', `Vitest did not start: ${why}`, { cause: error })
  }
}

/** The project whose `include` names the file knows best how to run it; any other file runs in the root project. */
function specificationOf(vitest: Vitest, path: string, names: readonly string[] | 'all' = 'all'): TestSpecification {
  const project = vitest.projects.find((candidate) => candidate.matchesTestGlob(path)) ?? vitest.getRootProject()
  return project.createSpecification(path, names === 'all' ? undefined : { testNames: [...names] })
}

function createBridge({ root, log }: HostOptions): { readonly reporter: Reporter; listen(events: HostEvents): void } {
  let events: HostEvents | undefined
  return {
    listen: (listener) => {
      events = listener
    },
    reporter: {
      onTestCaseArtifactRecord: (_, artifact) => {
        if (isProgress(artifact)) events?.progress(artifact.progress)
      },
      onTestCaseResult: (testCase) => {
        if (events) tellOf(testCase, root, events)
      },
      onTestModuleEnd: (module) => {
        for (const error of module.errors()) events?.problem(problemIn(module, error, root))
      },
      onTestRunEnd: (_, unhandled) => {
        for (const error of unhandled) events?.problem(problemIn(undefined, error, root))
      },
      onUserConsoleLog: ({ content }) => log(content),
    },
  }
}

function tellOf(testCase: TestCase, root: string, events: HostEvents): void {
  const result = testCase.result()
  if (result.state === 'skipped' || result.state === 'pending') return
  const meta = testCase.meta().stuntdouble
  if (meta?.report) events.finished(scenarioReport.parse(meta.report))
  else if (meta?.problem !== undefined) {
    const file = shownPath(testCase.module.moduleId, root)
    const message = withPlace(meta.problem, causeOf(result.errors?.[0])?.stack, root)
    events.problem({ file, scenario: testCase.name, message })
  } else if (result.state === 'failed') {
    const [error] = result.errors
    const problem = problemIn(testCase.module, error ?? { message: 'It failed.' }, root)
    events.problem({ ...problem, scenario: testCase.name })
  }
}

/** What made a scenario impossible to judge lies in the author's code; our own error only says so. */
function causeOf(error: TestError | undefined): TestError | undefined {
  return error?.cause as TestError | undefined
}

/** Collecting, unlike running, lets a file without any test pass. */
function problemsOf(module: TestModule, root: string): Problem[] {
  const problems = module.errors().map((error) => problemIn(module, error, root))
  const isEmpty = problems.length === 0 && [...module.children.allTests()].length === 0
  return isEmpty ? [{ file: shownPath(module.moduleId, root), scenario: null, message: holdsNone }] : problems
}

function declaredIn(module: TestModule, root: string): DeclaredScenario[] {
  return [...module.children.allTests()].flatMap((testCase) => {
    const meta = testCase.meta().stuntdouble
    return meta ? [{ scenario: testCase.name, file: shownPath(module.moduleId, root), claim: meta.claim }] : []
  })
}

function isProgress(artifact: object): artifact is ProgressArtifact {
  return 'type' in artifact && artifact.type === 'stuntdouble:progress'
}
