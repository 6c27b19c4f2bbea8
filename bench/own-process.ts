import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LapAmounts } from './contestants.ts'
import type { Contestant, LapResult } from './rounds.ts'

/** A contestant whose laps are done by a process that does nothing else. */
export interface OwnProcess {
  readonly contestant: Contestant
  /** Ends the process. */
  stop(): void
}

const script = fileURLToPath(new URL('contestant-process.ts', import.meta.url))

/**
 * Gives a contestant a process of its own, as a test suite that uses one client has it. In one process they would slow
 * each other down: MSW by what it puts in the place of Node's own parts, the clients by the shapes they bring along.
 */
export function inOwnProcess(contestant: Contestant, amounts: LapAmounts): OwnProcess {
  const child = fork(script, [contestant.name, JSON.stringify(amounts)])
  const ended = once(child, 'exit')
  return { contestant: { ...contestant, lap: () => lapOf(child, ended) }, stop: () => child.kill() }
}

async function lapOf(child: ChildProcess, ended: Promise<unknown[]>): Promise<LapResult> {
  child.send('lap')
  const [told] = await Promise.race([once(child, 'message'), ended])
  assert(typeof told === 'object' && told !== null, `A contestant's process ended: ${String(told)}.`)
  return told as LapResult
}
