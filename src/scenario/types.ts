import type * as fc from 'fast-check'
import type { Receiver } from '../doors/network-parts.ts'
import type { Explorable } from '../explore/explorable.ts'
import type { InvariantTuning, Off } from '../invariants/built-in.ts'
import type { FaultName } from '../simulator/fault-names.ts'
import type { HandleOf, Simulators, World, WorldOptions } from '../world/types.ts'

/** What every part of a scenario is given: the workload, the world, and each simulator by its name. */
export type ScenarioContext<Sims extends Simulators, Given> = {
  /** The workload of this run; a copy of its own, so changing it changes no other run. */
  readonly given: Given
  readonly world: World<Sims>
} & { readonly [Provider in keyof Sims]: HandleOf<Sims[Provider]> }

/** What invariants see: all that `arrange` sees, and the subject. */
export type JudgingContext<Sims extends Simulators, Subject, Given> = ScenarioContext<Sims, Given> & {
  readonly subject: Subject
}

/** What `play` works with. */
export type PlayContext<Sims extends Simulators, Subject, Given> = JudgingContext<Sims, Subject, Given> & {
  /** Asks the subject to achieve one thing. It never throws what the subject threw: see what it resolves to. */
  readonly intent: World<Sims>['intent']
  readonly all: All
}

/**
 * Starts `task` for each item at once, or for the numbers 1 to `count`, and waits until every one of them has ended.
 * If one of them throws, it then throws the first of these errors.
 */
export interface All {
  <Value>(count: number, task: (number: number, index: number) => Value | Promise<Value>): Promise<Value[]>
  <Item, Value>(items: readonly Item[], task: (item: Item, index: number) => Value | Promise<Value>): Promise<Value[]>
}

/** A scenario as its author writes it. */
export interface ScenarioOptions<Sims extends Simulators, Subject, Given> {
  /** Providers by the name that the journal, fault plans and the context use. */
  readonly simulators: Sims
  /** Workloads. @defaultValue one, `undefined` */
  readonly given?: fc.Arbitrary<Given>
  /** Prepares the providers before the subject is made. */
  readonly arrange?: (ctx: ScenarioContext<Sims, Given>) => unknown
  /** Makes the code under test, anew for each run, within the world. */
  readonly subject: (ctx: ScenarioContext<Sims, Given>) => Subject | Promise<Subject>
  /** Servers of the subject by origin: where webhooks arrive. Each is made when the first request comes. */
  readonly receivers?: Readonly<Record<string, (ctx: JudgingContext<Sims, Subject, Given>) => Receiver>>
  /** What is asked of the subject, intent by intent. */
  readonly play: (ctx: PlayContext<Sims, Subject, Given>) => unknown
  /** Safety: checked after every event. Broken when it returns `false` or throws. */
  readonly always?: Readonly<Record<string, (ctx: JudgingContext<Sims, Subject, Given>) => unknown>>
  /** Liveness: checked once faults have ceased and all has settled. Broken when it gives `false` or throws. */
  readonly eventually?: Readonly<Record<string, (ctx: JudgingContext<Sims, Subject, Given>) => unknown>>
  /** Tunes built-in invariants, or switches one off: `{ 'intents-settle': { off: 'a reason' } }`. */
  readonly invariants?: InvariantTuning
  /** Faults that the search leaves out, each with a reason. */
  readonly faults?: Readonly<Partial<Record<FaultName, Off>>>
  /** Time that a message takes, each way. @defaultValue 5 to 40 ms */
  readonly latency?: WorldOptions['latency']
  /** Virtual time at the start. @defaultValue `'2026-01-05T09:00:00.000Z'` */
  readonly startAt?: WorldOptions['startAt']
  /** Where a run that does not end is ended. @defaultValue those of `WorldBounds` */
  readonly bounds?: WorldOptions['bounds']
  /** One sentence. @defaultValue the paragraph `Claim: …` of the doc comment before the scenario */
  readonly claim?: string
}

/** A scenario: a claim that can be searched, run and judged. */
export interface Scenario<Sims extends Simulators = Simulators, Subject = unknown, Given = unknown> extends Explorable {
  /**
   * The same claim about another subject: how to see that a scenario can fail. Explore what it gives with a subject
   * that is wrong in the way the claim forbids, and expect a counterexample.
   */
  against(subject: (ctx: ScenarioContext<Sims, Given>) => Subject | Promise<Subject>): Explorable
}
