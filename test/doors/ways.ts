import type { CallFault } from '../../src/faults/fault.ts'
import type { Injection } from '../../src/faults/plan.ts'
import type { JournalRecord } from '../../src/simulator/journal.ts'
import { createWorld } from '../../src/world/world.ts'
import { type Answered, type Asked, type ClientKind, clientKinds, type Patience } from './clients.ts'
import { parrot } from './parrot.ts'
import type { WireFault } from './wire-faults.ts'

/** The parrot's operations, as far as the suites strike them. */
export type Operation = 'say' | 'learn' | 'replace'

/** A parrot that can be asked, behind one door. */
export interface Stage {
  readonly origin: string
  /** How long this way's client waits. */
  readonly patience: Patience
  /** The parrot's words as they are now. */
  words(): readonly string[]
  records(): readonly JournalRecord[]
  inject(operation: Operation, fault: CallFault & { readonly times?: number }): Injection
  ask(path: string, asked?: Asked): Promise<Answered>
  /** Milliseconds of the stage's own time since it was opened. */
  elapsedMs(): number
  /** Waits in the stage's own time. */
  wait(ms: number): Promise<void>
}

/**
 * A way for a call to reach a simulator: a client and the door it comes in by. Whatever answers calls for simulators
 * joins both suites by one entry here: a server would open itself in `play` and give its own origin.
 */
export interface Way {
  readonly name: string
  readonly kind: ClientKind
  /** What its transport shows in place of a fault that it cannot show. */
  readonly shownAs?: (fault: WireFault) => WireFault
  play<Value>(act: (stage: Stage) => Promise<Value>): Promise<Value>
}

/** A name under localhost is as trustworthy to fetch as the loopback address: both get the same header fields. */
const plainOrigin = 'http://parrot.localhost'
const tlsOrigin = 'https://parrot.example'

/** Every way there is. */
export const ways: readonly Way[] = [
  ...clientKinds.map((kind) => inWorld(kind, plainOrigin, kind.name)),
  ...clientKinds.filter(({ speaksTls }) => speaksTls).map((kind) => inWorld(kind, tlsOrigin, `${kind.name} over TLS`)),
]

/** One message takes this long, each way. */
export const legMs = 10

const told: Patience = { connectMs: 1_000, headersMs: 2_000, bodyMs: 3_000 }

function inWorld(kind: ClientKind, origin: string, name: string): Way {
  return {
    name,
    kind,
    play: async (act) => {
      const world = createWorld({ simulators: { parrot: parrot() }, latency: { minMs: legMs, maxMs: legMs } })
      return world.run(async () => {
        const client = kind.open(origin, told)
        return act({
          origin,
          patience: kind.patienceIn('world', told),
          words: () => world.parrot.state.words,
          records: () => world.journal.records(),
          inject: (operation, fault) => world.inject('parrot', operation, fault),
          ask: (path, asked) => client.ask(`${origin}${path}`, asked),
          elapsedMs: () => world.elapsedMs(),
          wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        })
      })
    },
  }
}
