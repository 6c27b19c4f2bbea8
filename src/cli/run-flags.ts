import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type PlanFlag, readGiven, readPlan } from './plan-flag.ts'
import { type PresenterName, presenterNames } from './presenters.ts'
import { UsageError } from './usage-error.ts'

/** What `stuntdouble run` was asked, settled. */
export interface RunSettings {
  readonly patterns: readonly string[]
  /** Absolute path. */
  readonly root: string
  /** Absolute path of the directory in which scenario files are looked for. */
  readonly directory: string
  readonly config: string | undefined
  readonly seed: number | undefined
  readonly runs: number | undefined
  readonly realMsMax: number | undefined
  readonly plan: PlanFlag | undefined
  /** The workload of `--given`. */
  readonly given: { readonly value: unknown } | undefined
  readonly presenter: PresenterName | undefined
  readonly vitestReporters: readonly string[]
  readonly outputFile: string | undefined
  readonly list: boolean
  readonly color: boolean | undefined
  /** Flags that a replay needs too, so that it finds the same scenario. */
  readonly placeFlags: readonly string[]
}

interface RawFlags {
  readonly root?: string
  readonly dir?: string
  readonly config?: string
  readonly seed?: number
  readonly runs?: number
  readonly budget?: number
  readonly plan?: string
  readonly given?: string
  readonly reporter?: readonly string[]
  readonly outputFile?: string
  readonly list?: boolean
  readonly json?: boolean
  readonly color?: boolean
}

const examples = `
Names:
  The exact name of a scenario, or any part of a name or of a file's path; * stands for anything.

Examples:
  $ stuntdouble run                                   every scenario
  $ stuntdouble run Test_CardReachesItsListOnce       one, by its name
  $ stuntdouble run 'Test_Card*' --runs 2000          several, searched for longer
  $ stuntdouble run --list                            what there is, and what each claims
  $ stuntdouble run Test_X --seed 7 --plan .stuntdouble/replay/Test_X.json
                                                      one run again, told from start to end

A fault plan is JSON that says what goes wrong, and where:
  {"faults":[{"fault":"reply-lost","on":{"provider":"trello","operation":"cards.update","nth":1}}]}

Exit codes:
  0  every claim held
  1  a claim does not hold
  2  a scenario could not be judged, or the command makes no sense; the message says why
`

/** Defines `run`. `act` receives the settled flags. */
export function runCommand(act: (settings: RunSettings) => Promise<void>): Command {
  return new Command('run')
    .summary('search for the faults that break a scenario')
    .description(
      'Searches for the fault, interleaving or workload that breaks a scenario: without faults first, then every ' +
        'single fault at every place where it can strike, then at random. Scenarios stand in *.scenario.ts files and ' +
        'run on Vitest, in the configuration of the project.',
    )
    .argument('[name...]', 'scenarios to run; all when absent')
    .addOption(new Option('--seed <n>', 'seed of the search (default: 1)').argParser(wholeNumber(-Infinity)))
    .addOption(new Option('--runs <n>', 'random runs per scenario (default: 300)').argParser(wholeNumber(0)))
    .addOption(
      new Option('--budget <seconds>', 'longest search per scenario, in real time (default: 120)').argParser(
        wholeNumber(1),
      ),
    )
    .addOption(
      new Option('--plan <file|json>', 'run one fault plan, or a replay file, and tell the whole run').conflicts([
        'runs',
        'budget',
        'list',
      ]),
    )
    .addOption(new Option('--given <json>', 'workload that goes with --plan (default: the first of the seed)'))
    .addOption(
      new Option(
        '--reporter <name>',
        `${presenterNames.join(', ')}, or one of Vitest's (junit, tap, github-actions, …); repeatable`,
      ).argParser((name: string, before: string[] = []) => [...before, name]),
    )
    .addOption(new Option('--output-file <file>', "where Vitest's reporters write (default: as they are wont to)"))
    .addOption(new Option('--json', 'print one JSON document and nothing else; short for --reporter json'))
    .addOption(new Option('--list', 'name the scenarios and their claims, run none'))
    .addOption(new Option('--root <dir>', 'root of the project (default: the current directory)'))
    .addOption(new Option('--dir <dir>', 'where to look for scenarios (default: scenarios in the root, else the root)'))
    .addOption(new Option('--config <file>', 'Vitest config (default: the one in the root, if any)'))
    .addOption(new Option('--color', 'colours, whether or not anybody watches'))
    .addOption(new Option('--no-color', 'no colours; NO_COLOR and FORCE_COLOR are heeded too'))
    .addHelpText('after', examples)
    .action((patterns: string[], flags: RawFlags) => act(settle(patterns, flags)))
}

function settle(patterns: readonly string[], flags: RawFlags): RunSettings {
  const root = resolve(flags.root ?? '.')
  mustBeDirectory(root, '--root')
  const directory = directoryOf(root, flags.dir)
  if (flags.config !== undefined && !existsSync(resolve(root, flags.config))) {
    throw new UsageError('place_missing', `--config: there is no ${resolve(root, flags.config)}.`)
  }
  const plan = flags.plan === undefined ? undefined : readPlan(flags.plan)
  if (flags.given !== undefined && !plan) {
    throw new UsageError(
      'flags_invalid',
      '--given is the workload of one run, so it needs --plan. For a run without faults: --plan \'{"faults":[]}\'.',
    )
  }
  return {
    ...reportersOf(flags),
    patterns: patterns.length > 0 || plan?.scenario === undefined ? patterns : [plan.scenario],
    root,
    directory,
    config: flags.config,
    seed: flags.seed,
    runs: flags.runs,
    realMsMax: flags.budget === undefined ? undefined : flags.budget * 1_000,
    plan,
    given: flags.given === undefined ? undefined : { value: readGiven(flags.given) },
    outputFile: flags.outputFile,
    list: flags.list ?? false,
    color: flags.color,
    placeFlags: (['root', 'dir', 'config'] as const).flatMap((name) => {
      const value = flags[name]
      return value === undefined ? [] : [`--${name}`, value]
    }),
  }
}

/** Ours show results one at a time; Vitest's may stand beside one of ours, or alone. */
function reportersOf(flags: RawFlags): Pick<RunSettings, 'presenter' | 'vitestReporters'> {
  const asked = flags.json ? ['json', ...(flags.reporter ?? [])] : (flags.reporter ?? ['default'])
  const isOurs = (name: string): name is PresenterName => presenterNames.some((ours) => ours === name)
  const ours = [...new Set(asked.filter(isOurs))]
  const vitestReporters = asked.filter((name) => !isOurs(name))
  if (ours.length > 1) {
    throw new UsageError('flags_invalid', `The reporters ${ours.join(' and ')} both write to stdout: choose one.`)
  }
  return { presenter: ours[0], vitestReporters }
}

function directoryOf(root: string, flag: string | undefined): string {
  if (flag !== undefined) {
    const directory = resolve(root, flag)
    mustBeDirectory(directory, '--dir')
    return directory
  }
  const usual = resolve(root, 'scenarios')
  return existsSync(usual) && statSync(usual).isDirectory() ? usual : root
}

function mustBeDirectory(path: string, flag: string): void {
  if (!existsSync(path)) throw new UsageError('place_missing', `${flag}: there is no ${path}.`)
  if (!statSync(path).isDirectory()) throw new UsageError('place_missing', `${flag}: ${path} is no directory.`)
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
    if (Number.isSafeInteger(value) && value >= least) return value
    throw new InvalidArgumentError(least > -Infinity ? `Give a whole number from ${least} on.` : 'Give a whole number.')
  }
}
