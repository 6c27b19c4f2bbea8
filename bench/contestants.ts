import { floors } from './floor.ts'
import { inProcess } from './in-process.ts'
import { msw } from './msw.ts'
import type { Contestant } from './rounds.ts'
import { exchanges, runs } from './worlds.ts'

/** How much one lap does. */
export interface LapAmounts {
  readonly exchanges: number
  readonly runs: number
}

/** Everything that takes turns, in the order in which it is told of. */
export function contestantsOf(amounts: LapAmounts): readonly Contestant[] {
  return [
    ...floors(amounts.exchanges),
    msw(amounts.exchanges / 10),
    ...exchanges(amounts.exchanges),
    ...runs(amounts.runs),
    ...inProcess(amounts.exchanges),
  ]
}
