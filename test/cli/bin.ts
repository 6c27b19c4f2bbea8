import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

/** The checkout. */
export const checkout = join(import.meta.dirname, '../..')
/** The command's own file. */
export const bin = join(checkout, 'bin/stuntdouble.js')

/** What a process came to. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Where and how a process runs. */
export interface SpawnOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Options of Node, before the file. */
  readonly nodeOptions?: readonly string[]
}

/** What a process may take on a busy machine. Far more than it does take. */
export const msMax = 120_000

/** Runs the command as a shell would, and waits for its end. */
export function stuntdouble(args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return ended(startStuntdouble(args, options))
}

/** Starts the command. */
export function startStuntdouble(args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  return startNode([...(options.nodeOptions ?? []), bin, ...args], options)
}

/** Runs any program of Node, and waits for its end. */
export function node(args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return ended(startNode(args, options))
}

/** Runs a line of shell in which `npx stuntdouble` is this checkout's command. */
export function shell(line: string, { cwd, env }: SpawnOptions): Promise<Ended> {
  const shims = temporaryDirectory()
  const npx = join(shims, 'npx')
  writeFileSync(npx, `#!/bin/sh\n[ "$1" = stuntdouble ] || exit 99\nshift\nexec '${process.execPath}' '${bin}' "$@"\n`)
  chmodSync(npx, 0o755)
  const path = [shims, process.env['PATH']].join(delimiter)
  return ended(spawn('/bin/sh', ['-c', line], { cwd, env: { ...cleanEnv(), PATH: path, ...env }, timeout: msMax }))
}

/** Waits for a process. */
export function ended(child: ChildProcess): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>()
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  child.on('error', reject)
  child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  return promise
}

const directories: string[] = []

/** A new directory; `removeTemporaries` takes it away. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'stuntdouble-test-'))
  directories.push(path)
  return path
}

/** Takes away what `temporaryDirectory` and `project` made. */
export function removeTemporaries(): void {
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true })
}

/**
 * Copies a fixture to a directory of its own, and has it import the toolkit from this checkout.
 *
 * @param at  Path of the copy below a new temporary directory.
 */
export function project(fixture: 'suite' | 'odd' | 'twins' | 'long', at = 'project'): string {
  const path = join(temporaryDirectory(), at)
  mkdirSync(dirname(path), { recursive: true })
  const from = join(import.meta.dirname, 'fixtures')
  cpSync(join(from, fixture), path, {
    recursive: true,
    // What a run by hand left behind.
    filter: (source) => !/[/\\](node_modules|\.\w+)$/.test(source),
  })
  symlinkSync(join(checkout, 'node_modules'), join(path, 'node_modules'), 'dir')
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue
    const file = join(entry.parentPath, entry.name)
    const text = readFileSync(file, 'utf8')
      .replaceAll(
        /'(?:\.\.\/)+(src|fixtures)\//g,
        (_, top) => `'${checkout}/${top === 'src' ? 'src' : 'test/fixtures'}/`,
      )
      .replaceAll("'../suite/", `'${from}/suite/`)
    writeFileSync(file, text)
  }
  return path
}

/** Starts any program of Node. */
export function startNode(args: readonly string[], { cwd, env }: SpawnOptions): ChildProcess {
  return spawn(process.execPath, args, { cwd, env: { ...cleanEnv(), ...env }, timeout: msMax })
}

/** Without what this very test runner sets: the command must think that nobody watches. */
export function cleanEnv(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(VITEST|NODE_ENV$|TEST$|DEV$|PROD$|MODE$|BASE_URL$|SSR$|FORCE_COLOR|NO_COLOR|CI$|GITHUB_ACTIONS|npm_)/.test(
        name,
      ),
  )
  return Object.fromEntries(kept)
}
