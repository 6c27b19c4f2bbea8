import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { checkout, node, removeTemporaries, temporaryDirectory } from '../cli/bin.ts'
import { install, npm, packCheckout, registryMsMax } from '../package/packed.ts'

vi.setConfig({ testTimeout: registryMsMax, hookTimeout: registryMsMax })

/** Each example, what its run says when all is well, and a change to its code that makes it wrong. */
const examples = [
  {
    name: 'vitest-fetch',
    says: /Tests +2 passed \(2\)/,
    wrong: { file: 'release-board.ts', code: 'reply.status !== 429', instead: 'reply.status !== 503' },
  },
  {
    name: 'jest-axios',
    says: /Tests: +2 passed, 2 total/,
    wrong: { file: 'leave-note.js', code: 'if (left) return left.id', instead: '' },
  },
  {
    name: 'node-test-got',
    says: /pass 2\n/,
    wrong: { file: 'open-cards.js', code: 'retry: { limit: 3 }', instead: 'retry: { limit: 1 }' },
  },
  {
    name: 'mocha-trello-js',
    says: /2 passing/,
    wrong: { file: 'order-card.js', code: 'if (after) return after.id', instead: '' },
  },
  {
    name: 'shell-server',
    says: /cards: 1, calls to make one: 1, faults that struck: 1\n/,
    wrong: { file: 'order-card.sh', code: 'is_there && exit 0', instead: '' },
  },
] as const

const projects = new Map<string, string>()
const projectOf = (name: string): string => projects.get(name) ?? expect.unreachable()

/** A copy of an example, with the packed tarball for what a registry would give. */
async function installed(name: string, tarball: string): Promise<string> {
  const project = temporaryDirectory()
  cpSync(join(checkout, 'examples', name), project, {
    recursive: true,
    // What a run by hand left behind.
    filter: (path) => !/[/\\](?:node_modules|package-lock\.json)$/.test(path),
  })
  edit(join(project, 'package.json'), '"stuntdouble": "^0.1.0"', `"stuntdouble": "file:${tarball}"`)
  await install(project)
  return project
}

function edit(file: string, code: string, instead: string): void {
  const text = readFileSync(file, 'utf8')
  expect(text).toContain(code)
  writeFileSync(
    file,
    text.replace(code, () => instead),
  )
}

beforeAll(async () => {
  const { tarball } = await packCheckout()
  const all = await Promise.all(examples.map(async ({ name }) => [name, await installed(name, tarball)] as const))
  for (const [name, project] of all) projects.set(name, project)
})

afterAll(removeTemporaries)

describe.for(examples)('the example $name', ({ name, says, wrong }) => {
  test('stands on the package alone, and passes', async () => {
    const project = projectOf(name)
    expect(existsSync(join(project, 'node_modules/stuntdouble/dist'))).toBe(true)
    expect(existsSync(join(project, 'node_modules/stuntdouble/src'))).toBe(false)
    const { code, stdout, stderr } = await npm(['test'], project)
    expect({ code, stdout, stderr }).toMatchObject({ code: 0 })
    expect(stripVTControlCharacters(stdout + stderr)).toMatch(says)
  })

  test('fails when its code is wrong', async () => {
    const project = projectOf(name)
    const file = join(project, wrong.file)
    const right = readFileSync(file, 'utf8')
    edit(file, wrong.code, wrong.instead)
    const { code, stdout, stderr } = await npm(['test'], project)
    writeFileSync(file, right)
    expect(code, stdout + stderr).not.toBe(0)
    expect(stripVTControlCharacters(stdout + stderr)).not.toMatch(says)
  })
})

test('the example in TypeScript has types that fit', async () => {
  const tsc = join(checkout, 'node_modules/typescript/bin/tsc')
  const { code, stdout } = await node([tsc, '-p', '.'], { cwd: projectOf('vitest-fetch') })
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
})

test('where nobody asked for Vitest or MSW, neither is there', () => {
  for (const peer of ['vitest', 'msw']) {
    expect(existsSync(join(projectOf('node-test-got'), 'node_modules', peer))).toBe(false)
  }
})

test('in the context that Jest gives its tests, a world has time, chance, network and errors all the same', async () => {
  const project = projectOf('jest-axios')
  const fixtures = join(import.meta.dirname, 'fixtures')
  for (const file of ['realm.test.js', 'required.test.cjs']) cpSync(join(fixtures, file), join(project, file))
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', 'realm', 'required']
  const { code, stdout, stderr } = await node([...jest, '--testMatch', '**/*.test.?(c)js'], { cwd: project })
  expect({ code, stdout, stderr }).toMatchObject({ code: 0 })
  expect(stderr).toMatch(/Tests: +16 passed, 16 total/)
  // A timer or a socket that is left behind keeps Jest from ending.
  expect(stderr).not.toContain('did not exit')
})
