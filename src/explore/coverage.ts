import { targetInWords } from '../faults/striker.ts'
import type { CoverageCell, RunResult } from './types.ts'

/** The matrix of operation × fault, as runs fill it. */
export interface Coverage {
  note(result: RunResult): void
  cells(): readonly CoverageCell[]
}

/** Starts empty. */
export function startCoverage(): Coverage {
  const cells = new Map<string, { -readonly [Member in keyof CoverageCell]: CoverageCell[Member] }>()
  return {
    note: ({ request, violations, unused }) => {
      const missed = new Set(unused.map(({ fault, on }) => `${fault.fault} ${on}`))
      const held = violations.length === 0
      for (const fault of request.plan.faults) {
        const { provider } = fault.on
        const target =
          ('operation' in fault.on ? fault.on.operation : 'topic' in fault.on ? fault.on.topic : undefined) ?? '*'
        const key = `${provider} ${target} ${fault.fault}`
        const cell = cells.get(key) ?? { provider, target, fault: fault.fault, passed: 0, failed: 0, notStruck: 0 }
        cells.set(key, cell)
        if (missed.has(`${fault.fault} ${targetInWords(fault.on)}`)) cell.notStruck++
        else if (held) cell.passed++
        else cell.failed++
      }
    },
    cells: () => [...cells.values()],
  }
}
