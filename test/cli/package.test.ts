import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { simulateDocument } from '../../src/cli/simulate-document.ts'
import { checkout, cleanEnv, type Ended, ended, node, removeTemporaries, startNode, temporaryDirectory } from './bin.ts'

// Registries and disks have bad days.
const msMax = 300_000
vi.setConfig({ testTimeout: msMax, hookTimeout: msMax })

const manifest = z
  .object({ version: z.string(), exports: z.record(z.string(), z.unknown()) })
  .parse(JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')))
const targets = z.object({ types: z.string(), default: z.string() })
const packed = z.tuple([z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) })])
const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']

let tarball: string
let files: readonly string[]
let project: string

function npm(args: readonly string[], cwd: string): Promise<Ended> {
  return ended(spawn('npm', args, { cwd, env: cleanEnv(), timeout: msMax }))
}

async function install(...packages: string[]): Promise<void> {
  const { code, stderr } = await npm(['install', ...quietly, ...packages], project)
  expect({ code, stderr }).toMatchObject({ code: 0 })
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
  for (const stray of ['test', 'scenarios', '.stuntdouble']) mkdirSync(join(copy, stray))
  for (const stray of ['test/a.test.ts', 'scenarios/a.scenario.ts', '.stuntdouble/a.json', 'notes.md']) {
    writeFileSync(join(copy, stray), '')
  }
  return copy
}

beforeAll(async () => {
  const directory = temporaryDirectory()
  const { code, stdout, stderr } = await npm(['pack', '--json', '--pack-destination', directory], copyOfCheckout())
  expect({ code, stderr }).toMatchObject({ code: 0 })
  // The build that comes before it talks on the same stream.
  const [{ filename, files: listed }] = packed.parse(JSON.parse(stdout.slice(stdout.indexOf('[\n'))))
  tarball = join(directory, filename)
  files = listed.map(({ path }) => path)
  project = temporaryDirectory()
  cpSync(join(import.meta.dirname, 'fixtures/packed'), project, { recursive: true })
  writeFileSync(join(project, 'package.json'), '{ "name": "a-user", "private": true, "type": "module" }\n')
  writeFileSync(join(project, 'vitest.config.ts'), "export default { test: { include: ['**/*.spec.ts'] } }\n")
  await install(tarball)
})

afterAll(removeTemporaries)

const installedBin = (): string => join(project, 'node_modules/stuntdouble/bin/stuntdouble.js')
const stuntdouble = (...args: string[]): Promise<Ended> => node([installedBin(), ...args], { cwd: project })

test('the tarball holds the command, what was built, and the papers, and nothing else', () => {
  const expected =
    /^(?:bin\/(?:package\.json|start\.mjs|stuntdouble\.js)|dist\/(?:src|simulators)\/.+\.(?:js|d\.ts)|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/
  expect(files.filter((path) => !expected.test(path))).toEqual([])
  expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'CHANGELOG.md', 'bin/package.json']))
})

test('every door that the package names is in it, as code and as types', () => {
  const doors = Object.values(manifest.exports).flatMap((target) => targets.safeParse(target).data ?? [])
  const named = doors.flatMap(({ types, default: code }) => [types, code]).map((path) => path.replace('./', ''))
  expect(named.length).toBeGreaterThan(8)
  expect(named.filter((path) => !files.includes(path))).toEqual([])
})

describe('in a project without Vitest', () => {
  test('npx finds the command, which says its version and its help', async () => {
    const version = await ended(
      spawn('npx', ['--no-install', 'stuntdouble', '--version'], {
        cwd: project,
        env: { ...cleanEnv(), PATH: pathOfThisNode() },
      }),
    )
    expect(version).toMatchObject({ code: 0, stdout: `${manifest.version}\n` })
    expect((await stuntdouble('--help')).stdout).toMatch(/^Usage: stuntdouble /)
  })

  test('simulate serves a double, and stops when it is asked to', async () => {
    const child = startNode([installedBin(), 'simulate', 'trello', '--port', '0', '--json'], { cwd: project })
    const end = ended(child)
    const [line] = await once(child.stdout ?? expect.unreachable(), 'data')
    const { providers, control, version } = simulateDocument.parse(JSON.parse(String(line)))
    const boards = await fetch(providers['trello']?.firstCall ?? '')
    expect(await boards.json()).toMatchObject([{ name: 'Kanban' }])
    expect(await (await fetch(`${control}/health`)).json()).toMatchObject({ status: 'ok', version: manifest.version })
    child.kill('SIGTERM')
    expect({ version, ended: await end }).toMatchObject({
      version: manifest.version,
      ended: { code: 0, signal: null, stderr: '' },
    })
  })

  test('run says that Vitest is missing and how to get it, and exits with 2', async () => {
    expect(await stuntdouble('run')).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: 'error: stuntdouble run needs Vitest, which is not installed: npm install --save-dev vitest@5\n',
    })
  })

  test('every door but the one for Vitest opens, and a scenario can be explored', async () => {
    const doors = Object.keys(manifest.exports).filter((door) => door !== './vitest' && door !== './package.json')
    const opened = doors.map((door) => `await import('stuntdouble${door.slice(1)}')`).join('\n')
    writeFileSync(
      join(project, 'explore.ts'),
      `${opened}
       import { explore } from 'stuntdouble'
       import { again } from './scenarios/greetings.scenario.ts'
       const { passed, counterexample } = await explore(again)
       console.log(passed, counterexample?.plan.faults.map(({ fault }) => fault).join())`,
    )
    const { code, stdout, stderr } = await node(['explore.ts'], { cwd: project })
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'false reply-lost\n', stderr: '' })
  })

  test('CommonJS can require it', async () => {
    const { stdout, stderr } = await node(['--eval', "console.log(typeof require('stuntdouble').scenario)"], {
      cwd: project,
    })
    expect({ stdout, stderr }).toEqual({ stdout: 'function\n', stderr: '' })
  })
})

describe('in a project with Vitest', () => {
  beforeAll(async () => {
    const { version } = JSON.parse(readFileSync(join(checkout, 'node_modules/vitest/package.json'), 'utf8'))
    await install(tarball, `vitest@${version}`)
  })

  test('run searches a scenario over a simulator of the project, and the search tells right from wrong', async () => {
    const { code, stdout, stderr } = await stuntdouble('run', '--runs', '20')
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toContain('✓ Test_GreetingIsSentOnce')
    expect(stdout).toContain('✗ Test_GreetingIsNotRepeated')
    expect(stdout).toContain('  Claim      who greets until it is heard sends no greeting twice.\n')
    expect(stdout).toContain('{"fault":"reply-lost","on":{"provider":"greetings","operation":"send","nth":1}}')
  })

  test('an ordinary test has a world in five lines', async () => {
    const { code, stdout, stderr } = await node(['node_modules/vitest/vitest.mjs', 'run'], {
      cwd: project,
      env: { NO_COLOR: '1' },
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/Tests +1 passed \(1\)/)
  })

  test('what the package exports has types that fit', async () => {
    const tsc = join(checkout, 'node_modules/typescript/bin/tsc')
    const { code, stdout } = await node([tsc, '-p', '.'], { cwd: project })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  })
})

/** The Node that runs this test first: a machine may have an older one. */
function pathOfThisNode(): string {
  return [join(process.execPath, '..'), process.env['PATH']].join(':')
}
