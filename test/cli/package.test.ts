import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { simulateDocument } from '../../src/cli/simulate-document.ts'
import { install, manifest, packCheckout, pathOfThisNode, registryMsMax } from '../package/packed.ts'
import { checkout, cleanEnv, type Ended, ended, node, removeTemporaries, startNode, temporaryDirectory } from './bin.ts'

vi.setConfig({ testTimeout: registryMsMax, hookTimeout: registryMsMax })

const targets = z.object({ types: z.string(), default: z.string() })

let tarball: string
let files: readonly string[]
let project: string

beforeAll(async () => {
  ;({ tarball, files } = await packCheckout())
  project = temporaryDirectory()
  cpSync(join(import.meta.dirname, 'fixtures/packed'), project, { recursive: true })
  writeFileSync(join(project, 'package.json'), '{ "name": "a-user", "private": true, "type": "module" }\n')
  writeFileSync(join(project, 'vitest.config.ts'), "export default { test: { include: ['**/*.spec.ts'] } }\n")
  await install(project, tarball)
})

afterAll(removeTemporaries)

/** Whatever is neither the package's own nor one of the three that production code stands on; and simulators. */
const notForProduction = /node_modules\/(?!(?:stuntdouble|undici|zod|@standard-schema)\/)|\/simulators?\//
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

describe('in a project without Vitest and MSW', () => {
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

  test('every door but those for them opens, and a scenario can be explored', async () => {
    const others = ['./vitest', './msw', './package.json']
    const doors = Object.keys(manifest.exports).filter((door) => !others.includes(door))
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

  test.for([
    ['stuntdouble/vitest', 'vitest', 'vitest@5'],
    ['stuntdouble/msw', 'msw', 'msw@3'],
  ] as const)('%s says in one line that it needs %s, and how to get it', async ([door, peer, version]) => {
    const program = `import('${door}').catch(({ name, message }) => console.log(name + ': ' + message))`
    const { code, stdout, stderr } = await node(['--eval', program], { cwd: project })
    const says = `${door} needs the package ${peer}, which is not installed: npm install --save-dev ${version}`
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `MissingPeerError: ${says}\n`, stderr: '' })
  })

  test.for([
    ['stuntdouble/core', notForProduction],
    ['stuntdouble/providers/trello', notForProduction],
    ['stuntdouble', /node_modules\/(?:vitest|msw|@pact-foundation|commander|@faker-js)\/|\/dist\/simulators\//],
  ] as const)('%s loads only what it stands on', async ([door, forbidden]) => {
    const loaded = await modulesLoadedBy(door)
    expect(loaded.length).toBeGreaterThan(5)
    expect(loaded.filter((url) => forbidden.test(url))).toEqual([])
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
    await install(project, tarball, `vitest@${version}`)
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

/** URLs of all modules that a fresh process loads for a door of the installed package. */
async function modulesLoadedBy(door: string): Promise<string[]> {
  const program = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context) } })
    await import('${door}')
    console.log(JSON.stringify(loaded))
  `
  const { stdout } = await node(['--input-type=module', '--eval', program], { cwd: project })
  return z.array(z.string()).parse(JSON.parse(stdout))
}
