import type { Striker } from '../faults/striker.ts'
import type { Call, Outcome, Reply } from '../http/exchange.ts'
import type { Simulator } from '../simulator/definition.ts'
import type { JournalBook } from '../simulator/journal-book.ts'
import type { Random } from '../simulator/random.ts'

/** Answers deliveries at one origin of the subject, as any fetch-style server would. */
export type Receiver = (request: Request) => Response | Promise<Response>

/** What a task says that has set off nothing but further tasks: no code of a subject waits for its turn. */
export const quiet = 'quiet'

/** A task of a clock. What it returns says nothing, but for `quiet`. */
export type ScheduledTask = () => unknown

/** The time that a network lives in: a world's, or the real one. */
export interface NetworkClock {
  /** Milliseconds since 1970, whole. */
  now(): number
  /** Calls `task` once, `waitMs` from now, in no one's async context. */
  schedule(waitMs: number, task: ScheduledTask): { cancel(): void }
}

/** What a network is made of. */
export interface NetworkParts {
  readonly simulators: Readonly<Record<string, Simulator>>
  readonly receivers: Readonly<Record<string, Receiver>>
  /**
   * Carries what is sent to where no receiver is; the provider waits `timeoutMs`.
   *
   * @defaultValue there is nothing: the name does not resolve
   */
  readonly beyond?: (call: Call, timeoutMs: number | undefined) => Promise<Outcome>
  readonly clock: NetworkClock
  readonly seed: number | string
  readonly random: Random
  readonly startAt: number
  readonly latency: { readonly minMs: number; readonly maxMs: number }
  readonly striker: Pick<Striker, 'strikeCall' | 'strikeDelivery'>
  readonly book: JournalBook
  /**
   * Told when a simulator itself throws: a bug of the simulator, never a fault. `answer` gives its client a reply all
   * the same; without one it gets none.
   */
  readonly crashed: (error: unknown, answer: (reply: Reply) => void) => void
}
