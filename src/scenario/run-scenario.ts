import type { RunRequest, RunResult, Violation } from '../explore/types.ts'
import type { Baseline, JudgedRun } from '../invariants/invariant.ts'
import { tallyCalls, tallyEffects } from '../invariants/tallies.ts'
import { errorInWords } from '../report/report-of.ts'
import type { World } from '../world/types.ts'
import { createWorld } from '../world/world.ts'
import { WorldError } from '../world/world-error.ts'
import { ScenarioError } from './scenario-error.ts'
import type { SettledScenario } from './settle-scenario.ts'
import type { All, PlayContext } from './types.ts'

/** A run that was played, not yet judged by the built-in invariants. */
interface PlayedRun {
  readonly world: World
  readonly startedAt: number
  readonly judged: JudgedRun
  /** Of the scenario's own invariants, and of the world. */
  readonly violations: readonly Violation[]
}

type Context = PlayContext<Record<string, never>, unknown, unknown>
type Stage = 'arrange' | 'subject' | 'play'

/** Faultless runs whose tallies are remembered: a search comes back to the same few. */
const baselinesMax = 8

/** Makes the function that runs a scenario and judges the run. */
export function scenarioRunner(scenario: SettledScenario): (request: RunRequest) => Promise<RunResult> {
  const baselines: { readonly seed: number; readonly given: unknown; readonly tallies: Baseline }[] = []

  const baselineOf = async ({ seed, given }: RunRequest): Promise<Baseline> => {
    const known = baselines.find((one) => one.seed === seed && Object.is(one.given, given))
    if (known) return known.tallies
    const { judged } = await playRun(scenario, { seed, given, plan: { faults: [] } })
    return remember(seed, given, judged)
  }
  const remember = (seed: number, given: unknown, { effects, calls, intents }: JudgedRun): Baseline => {
    const failed = new Set(intents.flatMap(({ name, status }) => (status === 'failed' ? [name] : [])))
    const tallies = { effects, calls, failed }
    baselines.push({ seed, given, tallies })
    if (baselines.length > baselinesMax) baselines.shift()
    return tallies
  }
  return async (request) => {
    const { seed, given, plan } = request
    const isFaultless = plan.faults.length === 0
    const baseline = isFaultless ? undefined : await baselineOf(request)
    const played = await playRun(scenario, request)
    return resultOf(scenario, request, played, baseline ?? remember(seed, given, played.judged))
  }
}

/** Plays a scenario once, in a world of its own. */
async function playRun(scenario: SettledScenario, { seed, given, plan }: RunRequest): Promise<PlayedRun> {
  const { simulators, latency, startAt, bounds } = scenario
  const violations: Violation[] = []
  const ctx = {} as { -readonly [Member in keyof Context]: Context[Member] }
  const world = createWorld({
    simulators,
    seed,
    plan,
    logs: 'keep',
    receivers: lazyReceivers(scenario, ctx),
    ...(latency && { latency }),
    ...(startAt !== undefined && { startAt }),
    ...(bounds && { bounds }),
  })
  for (const provider of Object.keys(simulators)) Object.assign(ctx, { [provider]: world[provider] })
  Object.assign(ctx, { given: copyOf(given), world, intent: world.intent.bind(world), all })
  const startedAt = world.now()
  try {
    await world.run(() => playWithin(scenario, ctx, world, violations, plan.faults.length > 0))
  } catch (error) {
    const violation = worldViolation(error, world)
    if (violation) violations.push(violation)
  }
  const exchanges = world.journal.exchanges()
  const { intents, escapes, unhandled, leaks } = world
  const judged: JudgedRun = {
    startedAt,
    endedAt: world.now(),
    exchanges,
    notes: world.journal.notes(),
    intents,
    effects: tallyEffects(exchanges),
    calls: tallyCalls(exchanges),
    escapes,
    unhandled,
    leaks,
    secrets: world.secrets(),
  }
  return { world, startedAt, judged, violations }
}

/** Two acts: safety while faults strike, liveness once they have ceased. */
async function playWithin(
  scenario: SettledScenario,
  ctx: { -readonly [Member in keyof Context]: Context[Member] },
  world: World,
  violations: Violation[],
  isFaulted: boolean,
): Promise<void> {
  let stage: Stage = 'arrange'
  try {
    await scenario.arrange?.(ctx)
    stage = 'subject'
    ctx.subject = await scenario.subject(ctx)
    watchAlways(scenario, ctx, world, violations)
    stage = 'play'
    await scenario.play(ctx)
  } catch (error) {
    if (error instanceof ScenarioError) throw error
    if (!isFaulted || stage === 'arrange') throw brokenScenario(scenario.name, stage, isFaulted, error)
    const message = `${stage} threw outside of any intent: ${errorInWords(error)}`
    violations.push({ invariant: 'no-throw-outside-intents', kind: 'world', message, atMs: world.elapsedMs() })
  }
  world.clearFaults()
  await world.settle()
  if (violations.some(({ kind }) => kind === 'world')) return
  for (const [invariant, holds] of Object.entries(scenario.eventually ?? {})) {
    const message = await breachOf(() => holds(ctx))
    if (message !== undefined) violations.push({ invariant, kind: 'eventually', message, atMs: world.elapsedMs() })
  }
}

const advice: Readonly<Partial<Record<Stage, string>>> = {
  arrange: ' Arrange through the state of the simulators: faults strike the calls of arrange as well.',
  play: ' Put what may fail into an intent.',
}

function brokenScenario(name: string, stage: Stage, isFaulted: boolean, cause: unknown): ScenarioError {
  const when = isFaulted ? '' : ' without any fault'
  const words = errorInWords(cause)
  return new ScenarioError(
    'baseline_throws',
    `${stage} of ${name} threw${when}: ${words}${/[.!?]$/.test(words) ? '' : '.'}${advice[stage] ?? ''}`,
    { cause },
  )
}

/** Checks safety after every event; of each invariant the first breach counts. */
function watchAlways({ always = {}, name }: SettledScenario, ctx: Context, world: World, violations: Violation[]) {
  const open = new Map(Object.entries(always))
  if (open.size === 0) return
  const check = (): void => {
    for (const [invariant, holds] of open) {
      const message = breachNow(() => holds(ctx), name, invariant)
      if (message === undefined) continue
      open.delete(invariant)
      violations.push({ invariant, kind: 'always', message, atMs: world.elapsedMs() })
    }
  }
  world.onEvent(check)
  check()
}

function breachNow(holds: () => unknown, scenario: string, invariant: string): string | undefined {
  let held: unknown
  try {
    held = holds()
  } catch (error) {
    return errorInWords(error)
  }
  if (held instanceof Promise) {
    throw new ScenarioError(
      'options_invalid',
      `Scenario ${scenario}, always "${invariant}": returned a promise, and nothing may be waited for between two events. Read the simulators' state instead.`,
    )
  }
  return held === false ? 'It gave false.' : undefined
}

async function breachOf(holds: () => unknown): Promise<string | undefined> {
  try {
    return (await holds()) === false ? 'It gave false.' : undefined
  } catch (error) {
    return errorInWords(error)
  }
}

/** What a world's end says of the subject; what it says of others is thrown on. */
function worldViolation(error: unknown, world: World): Violation | undefined {
  if (!(error instanceof WorldError)) throw error
  // Judged by built-in invariants, which can be switched off.
  if (error.code === 'escaped' || error.code === 'unhandled') return undefined
  if (error.code !== 'deadlocked' && error.code !== 'endless') throw error
  return { invariant: 'world-ends', kind: 'world', message: error.message, atMs: world.elapsedMs() }
}

function resultOf(
  { invariants }: SettledScenario,
  request: RunRequest,
  { world, startedAt, judged, violations }: PlayedRun,
  baseline: Baseline,
): RunResult {
  const builtIn = invariants.flatMap((invariant): Violation[] =>
    [...invariant.check(judged, baseline)].map(({ message, at }) => ({
      invariant: invariant.name,
      kind: 'built-in',
      message,
      atMs: at - startedAt,
    })),
  )
  return new JudgedResult(
    {
      request,
      startedAt,
      violations: [...violations, ...builtIn].sort((a, b) => a.atMs - b.atMs),
      intents: judged.intents,
      virtualMs: world.elapsedMs(),
      reproducibility: world.reproducibility,
      unused: world.unusedFaults().map(({ fault, on }) => ({ fault, on })),
      secrets: judged.secrets,
    },
    world,
  )
}

/** Reads the journal when somebody asks for it, which of most runs nobody does. */
class JudgedResult implements RunResult {
  readonly request: RunResult['request']
  readonly startedAt: RunResult['startedAt']
  readonly violations: RunResult['violations']
  readonly intents: RunResult['intents']
  readonly virtualMs: RunResult['virtualMs']
  readonly reproducibility: RunResult['reproducibility']
  readonly unused: RunResult['unused']
  readonly secrets: RunResult['secrets']
  readonly #world: World

  constructor(judged: Omit<RunResult, 'records' | 'strikePoints' | 'fingerprint'>, world: World) {
    this.request = judged.request
    this.startedAt = judged.startedAt
    this.violations = judged.violations
    this.intents = judged.intents
    this.virtualMs = judged.virtualMs
    this.reproducibility = judged.reproducibility
    this.unused = judged.unused
    this.secrets = judged.secrets
    this.#world = world
  }

  get records(): RunResult['records'] {
    return this.#world.journal.records()
  }

  get strikePoints(): RunResult['strikePoints'] {
    return this.#world.journal.strikePoints()
  }

  get fingerprint(): string {
    return this.#world.fingerprint()
  }
}

type WorldReceivers = Parameters<typeof createWorld>[0]['receivers']

function lazyReceivers({ receivers = {} }: SettledScenario, ctx: Context): NonNullable<WorldReceivers> {
  return Object.fromEntries(
    Object.entries(receivers).map(([origin, make]) => {
      let receive: ReturnType<typeof make> | undefined
      return [
        origin,
        (request: Request) => {
          receive ??= make(ctx)
          return receive(request)
        },
      ]
    }),
  )
}

/** A workload of its own for each run; what cannot be copied is shared. */
function copyOf(given: unknown): unknown {
  try {
    return structuredClone(given)
  } catch {
    return given
  }
}

const all: All = async <Item, Value>(
  items: number | readonly Item[],
  task: (item: Item, index: number) => Value | Promise<Value>,
) => {
  const list = typeof items === 'number' ? Array.from({ length: items }, (_, index) => (index + 1) as Item) : items
  const ended = await Promise.allSettled(list.map(async (item, index) => task(item, index)))
  return ended.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}
