import type { Explorable } from '../explore/explorable.ts'
import { explore, firstWorkload } from '../explore/explore.ts'
import type { ExploreOptions } from '../explore/types.ts'
import { replayReportOf, reportOf } from '../report/report-of.ts'
import type { Simulators } from '../world/types.ts'
import { scenarioRunner } from './run-scenario.ts'
import { type SettledScenario, settleScenario } from './settle-scenario.ts'
import type { Scenario, ScenarioOptions } from './types.ts'
import type { RunnerOptions } from './vitest-channel.ts'
import { type JudgedTest, registerTest } from './vitest-test.ts'

/**
 * States a claim with its providers, subject, workload and invariants. In a `*.scenario.ts` file that Vitest runs it
 * is a test; anywhere else it is a value to `explore`.
 *
 * @param name  `Test_` and the claim in one word: `Test_CardReachesItsListOnce`.
 * @throws ScenarioError  `name_invalid` · `options_invalid`
 */
export function scenario<const Sims extends Simulators, Subject, Given = undefined>(
  name: string,
  options: ScenarioOptions<Sims, Subject, Given>,
): Scenario<Sims, Subject, Given> {
  const settled = settleScenario(name, options as unknown as ScenarioOptions<Simulators, unknown, unknown>)
  const made = explorableOf(settled)
  registerTest({ name, claim: made.claim, judge: judgeOf(made) })
  return {
    ...made,
    against: (subject) => explorableOf({ ...settled, subject: subject as unknown as SettledScenario['subject'] }),
  }
}

function explorableOf(settled: SettledScenario): Explorable {
  const { name, claim, simulators, given, faultsOff, optedOut } = settled
  return {
    name,
    claim,
    simulators,
    given,
    optedOut,
    admits: (fault) => !faultsOff.has(fault),
    run: scenarioRunner(settled),
  }
}

function judgeOf(made: Explorable): JudgedTest['judge'] {
  return async (options, facts, onProgress) => {
    if (!options.plan) return reportOf(await explore(made, { ...searchOptionsOf(options), onProgress }), facts)
    const startedAt = performance.now()
    const seed = options.seed ?? 1
    const given = 'given' in options ? options.given : firstWorkload(made, seed)
    const run = await made.run({ seed, given, plan: options.plan })
    return replayReportOf(made.name, run, { ...facts, realMs: performance.now() - startedAt })
  }
}

function searchOptionsOf({ seed, runs, realMsMax }: RunnerOptions): ExploreOptions {
  return {
    ...(seed !== undefined && { seed }),
    ...(runs !== undefined && { runs }),
    ...(realMsMax !== undefined && { realMsMax }),
  }
}
