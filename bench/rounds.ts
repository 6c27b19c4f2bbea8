/** One thing that is measured against others: a lap of it does a known amount of work, and checks that it was done. */
export interface Contestant {
  readonly name: string
  readonly what: string
  /** What a lap's work is counted in. */
  readonly unit: string
  /** Units of work in one lap. */
  readonly count: number
  /** Exchanges in one unit. */
  readonly exchanges: number
  /** Contestants whose rates in the same round are this one's measure. */
  readonly against?: readonly Measure[]
  /** Units a second that the design asks for. */
  readonly target?: number
  lap(): Promise<LapResult>
}

/** What a lap gives back. */
export interface LapResult {
  /** Virtual milliseconds that passed in it. */
  readonly virtualMs: number
  /** What it took, when another process did the work. */
  readonly took?: Took
}

/** What work took: milliseconds by the clock, microseconds of processors. */
export interface Took {
  readonly realMs: number
  readonly cpuMicros: number
}

/** Another contestant to be measured by. */
export interface Measure {
  readonly name: string
  /** Times its rate that the design asks for. */
  readonly target?: number
}

/** How one contestant compares with another. */
export interface Comparison extends Measure {
  /** Exchanges per second as a multiple of the other's in the same round. */
  readonly times: Spread
}

/** Several values of one thing: the middle one, and the quarter and three quarters. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

/** What came of one contestant. */
export interface Figure {
  readonly name: string
  readonly what: string
  readonly unit: string
  readonly perSecond: Spread
  /** Processor time of one exchange in microseconds, all threads: other programs on the machine disturb it less. */
  readonly cpuMicros: Spread
  readonly against: readonly Comparison[]
  /** Virtual milliseconds per real one. */
  readonly virtualOverReal: Spread | undefined
  readonly target: number | undefined
}

/** How often everything is run. */
export interface RoundCounts {
  readonly warmups: number
  readonly rounds: number
}

interface Lap {
  readonly perSecond: number
  readonly exchangesPerSecond: number
  readonly cpuMicros: number
  readonly virtualOverReal: number
}

/**
 * Runs contestants in turn, round by round, so that whatever else the machine does in between falls on all alike. Each
 * round starts with another of them.
 */
export async function measured(
  contestants: readonly Contestant[],
  { warmups, rounds }: RoundCounts,
): Promise<readonly Figure[]> {
  const laps = new Map<string, Lap[]>(contestants.map(({ name }) => [name, []]))
  for (let round = -warmups; round < rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const contestant = contestants[(turn + round + warmups) % contestants.length] as Contestant
      const lap = await timed(contestant)
      if (round >= 0) laps.get(contestant.name)?.push(ratesOf(contestant, lap))
    }
  }
  return contestants.map((contestant) => figureOf(contestant, laps))
}

/** Does one lap, and says what it took. */
export async function timed({ lap }: Contestant): Promise<Required<LapResult>> {
  const cpuBefore = process.cpuUsage()
  const before = performance.now()
  const { virtualMs, took } = await lap()
  const realMs = performance.now() - before
  const { user, system } = process.cpuUsage(cpuBefore)
  return { virtualMs, took: took ?? { realMs, cpuMicros: user + system } }
}

function ratesOf({ count, exchanges }: Contestant, { virtualMs, took }: Required<LapResult>): Lap {
  const { realMs, cpuMicros } = took
  const perSecond = (count * 1_000) / realMs
  return {
    perSecond,
    exchangesPerSecond: perSecond * exchanges,
    cpuMicros: cpuMicros / (count * exchanges),
    virtualOverReal: virtualMs / realMs,
  }
}

function figureOf(contestant: Contestant, all: ReadonlyMap<string, readonly Lap[]>): Figure {
  const { name, what, unit, against = [], target } = contestant
  const laps = all.get(name) ?? []
  const virtual = laps.map(({ virtualOverReal }) => virtualOverReal)
  return {
    name,
    what,
    unit,
    perSecond: spreadOf(laps.map(({ perSecond }) => perSecond)),
    cpuMicros: spreadOf(laps.map(({ cpuMicros }) => cpuMicros)),
    // What could not be installed here is no measure.
    against: against.flatMap((measure) => {
      const others = all.get(measure.name)
      return others ? [{ ...measure, times: timesOf(laps, others) }] : []
    }),
    virtualOverReal: virtual.some((ratio) => ratio > 0) ? spreadOf(virtual) : undefined,
    target,
  }
}

function timesOf(laps: readonly Lap[], others: readonly Lap[]): Spread {
  return spreadOf(laps.map((lap, round) => lap.exchangesPerSecond / (others[round]?.exchangesPerSecond ?? Number.NaN)))
}

/** Median and quartiles. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other)
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN
  return { median: at(0.5), low: at(0.25), high: at(0.75) }
}
