import { expect, test } from 'vitest'
import type { Answered } from './clients.ts'
import type { Way } from './ways.ts'
import { injected, type Met, showing, shown, wireFaults } from './wire-faults.ts'

/** The error that an exchange meets, and where; fails when it meets none. */
export async function met(ask: () => Promise<Answered>): Promise<Met> {
  let answered: Answered
  try {
    answered = await ask()
  } catch (error) {
    return { phase: 'head', error: shown(error) }
  }
  const failed = await answered.body().then(
    () => expect.unreachable('the exchange met no error'),
    (error: unknown) => error,
  )
  return { phase: 'body', error: shown(failed) }
}

/** Asserts that one way shows every fault as its client shows it on real sockets. */
export function showsFaults(way: Way): void {
  test.for(wireFaults)('shows %s as on real sockets', (fault) =>
    way.play(async ({ inject, ask, patience, origin }) => {
      inject('say', injected[fault](patience))
      const seen = await met(() => ask('/words'))
      expect(seen).toEqual(showing[way.kind.family](fault, new URL(origin), patience))
    }),
  )
}
