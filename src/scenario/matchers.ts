import { type Judgement, judgeExchanged, judgeFaultsUsed, judgeReuse, judgeSettled } from './judgements.ts'

/** A matcher as `expect.extend` takes it, in Vitest, Jest and others that grew from it. */
export type Matcher = (received: unknown, ...expected: readonly unknown[]) => Judgement

/**
 * Matchers on worlds, live simulators and servers, for `expect.extend`. Importing `stuntdouble/vitest` adds them to
 * Vitest; in Jest, say `expect.extend(worldMatchers)` once.
 */
export const worldMatchers: {
  /** At least one exchange, or as many as it says: `toHaveExchanged({ operation: 'cards.update', times: 1 })`. */
  readonly toHaveExchanged: Matcher
  /** No call and no delivery is on its way, and every intent has ended. */
  readonly toHaveSettled: Matcher
  /** Every fault that was planned or injected has struck. */
  readonly toHaveNoUnusedFaults: Matcher
  /** No client opened a connection while another of its own lay idle; for servers of simulators. */
  readonly toHaveReusedConnections: Matcher
} = {
  toHaveExchanged: (received, query = {}) => judgeExchanged(received, query),
  toHaveSettled: (received) => judgeSettled(received),
  toHaveNoUnusedFaults: (received) => judgeFaultsUsed(received),
  toHaveReusedConnections: (received, options = {}) => judgeReuse(received, options as object),
}
