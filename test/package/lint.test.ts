import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { checkout, node, removeTemporaries } from '../cli/bin.ts'
import { packCheckout, registryMsMax } from './packed.ts'

vi.setConfig({ testTimeout: registryMsMax, hookTimeout: registryMsMax })

let tarball: string

beforeAll(async () => {
  ;({ tarball } = await packCheckout())
})

afterAll(removeTemporaries)

/** What a package is judged by must not depend on what a registry says today. */
const offline = `data:text/javascript,${encodeURIComponent(`
  import net from 'node:net'
  net.Socket.prototype.connect = () => { throw new Error('A linter opened a socket.') }
`)}`

function lint(script: string, ...flags: readonly string[]) {
  return node(['--import', offline, join(checkout, 'node_modules', script), ...flags], { env: { NO_COLOR: '1' } })
}

test('publint finds nothing in the package, not even a suggestion', async () => {
  const { code, stdout, stderr } = await lint('publint/src/cli.js', 'run', tarball, '--strict')
  expect({ code, stderr, verdict: stdout.trim().split('\n').at(-1) }).toEqual({
    code: 0,
    stderr: '',
    verdict: 'All good!',
  })
})

test('its types resolve for whoever imports ES modules, at every door', async () => {
  const flags = ['--profile', 'esm-only', '--format', 'ascii']
  const { code, stdout, stderr } = await lint('@arethetypeswrong/cli/dist/index.js', tarball, ...flags)
  expect({ code, stdout, stderr }).toMatchObject({ code: 0, stderr: '' })
  expect(stdout).toContain('"stuntdouble/vitest"')
  expect(stdout).not.toContain('❌')
})
