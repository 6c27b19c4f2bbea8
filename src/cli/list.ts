import * as z from 'zod'
import type { Problem } from '../report/document.ts'
import { painter, wrapped } from '../report/words.ts'
import { problemInWords } from './presenters.ts'
import type { RunSettings } from './run-flags.ts'
import { select, unknownScenario } from './selection.ts'
import type { Streams } from './streams.ts'
import { columnsOf, wantsColor } from './terminal.ts'
import type { DeclaredScenario } from './vitest-host.ts'

/** What `stuntdouble run --list --json` prints. */
export interface ListDocument {
  readonly format: 'stuntdouble-list/1'
  readonly scenarios: readonly DeclaredScenario[]
  readonly problems: readonly Problem[]
}

/** Schema of what `stuntdouble run --list --json` prints. */
export const listDocument: z.ZodType<ListDocument> = z.strictObject({
  format: z.literal('stuntdouble-list/1'),
  scenarios: z.array(z.strictObject({ scenario: z.string(), file: z.string(), claim: z.string().nullable() })),
  problems: z.array(
    z.strictObject({ file: z.string().nullable(), scenario: z.string().nullable(), message: z.string() }),
  ),
})

/**
 * Prints the scenarios that the names select, with their claims.
 *
 * @returns  The exit code: 2 when a file could not be loaded.
 * @throws UsageError  `scenario_unknown`
 */
export function printList(
  { scenarios, problems }: { readonly scenarios: readonly DeclaredScenario[]; readonly problems: readonly Problem[] },
  settings: RunSettings,
  streams: Streams,
): number {
  const listed = selectedOf(scenarios, settings.patterns)
  if (settings.presenter === 'json') {
    const document: ListDocument = { format: 'stuntdouble-list/1', scenarios: listed, problems }
    streams.out(`${JSON.stringify(document, null, 2)}\n`)
  } else {
    const color = wantsColor({ flag: settings.color, env: streams.env, isTty: streams.isTty })
    const columns = columnsOf(streams)
    const paint = painter(color)
    for (const { scenario, file, claim } of listed) {
      const lines = wrapped(claim ?? 'It states no claim.', Math.max(40, columns - 2)).map((line) => `  ${line}\n`)
      streams.out(`${paint('strong', scenario)}  ${paint('quiet', file)}\n${lines.join('')}`)
    }
    for (const problem of problems) streams.err(`${problemInWords(problem, { color, columns })}\n`)
  }
  return problems.length > 0 ? 2 : 0
}

function selectedOf(scenarios: readonly DeclaredScenario[], patterns: readonly string[]): readonly DeclaredScenario[] {
  const files = [...Map.groupBy(scenarios, ({ file }) => file)].map(([file, declared]) => ({
    path: file,
    shown: file,
    names: declared.map(({ scenario }) => scenario),
  }))
  const { selected, unmatched } = select(files, patterns)
  const [unknown] = unmatched
  if (unknown !== undefined) throw unknownScenario(files, unknown)
  return scenarios.filter(({ scenario, file }) =>
    selected.some(({ file: { shown }, names }) => shown === file && (names === 'all' || names.includes(scenario))),
  )
}
