import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type SimulateDocument, simulateDocument } from '../../src/cli/simulate-document.ts'
import {
  type Ended,
  ended,
  msMax,
  removeTemporaries,
  type SpawnOptions,
  startStuntdouble,
  stuntdouble,
  temporaryDirectory,
} from './bin.ts'

vi.setConfig({ testTimeout: msMax, hookTimeout: msMax })

afterAll(removeTemporaries)

/** A server at work, and what it will have come to. */
interface Running {
  readonly child: ChildProcess
  readonly document: SimulateDocument
  readonly end: Promise<Ended>
}

const running: Running[] = []

afterEach(async () => {
  for (const { child, end } of running.splice(0)) {
    child.kill('SIGKILL')
    await end
  }
})

/** Starts the command on a free port, and gives what it wrote up to `mark`. */
async function started(
  flags: readonly string[],
  mark: string,
  options: SpawnOptions,
): Promise<Omit<Running, 'document'> & { readonly text: string }> {
  const child = startStuntdouble(['simulate', 'trello', '--port', '0', ...flags], options)
  const end = ended(child)
  let text = ''
  const said = new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      text += chunk
      if (text.includes(mark)) resolve()
    })
  })
  await Promise.race([said, end])
  if (!text.includes(mark)) expect.unreachable((await end).stderr)
  return { child, end, text }
}

/** Starts the command, and waits for the line that says where everything is. */
async function simulating(flags: readonly string[] = [], options: SpawnOptions = {}): Promise<Running> {
  const { child, end, text } = await started(['--json', ...flags], '\n', options)
  const server = { child, end, document: simulateDocument.parse(JSON.parse(text)) }
  running.push(server)
  return server
}

const trelloOf = ({ document }: Running): SimulateDocument['providers'][string] =>
  document.providers['trello'] ?? expect.unreachable('Trello is not served.')

describe('a server', () => {
  test('says in one line of JSON where everything is, and all of it answers', async () => {
    const server = await simulating(['--seed', 'a seed'])
    const { document } = server
    const { url, credentials, firstCall } = trelloOf(server)
    expect(document).toMatchObject({ pid: server.child.pid, seed: 'a seed', limits: 'documented', certificate: null })
    const first = await fetch(firstCall)
    expect(await first.json()).toEqual([expect.objectContaining({ name: 'Kanban' })])
    expect(first.headers.get('x-rate-limit-api-key-max')).not.toBeNull()
    const { key = '', token = '' } = credentials
    expect((await fetch(`${url}/1/members/me?${new URLSearchParams({ key, token })}`)).status).toBe(200)
    const health = (await (await fetch(`${document.control}/health`)).json()) as { readonly world: object }
    expect(health).toMatchObject({
      status: 'ok',
      version: document.version,
      world: { seed: 'a seed', url: document.origin },
    })
    expect(await (await fetch(document.openapi)).json()).toMatchObject({ openapi: '3.1.1' })
  })

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'that gets %s stops, although a call hangs and a reader follows the journal, and exits with 0',
    async (signal) => {
      const server = await simulating(['--plan', '{"faults":[{"fault":"hang","on":{"provider":"trello"}}]}'])
      const { document, child, end } = server
      const followed = await fetch(`${document.control}/journal/events`)
      const hung = fetch(trelloOf(server).firstCall).then(
        () => 'answered',
        () => 'broken off',
      )
      for (let calls = 0; calls === 0; ) {
        const { records } = (await (await fetch(`${document.control}/journal`)).json()) as {
          readonly records: unknown[]
        }
        calls = records.length
      }
      child.kill(signal)
      expect(await end).toEqual({ code: 0, signal: null, stdout: `${JSON.stringify(document)}\n`, stderr: '' })
      expect(await hung).toBe('broken off')
      expect(await followed.text()).toContain('retry:')
    },
  )

  test('keeps the plan, the limits and the seed of its flags, and of a replay file', async () => {
    const plan = { faults: [{ fault: 'forbidden', on: { provider: 'trello', operation: 'members.boards', nth: 1 } }] }
    const path = join(temporaryDirectory(), 'replay.json')
    writeFileSync(path, JSON.stringify({ scenario: 'Test_X', seed: 42, plan }))
    const server = await simulating(['--plan', path, '--limits', 'off'])
    expect(server.document).toMatchObject({ seed: 42, limits: 'off' })
    const { firstCall } = trelloOf(server)
    const [struck, next] = [await fetch(firstCall), await fetch(firstCall)]
    expect([struck.status, next.status]).toEqual([403, 200])
    expect(next.headers.get('x-rate-limit-api-key-max')).toBeNull()
  })

  test('lets webhooks out to hosts that were named, and to no other', async () => {
    const server = await simulating(['--allow-webhooks', 'named.invalid', '--allow-webhooks', 'other.invalid:81'])
    const { url, credentials, firstCall } = trelloOf(server)
    const [{ id: idModel = '' } = {}] = (await (await fetch(firstCall)).json()) as { readonly id?: string }[]
    const { key = '', token = '' } = credentials
    const held = async (callbackURL: string): Promise<readonly string[]> => {
      await fetch(`${server.document.control}/journal`, { method: 'DELETE' })
      await fetch(`${url}/1/webhooks?${new URLSearchParams({ key, token, idModel, callbackURL })}`, { method: 'POST' })
      const notes = await fetch(`${server.document.control}/journal?kind=note`)
      const { records } = (await notes.json()) as { readonly records: readonly { readonly text: string }[] }
      return records.map(({ text }) => text)
    }
    expect(await held('http://named.invalid/hook')).toEqual([])
    expect(await held('http://other.invalid:81/hook')).toEqual([])
    const heldBack = [expect.stringContaining('was held back')]
    expect(await held('http://other.invalid/hook')).toEqual(heldBack)
    expect(await held('http://unnamed.invalid/hook')).toEqual(heldBack)
  })

  test('on another address asks for the token, which nothing tells', async () => {
    const token = 'a-token-of-ours'
    const server = await simulating(['--host', '0.0.0.0'], { env: { STUNTDOUBLE_TOKEN: token } })
    expect(JSON.stringify(server.document)).not.toContain(token)
    const health = `${server.document.control.replace('0.0.0.0', '127.0.0.1')}/health`
    expect((await fetch(health)).status).toBe(401)
    expect((await fetch(health, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
  })

  test('of HTTPS keeps its certificate in a file, and clients that trust it are answered', async () => {
    const cwd = temporaryDirectory()
    const server = await simulating(['--https'], { cwd })
    const { certificate } = server.document
    expect(certificate).toMatch(/\.stuntdouble[/\\]certificate-\d+\.pem$/)
    const request = https.get(trelloOf(server).firstCall, { ca: readFileSync(certificate ?? ''), agent: false })
    const [response] = await once(request, 'response')
    expect(response.statusCode).toBe(200)
    response.resume()
  })
})

test('without --json, it tells people where everything is, with a first call that answers and no request after it', async () => {
  const { child, end, text } = await started(['--limits', 'off'], 'Ctrl-C stops it.', {})
  const [, firstCall = ''] = /curl '(http[^']+)'/.exec(text) ?? []
  expect((await fetch(firstCall)).status).toBe(200)
  child.kill('SIGTERM')
  const { code, stdout, stderr } = await end
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(
    /^trello {2}http:\/\/127\.0\.0\.1:\d+\/trello {2}in place of https:\/\/api\.trello\.com\n {2}key {5}\w+\n/,
  )
  expect(stdout).toMatch(/\ncontrol {2}http:\/\/127\.0\.0\.1:\d+\/__stuntdouble\n/)
  expect(stdout).toMatch(/limits off, seed 1\. Ctrl-C stops it\.\n\n$/)
})

/** Has Node write the packages that it has loaded to stderr when it ends. */
const tellingPackages: readonly string[] = [
  '--import',
  `data:text/javascript,${encodeURIComponent(`
    import { writeSync } from 'node:fs'
    import { registerHooks } from 'node:module'
    const loaded = new Set()
    registerHooks({
      load(url, context, next) {
        const [, name] = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url) ?? []
        if (name) loaded.add(name)
        return next(url, context)
      },
    })
    process.on('exit', () => writeSync(2, [...loaded].sort().join(' ')))
  `)}`,
]

test('a server and the version wait for no package that they do not need', async () => {
  const version = await stuntdouble(['--version'], { nodeOptions: tellingPackages })
  expect(version).toMatchObject({ code: 0, stderr: 'commander' })
  const { child, end, document } = await simulating([], { nodeOptions: tellingPackages })
  await fetch(`${document.control}/openapi.json`)
  child.kill('SIGTERM')
  expect((await end).stderr.split(' ')).toEqual(['commander', 'fastest-levenshtein', 'rou3', 'zod'])
})

describe('what cannot be served', () => {
  const taken = net.createServer()
  let port = 0

  beforeAll(async () => {
    taken.listen(0, '127.0.0.1')
    await once(taken, 'listening')
    port = (taken.address() as AddressInfo).port
  })
  afterAll(() => taken.close())

  const planOf = (fault: string, operation: string): string =>
    JSON.stringify({ faults: [{ fault, on: { provider: 'trello', operation } }] })
  const hint = '"stuntdouble simulate --help" lists the flags.'

  test.each([
    [
      'an unknown provider',
      () => ['trelo'],
      'error: There is no provider "trelo". Did you mean "trello"? Known: trello.\n',
    ],
    ['no provider', () => [], `error: missing required argument 'provider'\n${hint}\n`],
    ['a provider twice', () => ['trello', 'trello'], 'error: The provider trello is named twice.\n'],
    [
      'a port in use',
      () => ['trello', '--port', String(port)],
      /^error: Something else listens on port \d+ of 127\.0\.0\.1\. --port 0 takes a free one\.\n$/,
    ],
    [
      'an address of another machine',
      () => ['trello', '--host', '192.0.2.1', '--token', 't'],
      /^error: Nothing can listen at 192\.0\.2\.1:4010: .*\n$/,
    ],
    [
      'another address without a token',
      () => ['trello', '--host', '0.0.0.0'],
      'error: --host 0.0.0.0 lets other machines in, so the control API needs --token <token> or STUNTDOUBLE_TOKEN.\n',
    ],
    [
      'a plan that does not fit',
      () => ['trello', '--plan', planOf('hang', 'cards.updte')],
      /^error: The plan of --plan does not fit:\n {2}faults\[0\]\.on\.operation: got "cards\.updte", .* Did you mean "cards\.update"\? .*\n$/,
    ],
    [
      'a plan that is not there',
      () => ['trello', '--plan', 'no.json'],
      /^error: --plan no\.json: there is no such file\. .*\n$/,
    ],
    [
      'a port that is none',
      () => ['trello', '--port', '65536'],
      `error: option '--port <n>' argument '65536' is invalid. Give a whole number from 0 to 65535.\n${hint}\n`,
    ],
    [
      'limits that there are not',
      () => ['trello', '--limits', 'of'],
      `error: option '--limits <which>' argument 'of' is invalid. Allowed choices are documented, off.\n${hint}\n`,
    ],
    [
      'a webhook host with a scheme',
      () => ['trello', '--allow-webhooks', 'https://app.internal'],
      /^error: option '--allow-webhooks <host>' argument 'https:\/\/app\.internal' is invalid\. Give a host/,
    ],
    [
      'a token no header can carry',
      () => ['trello', '--token', 'two words'],
      /^error: option '--token <token>' .* is invalid\./,
    ],
    [
      'a flag that there is not',
      () => ['trello', '--prot', '1'],
      `error: unknown option '--prot'\n(Did you mean --port?)\n${hint}\n`,
    ],
  ] as const)('%s is refused in one message, with exit code 2', async (_, args, message) => {
    const { code, stdout, stderr } = await stuntdouble(['simulate', ...args()])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    if (typeof message === 'string') expect(stderr).toBe(message)
    else expect(stderr).toMatch(message)
  })
})
