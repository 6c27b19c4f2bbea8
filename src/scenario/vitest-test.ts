import { readFileSync } from 'node:fs'
import { relative, sep } from 'node:path'
import type { Progress } from '../explore/types.ts'
import { PlanError } from '../faults/plan-error.ts'
import type { ScenarioReport } from '../report/document.ts'
import { errorInWords, type ReportFacts } from '../report/report-of.ts'
import { claimIn } from './claim.ts'
import { ClaimBroken } from './claim-broken.ts'
import { ScenarioError } from './scenario-error.ts'
import type { RunnerOptions } from './vitest-channel.ts'
import { type Collecting, collectingScenarioFile } from './vitest-runner.ts'

/** A scenario as a test: its name, its claim, and how it is judged. */
export interface JudgedTest {
  readonly name: string
  /** Absent: the claim stands in the doc comment of the file. */
  readonly claim: string | undefined
  /** Searches, or runs the one plan that `options` holds. */
  judge(options: RunnerOptions, facts: ReportFacts, onProgress: (progress: Progress) => void): Promise<ScenarioReport>
}

const searchMsMax = 120_000
const progressEveryMs = 100

/** Registers a test for a scenario, if Vitest is just collecting a scenario file; does nothing anywhere else. */
export function registerTest(judged: JudgedTest): void {
  const collecting = collectingScenarioFile()
  if (!collecting) return
  const { vitest, file } = collecting
  const claim = judged.claim ?? claimIn(readFileSync(file, 'utf8'), judged.name)
  // Absent in a plain Vitest run.
  const asked = vitest.inject('stuntdouble')
  const options: RunnerOptions = asked ?? { root: process.cwd() }
  const facts = { file: relative(options.root, file).split(sep).join('/'), claim }
  // The search keeps its own time; this only catches one that cannot. Finding may take its budget, shrinking another.
  const timeout = 3 * (options.realMsMax ?? searchMsMax)
  const meta = { claim: claim ?? null }
  const declaredAt = frameIn(file)
  vitest.test(
    judged.name,
    // A thread has one clock to take over, and a search that holds the second time has lost its counterexample.
    { timeout, concurrent: false, retry: 0, meta: { stuntdouble: meta } },
    async ({ task }) => {
      let report: ScenarioReport
      try {
        report = await judged.judge(options, facts, asked ? progressTo(vitest, task) : () => {})
      } catch (error) {
        task.meta.stuntdouble = { ...meta, problem: problemOf(error) }
        throw error
      }
      // Other reporters print what stands here, and a journal is long.
      if (asked) task.meta.stuntdouble = { ...meta, report }
      if (report.verdict === 'broken') throw new ClaimBroken(report, declaredAt)
    },
  )
}

/** The frame of the file that is being collected: where it calls `scenario`. Vitest maps it back to the source. */
function frameIn(file: string): string | undefined {
  return new Error().stack?.split('\n').find((line) => line.includes(file) && line.trimStart().startsWith('at '))
}

type Task = Parameters<Collecting['vitest']['recordArtifact']>[0]

/** Sends on what a person can follow: the channel to the command is slower than the search. */
function progressTo(vitest: Collecting['vitest'], task: Task): (progress: Progress) => void {
  let sentAt = Number.NEGATIVE_INFINITY
  return (progress) => {
    const now = performance.now()
    if (now - sentAt < progressEveryMs) return
    sentAt = now
    // A line of progress that did not arrive is no failure of the scenario.
    vitest.recordArtifact(task, { type: 'stuntdouble:progress', progress }).catch(() => {})
  }
}

function problemOf(error: unknown): string {
  // Its message is for the author already.
  if (error instanceof ScenarioError) return error.message
  if (error instanceof PlanError) return ['The fault plan does not fit:', ...error.problems].join('\n  ')
  return errorInWords(error)
}
