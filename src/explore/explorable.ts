import type * as fc from 'fast-check'
import type { FaultName } from '../simulator/fault-names.ts'
import type { Simulators } from '../world/types.ts'
import type { RunRequest, RunResult } from './types.ts'

/** What an exploration searches: something that can be run, and judges itself. */
export interface Explorable {
  readonly name: string
  readonly claim: string | undefined
  /** Their operations and faults make up the search space. */
  readonly simulators: Simulators
  /** Workloads. */
  readonly given: fc.Arbitrary<unknown>
  /** Whether the search lets this fault strike. */
  admits(fault: FaultName): boolean
  /** Built-in invariants that are switched off, each with a reason. */
  readonly optedOut: readonly { readonly invariant: string; readonly reason: string }[]
  /**
   * One run, judged. The same request gives the same result.
   *
   * @throws ScenarioError  when what the scenario brings fails without any fault
   */
  run(request: RunRequest): Promise<RunResult>
}
