import { AssertionError } from 'node:assert/strict'
import type { ExchangeQuery } from './exchange-query.ts'
import type { Judgeable, NamesOf } from './judgeable.ts'
import {
  type Judgement,
  judgeExchanged,
  judgeFaultsUsed,
  judgeReuse,
  judgeSettled,
  type ReuseOptions,
} from './judgements.ts'

/**
 * Asserts that there was an exchange, or as many as the query says, for runners without `expect`.
 *
 * @throws AssertionError  with what happened, line by line
 * @throws WorldError      `options_invalid` when the query names what does not exist
 */
export function assertExchanged<const Judged extends Judgeable>(
  judged: Judged,
  query: ExchangeQuery<NamesOf<Judged>> = {},
): void {
  hold(judgeExchanged(judged, query), assertExchanged)
}

/**
 * Asserts that no call and no delivery is on its way, and that every intent has ended.
 *
 * @throws AssertionError  with what has not ended, and what happened
 */
export function assertSettled(judged: Judgeable): void {
  hold(judgeSettled(judged), assertSettled)
}

/**
 * Asserts that every fault has struck that was planned or injected: one that did not proves nothing.
 *
 * @throws AssertionError  with the faults that did not, and what happened
 */
export function assertNoUnusedFaults(judged: Judgeable): void {
  hold(judgeFaultsUsed(judged), assertNoUnusedFaults)
}

/**
 * Asserts that no client of a server opened a connection while another one of its own lay idle.
 *
 * @throws AssertionError  with the counts, and what happened
 * @throws WorldError      `options_invalid` in a world, which has no connections to count
 */
export function assertReusedConnections(judged: Judgeable, options: ReuseOptions = {}): void {
  hold(judgeReuse(judged, options), assertReusedConnections)
}

function hold({ pass, message }: Judgement, stackStartFn: (...args: never[]) => void): void {
  if (pass) return
  throw new AssertionError({ message: message(), stackStartFn: stackStartFn as () => void })
}
