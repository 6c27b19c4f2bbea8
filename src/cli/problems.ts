import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import type { TestModule } from 'vitest/node'
import type { Problem, ScenarioReport } from '../report/document.ts'
import type { Selection } from './selection.ts'

/** An error as Vitest hands it on from a worker. */
interface ForeignError {
  readonly name?: string
  readonly message: string
  readonly stack?: string | undefined
  readonly cause?: unknown
}

/** What is wrong with a scenario file that declares none. */
export const holdsNone = "It holds no scenario. Export one: export default scenario('Test_…', { … })"

/** Errors whose message alone is for the author of a scenario. */
const selfExplaining: ReadonlySet<string> = new Set(['Error', 'ScenarioError'])
const linesMax = 12
const workerDeath = /^Worker exited unexpectedly (?:with )?(.*?) ?during \w+ state while running test file (.+)$/
const location = /((?:file:\/\/|\/|[A-Za-z]:[\\/])[^\s()]+?):(\d+):(\d+)/

/** A path as people read it: relative to the root, with `/`. */
export function shownPath(path: string, root: string): string {
  return relative(root, path).split(sep).join('/')
}

/**
 * Says what went wrong with a file: the error, and the place in the project that it came from.
 *
 * @param module  Absent: no file is to blame.
 */
export function problemIn(module: TestModule | undefined, error: ForeignError, root: string): Problem {
  const file = module ? shownPath(module.moduleId, root) : null
  if (/^No test suite found in file/.test(error.message)) {
    return { file, scenario: null, message: holdsNone }
  }
  // That a worker died is one error, and what it died of another.
  if (error.message.startsWith('[vitest-pool]') && isForeign(error.cause)) return problemIn(module, error.cause, root)
  const [, death, running] = workerDeath.exec(error.message) ?? []
  if (death !== undefined && running !== undefined) {
    return { file: shownPath(running, root), scenario: null, message: `Its process ended before it did: ${death}.` }
  }
  const name = error.name === undefined || selfExplaining.has(error.name) ? '' : `${error.name}: `
  // Whoever transforms the sources has colours of its own.
  const lines = stripVTControlCharacters(`${name}${error.message}`).trim().split('\n')
  const shown = lines.length > linesMax ? [...lines.slice(0, linesMax), '…'] : lines
  return { file, scenario: null, message: withPlace(shown.join('\n'), error.stack, root) }
}

function isForeign(cause: unknown): cause is ForeignError {
  return typeof cause === 'object' && cause !== null && 'message' in cause && typeof cause.message === 'string'
}

/** A message, and the place in the project that its error came from, if any. */
export function withPlace(message: string, stack: string | undefined, root: string): string {
  const place = placeIn(stack, root)
  return place === undefined ? message : `${message} (at ${place})`
}

/**
 * Names that were to run and of which nothing was heard: they stand in the text of a file, in a comment perhaps, that
 * declares no such scenario.
 */
export function problemsOfSilence(
  selected: readonly Selection[],
  reports: readonly ScenarioReport[],
  problems: readonly Problem[],
): Problem[] {
  const heard = new Set([...reports, ...problems].map(({ scenario }) => scenario))
  const broken = new Set(problems.flatMap(({ file, scenario }) => (scenario === null ? [file] : [])))
  return selected.flatMap(({ file: { shown }, names }) => {
    if (names === 'all' || broken.has(shown)) return []
    const silent = names.filter((name) => !heard.has(name))
    return silent.map((scenario) => ({ file: shown, scenario, message: 'The file names it and does not declare it.' }))
  })
}

/** The first frame that is the project's own. */
function placeIn(stack: string | undefined, root: string): string | undefined {
  for (const line of stack?.split('\n').slice(1) ?? []) {
    const [, at, row, column] = location.exec(line) ?? []
    if (at === undefined || at.includes('node_modules')) continue
    const path = at.startsWith('file://') ? fileURLToPath(at) : at
    if (path.startsWith(join(root, sep))) return `${shownPath(path, root)}:${row}:${column}`
  }
  return undefined
}
