import { expect } from 'vitest'
import type { ExchangeQuery } from './exchange-query.ts'
import type { NamesOf } from './judgeable.ts'
import type { ReuseOptions } from './judgements.ts'
import { worldMatchers } from './matchers.ts'

/** Matchers on worlds, live simulators and servers. */
export interface WorldMatchers<Returned, Received> {
  /**
   * There was an exchange, or as many as the query says: `toHaveExchanged({ operation: 'cards.update', times: 1 })`.
   * A name that does not exist fails in the negated form too.
   */
  toHaveExchanged(query?: ExchangeQuery<NamesOf<Received>>): Returned
  /** No call and no delivery is on its way, and every intent has ended. */
  toHaveSettled(): Returned
  /** Every fault has struck that was planned or injected. */
  toHaveNoUnusedFaults(): Returned
  /** No client opened a connection while another of its own lay idle; for servers of simulators. */
  toHaveReusedConnections(options?: ReuseOptions): Returned
}

declare module 'vitest' {
  interface Matchers<R, T> extends WorldMatchers<R, T> {}
}

expect.extend(worldMatchers)
