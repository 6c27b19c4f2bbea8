import type { ConnectionReport, LiveWorld } from '../doors/live-types.ts'
import { intentReportOf, maskOf } from '../report/report-of.ts'
import { renderTimeline } from '../report/timeline.ts'
import type { Simulator } from '../simulator/definition.ts'
import type { Journal } from '../simulator/journal.ts'
import type { IntentRecord, Simulators, World, WorldCore } from '../world/types.ts'
import { WorldError } from '../world/world-error.ts'

/** What matchers and assertions judge: a world, live simulators, or a server of them. */
export type Judgeable<Sims extends Simulators = Simulators> =
  | World<Sims>
  | WorldCore<Sims>
  | LiveWorld<Sims>
  | { readonly world: LiveWorld<Sims> }

/** Names that the type of what is judged knows: of its providers, and of their operations. */
export interface Names {
  readonly provider: string
  readonly operation: string
}

/** The names of what is judged, where its type tells them: they are completed and checked. */
export type NamesOf<Judged> = Judged extends { readonly world: infer Inner extends { inject: unknown } }
  ? NamesOf<Inner>
  : Judged extends { inject: Injects<infer Provider, infer Operation> }
    ? { readonly provider: Provider & string; readonly operation: Operation & string }
    : Names

/** Worlds of both kinds take faults by the names that they know. */
interface Injects<Provider, Operation> {
  (provider: Provider, operation: Operation, fault: never): unknown
  (provider: never, target: never, fault: never): unknown
}

/** What is judged, whatever it was handed in as. */
export interface Evidence {
  readonly journal: Journal
  /** Simulators by name. */
  readonly simulators: Readonly<Record<string, Simulator>>
  /** None where simulators are live: nobody tells them of intents. */
  readonly intents: readonly IntentRecord[]
  readonly unused: readonly { readonly fault: { readonly fault: string }; readonly on: string }[]
  /** Absent in a world: its calls come over no connections that could be counted. */
  readonly connections: ConnectionReport | undefined
  /** What happened, line by line. */
  timeline(): string
}

interface Inside {
  readonly journal: Journal
  readonly network: LiveWorld['network']
  unusedFaults(): Evidence['unused']
  secrets(): readonly string[]
  connections?(): ConnectionReport
  elapsedMs?(): number
  now?(): number
  readonly intents?: readonly IntentRecord[]
}

/**
 * Reads what a matcher was given.
 *
 * @throws WorldError  `options_invalid` when it is nothing that can be judged
 */
export function evidenceOf(judged: unknown): Evidence {
  const inside = insideOf(judged) ?? insideOf(memberOf(judged, 'world'))
  if (!inside) {
    throw new WorldError(
      'options_invalid',
      'Only what has a journal can be judged: a world (createWorld, useWorld), live simulators (openLive), or a server ' +
        `of them. Got ${judged === null ? 'null' : typeof judged}.`,
    )
  }
  const { journal, network, intents = [] } = inside
  return {
    journal,
    simulators: Object.fromEntries(network.providers.map(({ name, instance }) => [name, instance.simulator])),
    intents,
    unused: inside.unusedFaults(),
    connections: inside.connections?.(),
    timeline: () => timelineOf(inside),
  }
}

function insideOf(judged: unknown): Inside | undefined {
  const isWhole = typeof memberOf(judged, 'unusedFaults') === 'function' && memberOf(judged, 'network') !== undefined
  return isWhole ? (judged as Inside) : undefined
}

/** Read, never asked for by `in`: what `useWorld` gives stands for the world of the running test. */
function memberOf(judged: unknown, name: string): unknown {
  return typeof judged === 'object' && judged !== null ? Reflect.get(judged, name) : undefined
}

/** Lines that a failing assertion shows: what a person reads at once. */
const linesMax = 24

function timelineOf(inside: Inside): string {
  const records = inside.journal.records()
  const first = records[0]
  const firstAt = first && ('sentAt' in first ? first.sentAt : first.at)
  const worldStartedAt = inside.now && inside.elapsedMs && inside.now() - inside.elapsedMs()
  const mask = maskOf(inside.secrets())
  const lines = renderTimeline(
    {
      records,
      intents: (inside.intents ?? []).map((intent) => intentReportOf(intent, mask)),
      violations: [],
      startedAt: worldStartedAt ?? firstAt ?? 0,
    },
    { color: false, columns: 110, linesMax },
  )
  const head = worldStartedAt === undefined ? 'since the first call' : 'in virtual time since the start'
  return [`What happened, ${head}:`, ...lines.split('\n').map((line) => `  ${line}`)].join('\n')
}
