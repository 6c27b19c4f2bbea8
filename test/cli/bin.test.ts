import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { bin, checkout, msMax, node, stuntdouble } from './bin.ts'

vi.setConfig({ testTimeout: msMax, hookTimeout: msMax })

const { version, engines } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'))

/** Has Node say that it is of another version. */
const pretending = (found: string): readonly string[] => [
  '--import',
  `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${found}'}})`,
]

test.each(['0.10.48', '8.17.0', '20.20.2', '22.18.0'])(
  'Node %s is too old: one line says so, and the exit code is 1',
  async (found) => {
    expect(await stuntdouble(['run'], { nodeOptions: pretending(found) })).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: `stuntdouble needs Node 22.19 or later and found ${found}: install it from https://nodejs.org, or run "npx -p node@24 -p stuntdouble stuntdouble".\n`,
    })
  },
)

test.each(['22.19.0', '23.0.0', '24.1.0', '100.0.0'])('Node %s is new enough', async (found) => {
  const { code, stdout, stderr } = await stuntdouble(['--version'], { nodeOptions: pretending(found) })
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
})

test('what the command needs is what the package says it needs', () => {
  expect(engines.node).toBe('>=22.19')
})

test('the command is written in the syntax of 2009, so that any Node can read it to the end', async () => {
  // Node's own parser, which a package need not bring.
  const parse = `
    const { parse } = require('internal/deps/acorn/acorn/dist/acorn')
    parse(require('fs').readFileSync(process.argv[1], 'utf8'), { ecmaVersion: 5, sourceType: 'script', allowHashBang: true })
    console.log('fits')`
  const { stdout, stderr } = await node(['--expose-internals', '--eval', parse, bin])
  expect({ stdout, stderr }).toEqual({ stdout: 'fits\n', stderr: '' })
})

test('--help names the commands, and run --help its flags and exit codes', async () => {
  const [whole, run] = await Promise.all([stuntdouble(['--help']), stuntdouble(['run', '--help'])])
  expect([whole.code, run.code]).toEqual([0, 0])
  expect(whole.stdout).toMatch(/^Usage: stuntdouble .*\n\n[\s\S]*\n {2}run \[options\] \[name\.\.\.\]/)
  expect(whole.stdout).toContain('\n  simulate [options] <provider...>')
  for (const flag of [
    '--seed',
    '--runs',
    '--plan',
    '--given',
    '--reporter',
    '--output-file',
    '--list',
    '--json',
    '--budget',
  ]) {
    expect(run.stdout).toContain(`\n  ${flag}`)
  }
  expect(run.stdout).toContain('\n  1  a claim does not hold\n')
})

test('without a command, the help is shown and the exit code is 2', async () => {
  const { code, stdout, stderr } = await stuntdouble([])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^Usage: stuntdouble /)
})
