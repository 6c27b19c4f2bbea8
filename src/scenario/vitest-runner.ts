import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** Vitest, as a test file imports it. */
export type VitestModule = typeof import('vitest')

/** A scenario file that Vitest is collecting. */
export interface Collecting {
  readonly vitest: VitestModule
  /** Absolute path. */
  readonly file: string
}

const scenarioFile = /\.scenario\.[cm]?[jt]s$/

/** The scenario file that Vitest is collecting just now; `undefined` in other files, in tests, and without Vitest. */
export function collectingScenarioFile(): Collecting | undefined {
  if (process.env['VITEST'] === undefined) return undefined
  const vitest = loadedVitest()
  if (!vitest || vitest.TestRunner.getCurrentTest() !== undefined) return undefined
  const file = collectedFile(vitest)
  return file !== undefined && scenarioFile.test(file) ? { vitest, file } : undefined
}

/**
 * Vitest is an optional peer, and whoever imports it statically cannot do without. A top-level `await import()` would
 * keep CommonJS users from requiring the package; so it is required, which Node allows for such modules.
 */
function loadedVitest(): VitestModule | undefined {
  try {
    return createRequire(import.meta.url)(fileURLToPath(import.meta.resolve('vitest')))
  } catch {
    return undefined
  }
}

/** Vitest throws where it is loaded and no file is being collected: in its config, or in a global set-up. */
function collectedFile(vitest: VitestModule): string | undefined {
  try {
    const { suite, file } = vitest.TestRunner.getCurrentSuite()
    return (suite?.file ?? file)?.filepath
  } catch {
    return undefined
  }
}
