import { closest } from 'fastest-levenshtein'
import type { ScenarioFile } from './scenario-files.ts'
import { UsageError } from './usage-error.ts'

/** A file with scenarios to run. */
export interface Selection {
  readonly file: ScenarioFile
  /** Names to run, or `all`. */
  readonly names: readonly string[] | 'all'
}

/**
 * Selects scenarios. A pattern is the exact name of a scenario or, failing that, a part of a name or of a file's path,
 * in any case, where `*` stands for anything.
 *
 * @returns  What to run, and the patterns that select nothing.
 */
export function select(
  files: readonly ScenarioFile[],
  patterns: readonly string[],
): { readonly selected: readonly Selection[]; readonly unmatched: readonly string[] } {
  if (patterns.length === 0) return { selected: files.map((file) => ({ file, names: 'all' })), unmatched: [] }
  const chosen = new Map<ScenarioFile, Set<string> | 'all'>()
  const unmatched = patterns.filter((pattern) => {
    const matches = matching(files, pattern)
    for (const { file, names } of matches) {
      const before = chosen.get(file) ?? new Set<string>()
      chosen.set(file, before === 'all' || names === 'all' ? 'all' : new Set([...before, ...names]))
    }
    return matches.length === 0
  })
  const selected = files.flatMap((file) => {
    const names = chosen.get(file)
    return names === undefined ? [] : [{ file, names: names === 'all' ? ('all' as const) : [...names] }]
  })
  return { selected, unmatched }
}

/** Says that a name selects nothing, and which one is nearest. */
export function unknownScenario(files: readonly ScenarioFile[], pattern: string): UsageError {
  const names = files.flatMap((file) => file.names)
  const nearest = names.length === 0 ? '' : ` Did you mean "${closest(pattern, names)}"?`
  return new UsageError(
    'scenario_unknown',
    `No scenario or scenario file is called "${pattern}".${nearest} "stuntdouble run --list" names all ${names.length}.`,
  )
}

/** Whether a name stands in the files' text more than once. */
export function namesRepeat(files: readonly ScenarioFile[]): boolean {
  const names = files.flatMap((file) => file.names)
  return new Set(names).size < names.length
}

/**
 * Checks that a name stands for one claim only: replay files, commands and reports go by it.
 *
 * @throws UsageError  `scenario_ambiguous`
 */
export function mustDiffer(scenarios: readonly { readonly scenario: string; readonly file: string }[]): void {
  const files = new Map<string, string>()
  for (const { scenario, file } of scenarios) {
    const other = files.get(scenario)
    if (other !== undefined) {
      const where = other === file ? `twice in ${file}` : `in ${other} and in ${file}`
      throw new UsageError('scenario_ambiguous', `${scenario} stands ${where}. A name is for one claim: rename one.`)
    }
    files.set(scenario, file)
  }
}

function matching(files: readonly ScenarioFile[], pattern: string): Selection[] {
  const exact = files.filter(({ names }) => names.includes(pattern)).map((file) => ({ file, names: [pattern] }))
  if (exact.length > 0) return exact
  const test = matcherOf(pattern)
  return files.flatMap((file): Selection[] => {
    const names = file.names.filter(test)
    if (names.length > 0) return [{ file, names }]
    return test(file.shown) ? [{ file, names: 'all' }] : []
  })
}

function matcherOf(pattern: string): (text: string) => boolean {
  const source = pattern.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replaceAll('*', '.*')
  // A pattern with `*` means the whole name, as a shell does; without, any part of it.
  const expression = new RegExp(pattern.includes('*') ? `^(.*/)?${source}$` : source, 'i')
  return (text) => expression.test(text)
}
