import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import type { Figure, RoundCounts } from '../rounds.ts'

declare module 'vitest' {
  interface TaskMeta {
    figures?: readonly Figure[]
  }
  interface ProvidedContext {
    counts: RoundCounts
  }
}

const file = fileURLToPath(new URL('side-by-side.vitest.ts', import.meta.url))

/** Runs the same suite on MSW and in worlds, lap by lap, in one worker of Vitest. */
export async function suiteFigures(counts: RoundCounts): Promise<readonly Figure[]> {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  // Only when it is needed: it takes its time to load.
  const { startVitest } = await import('vitest/node')
  const vitest = await startVitest('test', [file], {
    root,
    config: false,
    include: [file],
    watch: false,
    reporters: [{}],
    provide: { counts },
  })
  try {
    const [module] = vitest.state.getTestModules()
    const [result] = module?.children.allTests() ?? []
    const errors = [...(module?.errors() ?? []), ...(result?.result().errors ?? [])]
    const figures = result?.meta().figures
    assert(figures && errors.length === 0, `The suite failed: ${errors.map(({ message }) => message).join('; ')}`)
    return figures
  } finally {
    await vitest.close()
  }
}
