import * as fc from 'fast-check'
import type { Explorable } from '../../src/explore/explorable.ts'
import type { RunRequest, RunResult, Violation } from '../../src/explore/types.ts'
import type { PlannedFault } from '../../src/faults/plan.ts'
import type { FaultName } from '../../src/simulator/fault-names.ts'
import type { StrikePoint } from '../../src/simulator/journal.ts'
import type { Simulators } from '../../src/world/types.ts'
import { exchange, startedAt } from '../report/results.ts'

/** A provider with a reading and a writing operation, and these faults. */
export function fakeProvider(...faults: FaultName[]): Simulators[string] {
  return {
    name: 'fake',
    version: '1',
    origins: ['https://api.fake.example'],
    faults,
    operations: {
      read: { name: 'read', method: 'GET', template: '/read' },
      write: { name: 'write', method: 'POST', template: '/write', effect: 'create' },
    },
    open: () => {
      throw new TypeError('A fake is never opened.')
    },
  } as unknown as Simulators[string]
}

/** What a fake says of one run; what it leaves out is a run that passes. */
export interface FakeRun {
  /** Strike points of the run, in order. @defaultValue none */
  readonly points?: readonly StrikePoint[]
  /** Names of the invariants that broke. @defaultValue none */
  readonly broken?: readonly string[]
  /** Faults of the plan that struck. @defaultValue those that name a point of the run */
  readonly virtualMs?: number
  readonly reasons?: readonly string[]
}

/** Settings of a fake; all of them have defaults. */
export interface FakeOptions {
  readonly faults?: readonly FaultName[]
  readonly given?: fc.Arbitrary<unknown>
  readonly admits?: (fault: FaultName) => boolean
  readonly run?: (request: RunRequest) => FakeRun
}

/** Something to explore that costs nothing, and that remembers every run that was asked of it. */
export interface Fake extends Explorable {
  readonly requests: readonly RunRequest[]
}

export const point = (operation: string, nth = 1): StrikePoint => ({ provider: 'fake', operation, nth })

export function fake({ faults = ['hang'], given, admits, run = () => ({}) }: FakeOptions = {}): Fake {
  const requests: RunRequest[] = []
  return {
    name: 'Test_Fake',
    claim: 'nothing breaks',
    simulators: { fake: fakeProvider(...faults) },
    given: given ?? fc.constant(undefined),
    admits: admits ?? (() => true),
    optedOut: [],
    requests,
    run: async (request) => {
      requests.push(request)
      return resultOf(request, run(request))
    },
  }
}

function resultOf(
  request: RunRequest,
  { points = [], broken = [], virtualMs = 1_000, reasons = [] }: FakeRun,
): RunResult {
  const strikes = (fault: PlannedFault, at: StrikePoint): boolean =>
    fault.on.provider === at.provider &&
    'operation' in at &&
    (!('operation' in fault.on) || fault.on.operation === at.operation) &&
    (fault.on.nth === undefined || fault.on.nth === at.nth) &&
    (fault.on.fromMs ?? 0) === 0
  const records = points.flatMap((at, index) =>
    'operation' in at
      ? [
          exchange({
            ...{ n: index + 1, provider: at.provider, operation: at.operation, nth: at.nth, sentAt: startedAt + index },
            injected: request.plan.faults.filter((fault) => strikes(fault, at)).map(({ on: _, ...fault }) => fault),
          }),
        ]
      : [],
  )
  const violations = broken.map(
    (invariant): Violation => ({ invariant, kind: 'always', message: `${invariant} broke.`, atMs: 1 }),
  )
  return {
    request,
    startedAt,
    violations,
    records,
    strikePoints: points,
    intents: [],
    fingerprint: JSON.stringify(request),
    virtualMs,
    reproducibility: { reproducible: reasons.length === 0, reasons },
    unused: request.plan.faults
      .filter((fault) => !points.some((at) => strikes(fault, at)))
      .map(({ on, ...fault }) => ({
        fault,
        on: `call ${on.nth} of ${'operation' in on ? on.operation : '?'} of ${on.provider}`,
      })),
    secrets: [],
  }
}
