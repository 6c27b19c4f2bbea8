import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Example } from './examples.ts'

/** What became of an example: nothing, when all is well. */
export interface Outcome {
  /** What the compiler says of it, with lines of the document. */
  readonly compiling: readonly string[]
  /** What went wrong when it ran. */
  readonly running: readonly string[]
}

type Kind = 'test' | 'scenario' | 'program'

/** An example as a file. */
interface Piece {
  readonly example: Example
  /** Path within the workshop. */
  readonly file: string
  readonly kind: Kind
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const runMsMax = 60_000

/**
 * Compiles and runs examples in a folder of their own within the checkout, so that they import the package by its name
 * as a user does. Tests run on Vitest, scenarios by the command, everything else is a program of its own.
 */
export async function tryOut(examples: readonly Example[]): Promise<Map<Example, Outcome>> {
  const folder = `.examples/${process.pid}`
  const pieces = examples.map(pieceOf)
  try {
    write(folder, pieces)
    const [compiled, ...ran] = await Promise.all([
      compile(folder),
      runTests(folder, pieces),
      runScenarios(folder, pieces),
      runPrograms(folder, pieces),
    ])
    const problems = ran.flat()
    return new Map(
      pieces.map(({ example, file }) => [
        example,
        {
          compiling: compiled.filter((line) => line.file === file).map(({ line, says }) => said(example, line, says)),
          running: problems.filter((problem) => problem.file === file).map(({ says }) => says),
        },
      ]),
    )
  } finally {
    rmSync(join(root, folder), { recursive: true, force: true })
  }
}

function said({ path, line }: Example, lineOfCode: number, says: string): string {
  return `${path}:${line + lineOfCode - 1}  ${says}`
}

function pieceOf(example: Example): Piece {
  const { path, line, title, code } = example
  const kind: Kind = /export default scenario\(/.test(code)
    ? 'scenario'
    : /from '(?:vitest|stuntdouble\/vitest)'/.test(code)
      ? 'test'
      : 'program'
  const suffix = { scenario: '.scenario.ts', test: '.test.ts', program: '.ts' }[kind]
  const name = title ?? `line-${line}${suffix}`
  // A document's own folder: its examples see each other, and no others.
  return { example, kind, file: posix.join(path.replace(/[^\w]+/g, '-'), name) }
}

function write(folder: string, pieces: readonly Piece[]): void {
  for (const { file, example } of pieces) {
    mkdirSync(join(root, folder, posix.dirname(file)), { recursive: true })
    writeFileSync(join(root, folder, file), example.code)
  }
  const tsconfig = { extends: '../../tsconfig.json', include: ['**/*.ts'] }
  writeFileSync(join(root, folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  writeFileSync(
    join(root, folder, 'vitest.config.ts'),
    [
      "import { defineConfig } from 'vitest/config'",
      "import base from '../../vitest.config.ts'",
      `export default defineConfig({ ...base, test: { ...base.test, root: ${JSON.stringify(root)}, dir: import.meta.dirname, include: ['**/*.test.ts'] } })`,
    ].join('\n'),
  )
}

interface Problem {
  readonly file: string
  readonly says: string
}

async function compile(folder: string): Promise<(Problem & { readonly line: number })[]> {
  const { output } = await run('node_modules/typescript/bin/tsc', ['--pretty', 'false', '-p', folder])
  return [...output.matchAll(/^(?<file>\S.*?)\((?<line>\d+),\d+\): (?<says>error .*)$/gm)].flatMap(
    ({ groups = {} }) => {
      const [, file] = (groups['file'] ?? '').replaceAll('\\', '/').split(`${folder}/`)
      return [{ file: file ?? '', line: Number(groups['line']), says: groups['says'] ?? '' }]
    },
  )
}

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly failureMessages: readonly string[] }[]
  }[]
}

async function runTests(folder: string, pieces: readonly Piece[]): Promise<Problem[]> {
  const tests = pieces.filter(({ kind }) => kind === 'test')
  if (tests.length === 0) return []
  const reportFile = join(root, folder, 'report.json')
  const config = `${folder}/vitest.config.ts`
  const flags = ['run', '--config', config, '--reporter=json', `--outputFile=${reportFile}`]
  const { output } = await run('node_modules/vitest/vitest.mjs', flags)
  const { testResults } = JSON.parse(readOr(reportFile, '{"testResults":[]}')) as VitestReport
  return tests.flatMap(({ file }) => {
    const result = testResults.find(({ name }) => name.endsWith(`${folder}/${file}`))
    if (!result) return [{ file, says: `Vitest did not run it. ${output}` }]
    const failed = result.assertionResults.filter(({ status }) => status !== 'passed')
    if (result.status === 'passed' && failed.length === 0 && result.assertionResults.length > 0) return []
    const why = [result.message, ...failed.flatMap(({ failureMessages }) => failureMessages)].join('\n').trim()
    return [{ file, says: why || 'It holds no test.' }]
  })
}

async function runScenarios(folder: string, pieces: readonly Piece[]): Promise<Problem[]> {
  const scenarios = pieces.filter(({ kind }) => kind === 'scenario')
  return runAll(scenarios, ({ file, example }) => {
    const name = /export default scenario\(\s*'(?<name>\w+)'/.exec(example.code)?.groups?.['name'] ?? ''
    return ['bin/stuntdouble.js', 'run', name, '--dir', `${folder}/${posix.dirname(file)}`, '--runs', '20']
  })
}

async function runPrograms(folder: string, pieces: readonly Piece[]): Promise<Problem[]> {
  const programs = pieces.filter(({ kind }) => kind === 'program')
  return runAll(programs, ({ file }) => [`${folder}/${file}`])
}

/** One after the other: two cores are shared with the rest of the tests. */
async function runAll(
  pieces: readonly Piece[],
  commandOf: (piece: Piece) => readonly [script: string, ...flags: string[]],
): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const piece of pieces) {
    const [script, ...flags] = commandOf(piece)
    const { code, output } = await run(script, flags)
    if (code !== 0) problems.push({ file: piece.file, says: `Exit code ${code}.\n${output}` })
  }
  return problems
}

/** Runs a script of the checkout in a fresh process, on the source of the package. */
export function run(script: string, flags: readonly string[]): Promise<{ code: number; output: string }> {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--conditions=stuntdouble-source', script, ...flags],
      { cwd: root, env: { ...env, NO_COLOR: '1', FORCE_COLOR: undefined }, timeout: runMsMax, maxBuffer: 64_000_000 },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: `${stdout}${stderr}`.trim() })
      },
    )
  })
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return otherwise
  }
}
