import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** A scenario file, and the scenarios that its text names. */
export interface ScenarioFile {
  /** Absolute path. */
  readonly path: string
  /** Path relative to the root, with `/`. */
  readonly shown: string
  /** Names that stand in the text as plain strings; a computed one is known only once the file is loaded. */
  readonly names: readonly string[]
}

const scenarioFile = /\.scenario\.[cm]?[jt]s$/
const namedInText = /\bscenario\(\s*(['"`])(Test_\w+)\1/g
const skipped: ReadonlySet<string> = new Set(['node_modules', 'dist', 'coverage'])

/**
 * Finds the scenario files below a directory, in order of path. Skips `node_modules`, `dist`, `coverage` and
 * directories that begin with a dot.
 */
export function scenarioFilesIn(directory: string, root: string): readonly ScenarioFile[] {
  return pathsIn(directory).map((path) => ({
    path,
    shown: relative(root, path).split(sep).join('/'),
    names: [...readFileSync(path, 'utf8').matchAll(namedInText)].flatMap(([, , name]) => name ?? []),
  }))
}

function pathsIn(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return entry.name.startsWith('.') || skipped.has(entry.name) ? [] : pathsIn(path)
    return scenarioFile.test(entry.name) ? [path] : []
  })
}
