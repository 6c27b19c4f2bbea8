import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Contestant, Took } from './rounds.ts'

/** What most tests of today answer their calls with. */
export interface MswContestant {
  readonly contestant: Contestant
  /** Ends its process. */
  stop(): void
}

/**
 * Starts MSW in a process of its own: in ours, what it puts in the place of Node's own parts would slow every world
 * down by a fifth. Laps still take turns.
 */
export function startMsw(count: number): MswContestant {
  const child = fork(fileURLToPath(new URL('msw-process.ts', import.meta.url)))
  const ended = once(child, 'exit')
  const contestant: Contestant = {
    name: 'msw-fetch',
    what: 'a card moved in a map behind an MSW handler, `fetch`',
    unit: 'exchanges',
    count,
    exchanges: 1,
    lap: async () => {
      child.send(count)
      const [told] = await Promise.race([once(child, 'message'), ended])
      assert(typeof told === 'object' && told !== null, `The process with MSW ended: ${String(told)}.`)
      return { virtualMs: 0, took: told as Took }
    },
  }
  return { contestant, stop: () => child.kill() }
}
