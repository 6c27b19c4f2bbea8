import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import type { ScenarioReport } from '../report/document.ts'
import { replayFileOf } from '../report/replay.ts'

/** What became of the file that replays a counterexample. */
export type ReplayKept = { readonly path: string | undefined } | { readonly path: undefined; readonly why: string }

/**
 * Writes the file that replays a report's counterexample, if it has one: `.stuntdouble/replay/Test_X.json`.
 *
 * @returns  Its path as a command given in `cwd` should name it, or why there is none.
 */
export function keepReplay(
  { scenario, counterexample }: ScenarioReport,
  { root, cwd }: { readonly root: string; readonly cwd: string },
): ReplayKept {
  if (!counterexample) return { path: undefined }
  const path = join(root, '.stuntdouble', 'replay', `${scenario}.json`)
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${JSON.stringify(replayFileOf(scenario, counterexample), null, 2)}\n`)
    return { path: relative(cwd, path).split(sep).join('/') }
  } catch (error) {
    return { path: undefined, why: (error as Error).message }
  }
}
