import type { CounterexampleReport } from './document.ts'

/** What the file of a counterexample holds: all that its run is made of. */
export interface ReplayFile {
  readonly scenario: string
  readonly seed: number
  /** Absent: the scenario has none. */
  readonly given?: unknown
  readonly plan: CounterexampleReport['plan']
}

/** The file that replays a counterexample: give it to `stuntdouble run --plan`. */
export function replayFileOf(scenario: string, found: CounterexampleReport): ReplayFile {
  const workload = found.given === undefined ? {} : { given: found.given }
  return { scenario, seed: found.seed, ...workload, plan: found.plan }
}

/** Where a replay command finds its plan, and its scenario. */
export interface ReplayOptions {
  /** Path of the replay file. Absent: the command carries plan and workload itself, for a POSIX shell. */
  readonly planFile?: string | undefined
  /** Flags that the search was started with and that a replay needs too: `['--root', 'packages/app']`. */
  readonly flags?: readonly string[] | undefined
}

/** The command that runs a counterexample again. */
export function replayCommand(
  scenario: string,
  found: CounterexampleReport,
  { planFile, flags = [] }: ReplayOptions,
): string {
  const start = ['npx', 'stuntdouble', 'run', scenario, ...flags.map(quoted)]
  // A workload that JSON cannot carry would come back as another one; the whole search is deterministic.
  if (!found.givenIsJson) return [...start, '--seed', found.searchSeed].join(' ')
  const seeded = [...start, '--seed', found.seed]
  if (planFile !== undefined) return [...seeded, '--plan', quoted(planFile)].join(' ')
  const given = found.given === undefined ? [] : ['--given', quoted(JSON.stringify(found.given))]
  return [...seeded, ...given, '--plan', quoted(JSON.stringify(found.plan))].join(' ')
}

/** In single quotes where the shell would take the text apart. */
function quoted(text: string): string {
  return /^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
