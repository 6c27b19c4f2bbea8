import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { expect } from 'vitest'
import * as z from 'zod'
import { checkout, cleanEnv, type Ended, ended, temporaryDirectory } from '../cli/bin.ts'

/** What anything may take that asks a registry: they and disks have bad days. */
export const registryMsMax = 300_000

/** The manifest of the checkout, as far as tests of the package need it. */
export const manifest = z
  .object({ version: z.string(), exports: z.record(z.string(), z.unknown()) })
  .parse(JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')))

/** The package as it would be published. */
export interface Packed {
  /** Path of the tarball. */
  readonly tarball: string
  /** Paths of what it holds. */
  readonly files: readonly string[]
}

const report = z.tuple([z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) })])

/** Builds and packs the checkout, from a copy. */
export async function packCheckout(): Promise<Packed> {
  const directory = temporaryDirectory()
  const { code, stdout, stderr } = await npm(['pack', '--json', '--pack-destination', directory], copyOfCheckout())
  expect({ code, stderr }).toMatchObject({ code: 0 })
  // The build that comes before it talks on the same stream.
  const [{ filename, files }] = report.parse(JSON.parse(stdout.slice(stdout.indexOf('[\n'))))
  return { tarball: join(directory, filename), files: files.map(({ path }) => path) }
}

/** Runs npm on the Node that runs this test: a machine may have an older one. */
export function npm(args: readonly string[], cwd: string): Promise<Ended> {
  return ended(spawn('npm', args, { cwd, env: { ...cleanEnv(), PATH: pathOfThisNode() }, timeout: registryMsMax }))
}

const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']

/** Installs packages into a project, or what its manifest names. */
export async function install(project: string, ...packages: readonly string[]): Promise<void> {
  const { code, stderr } = await npm(['install', ...quietly, ...packages], project)
  expect({ code, stderr }).toMatchObject({ code: 0 })
}

/** A search path on which this Node comes first. */
export function pathOfThisNode(): string {
  return [dirname(process.execPath), process.env['PATH']].join(delimiter)
}

/** The checkout as far as it is built and packed: `dist` in the checkout itself would go stale there, and be found. */
function copyOfCheckout(): string {
  const copy = temporaryDirectory()
  const parts = ['bin', 'src', 'simulators', 'package.json', 'tsconfig.json', 'tsconfig.build.json']
  for (const part of [...parts, 'README.md', 'CHANGELOG.md', 'LICENSE']) {
    cpSync(join(checkout, part), join(copy, part), { recursive: true })
  }
  symlinkSync(join(checkout, 'node_modules'), join(copy, 'node_modules'), 'dir')
  // What must not be packed.
  for (const stray of ['test', 'scenarios', 'examples', '.stuntdouble']) mkdirSync(join(copy, stray))
  const strays = ['test/a.test.ts', 'scenarios/a.scenario.ts', 'examples/a.js', '.stuntdouble/a.json', 'notes.md']
  for (const stray of strays) writeFileSync(join(copy, stray), '')
  return copy
}
