import type { TestArtifactBase } from 'vitest'
import type { Progress } from '../explore/types.ts'
import type { FaultPlan } from '../faults/plan.ts'
import type { ScenarioReport } from '../report/document.ts'

/** What the command asks of the workers that run scenarios. Absent members are left to the search's own defaults. */
export interface RunnerOptions {
  /** Where paths in reports start. */
  readonly root: string
  readonly seed?: number
  /** Random runs. */
  readonly runs?: number
  /** Real milliseconds for the search of one scenario. */
  readonly realMsMax?: number
  /** Runs this plan only, and tells the run whether or not it holds. */
  readonly plan?: FaultPlan
  /** The workload that goes with `plan`. */
  readonly given?: unknown
}

/** What a worker tells of a scenario. */
export interface ScenarioMeta {
  readonly claim: string | null
  /** Set at the end, when the command asked. */
  readonly report?: ScenarioReport
  /** Why the scenario could not be judged. */
  readonly problem?: string
}

/** How a search goes, streamed from its worker. */
export interface ProgressArtifact extends TestArtifactBase {
  readonly type: 'stuntdouble:progress'
  readonly progress: Progress
}

declare module 'vitest' {
  interface ProvidedContext {
    stuntdouble: RunnerOptions | undefined
  }
  interface TaskMeta {
    stuntdouble?: ScenarioMeta
  }
  interface TestArtifactRegistry {
    stuntdouble: ProgressArtifact
  }
}
