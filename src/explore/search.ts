import { type Budget, startBudget } from './budget.ts'
import { type Coverage, startCoverage } from './coverage.ts'
import type { Explorable } from './explorable.ts'
import type { Phase, Progress, RunRequest, RunResult } from './types.ts'

/** A search under way: it runs, counts and tells. */
export interface Search {
  readonly budget: Budget
  readonly coverage: Coverage
  readonly runs: Readonly<Record<Phase, number>>
  /** Runs of all phases. */
  readonly total: number
  readonly shrinkRuns: number
  readonly virtualMs: number
  readonly unreproducible: readonly string[]
  readonly cutShort: readonly string[]
  /** @param runsKnown  Runs that the phase will take, as far as that is known. */
  run(phase: Phase, request: RunRequest, runsKnown: number | undefined): Promise<RunResult>
  shrinkRun(request: RunRequest): Promise<RunResult>
  /** What making a failure small may take; it starts when first asked for. */
  shrinkBudget(): Budget
  /** Notes that a budget ended a phase. */
  cut(phase: Phase | 'shrink', howFar: string): void
}

/** Of the time for the search, what shrinking may take on top. */
const shrinkShare = 1 / 4

/** Starts a search, and its budget. */
export function startSearch(
  explorable: Explorable,
  realMsMax: number,
  onProgress: ((progress: Progress) => void) | undefined,
): Search {
  const budget = startBudget(realMsMax)
  const coverage = startCoverage()
  const runs: Record<Phase, number> = { baseline: 0, singles: 0, random: 0, replay: 0 }
  const reasons = new Set<string>()
  const cutShort: string[] = []
  let shrinkBudget: Budget | undefined
  let total = 0
  let shrinkRuns = 0
  let virtualMs = 0

  const judged = async (request: RunRequest): Promise<RunResult> => {
    const result = await explorable.run(request)
    virtualMs += result.virtualMs
    for (const reason of result.reproducibility.reasons) reasons.add(reason)
    return result
  }
  const tell = (phase: Progress['phase'], phaseRuns: number, runsKnown: number | undefined): void =>
    onProgress?.({
      scenario: explorable.name,
      phase,
      runs: phaseRuns,
      runsKnown,
      realMs: budget.elapsedMs(),
      virtualMs,
    })
  return {
    budget,
    coverage,
    runs,
    cutShort,
    get total() {
      return total
    },
    get shrinkRuns() {
      return shrinkRuns
    },
    get virtualMs() {
      return virtualMs
    },
    get unreproducible() {
      return [...reasons]
    },
    run: async (phase, request, runsKnown) => {
      const result = await judged(request)
      runs[phase]++
      total++
      coverage.note(result)
      tell(phase, runs[phase], runsKnown)
      return result
    },
    shrinkRun: async (request) => {
      const result = await judged(request)
      shrinkRuns++
      tell('shrink', shrinkRuns, undefined)
      return result
    },
    shrinkBudget: () => {
      shrinkBudget ??= startBudget(realMsMax * shrinkShare)
      return shrinkBudget
    },
    cut: (phase, howFar) => cutShort.push(`${phase}: out of time, ${howFar}`),
  }
}
