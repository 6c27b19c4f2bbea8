import { parseArgs } from 'node:util'

/** What can be measured, in the order in which it is. */
export const groups = ['exchanges', 'runs', 'suite', 'parts', 'memory', 'in-process', 'server', 'start'] as const

/** A part of the benchmark that can be asked for by itself. */
export type Group = (typeof groups)[number]

/** What the command line asks for. */
export interface BenchOptions {
  readonly only: readonly Group[]
  readonly json: boolean
  /** Tiny rounds: shows that all of it works, and measures nothing. */
  readonly quick: boolean
  /** Beside what this project depends on anyway, nothing that has to be installed first. */
  readonly peers: boolean
  readonly help: boolean
}

/** A flag or value that the command does not take; the message says what it does. */
export class BenchUsageError extends Error {
  override readonly name = 'BenchUsageError'
}

/** What `--help` prints. */
export const usage = `Usage: npm run bench -- [--only <groups>] [--json] [--quick] [--no-peers]

  --only <groups>  Measure these only, with commas: ${groups.join(', ')}
  --json           Print one JSON document instead of tables
  --quick          Tiny rounds, to see that the benchmark works; its figures mean nothing
  --no-peers       Leave out what would be installed into bench/peers first: nock, mockttp, Mockoon, Prism, WireMock
  --help           Print this
`

/**
 * Reads the command line.
 *
 * @throws BenchUsageError
 */
export function readOptions(args: readonly string[]): BenchOptions {
  const { only, json = false, quick = false, help = false, peers = true } = flagsOf(args)
  return { only: only === undefined ? groups : groupsOf(only), json, quick, peers, help }
}

interface Flags {
  readonly only?: string | undefined
  readonly json?: boolean | undefined
  readonly quick?: boolean | undefined
  readonly peers?: boolean | undefined
  readonly help?: boolean | undefined
}

function flagsOf(args: readonly string[]): Flags {
  try {
    return parseArgs({
      args: [...args],
      allowNegative: true,
      options: {
        only: { type: 'string' },
        json: { type: 'boolean' },
        quick: { type: 'boolean' },
        peers: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    throw new BenchUsageError((error as Error).message, { cause: error })
  }
}

function groupsOf(only: string): readonly Group[] {
  const asked = only.split(',').map((name) => name.trim())
  for (const name of asked) {
    if (!(groups as readonly string[]).includes(name)) {
      throw new BenchUsageError(`--only: there is no group "${name}"; there are ${groups.join(', ')}.`)
    }
  }
  return groups.filter((group) => asked.includes(group))
}
