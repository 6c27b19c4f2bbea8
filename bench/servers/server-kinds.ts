import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CardMove } from './card.ts'
import { peersFolder } from './installed-peers.ts'

/** A kind of server, and how a process of it is started. */
export interface ServerKind {
  readonly name: string
  readonly what: string
  /** What comes before the path that the others are called at. */
  readonly base: string
  /** Requests of one lap, as a share of those that the quickest one gets: the slow ones would hold up everything. */
  readonly share: number
  /** The command, once its files are in the folder that it gets for itself. */
  command(port: number, folder: string): readonly [program: string, ...args: string[]]
}

/** Kinds of servers that can be started here, and a line on each that cannot. */
export interface ServerKinds {
  readonly kinds: readonly ServerKind[]
  readonly skipped: readonly string[]
}

const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const limitsOff = ['simulate', 'trello', '--limits', 'off', '--json']

/** The server door as its command starts it: credentials checked, journal kept, control API there, limits off. */
export function ownServer(program: string): ServerKind {
  return {
    name: 'server-trello',
    what: '`stuntdouble simulate trello --limits off`',
    base: '/trello',
    share: 0.5,
    command: (port) => [process.execPath, program, ...limitsOff, '--port', String(port)],
  }
}

/** The floor of all servers. */
export function bareServer({ reply }: CardMove): ServerKind {
  return {
    name: 'server-bare',
    what: 'bare `node:http`, a fixed reply of the same size',
    base: '',
    share: 1,
    command: (port) => [process.execPath, beside('serve-bare.ts'), String(port), reply],
  }
}

/**
 * What else answers HTTP for tests. Each is set up as its documents begin, on a fixed reply; where it logs requests to its
 * output, that is switched off.
 *
 * @param missing  Why the peers are not installed, if they are not.
 */
export function peerServers(move: CardMove, missing: string | undefined): ServerKinds {
  const offered = [mockttp(move), mockoon(move), prism(move), wireMock(move)]
  if (missing !== undefined) {
    return { kinds: [], skipped: offered.map(({ name }) => `${name} is skipped: ${missing}`) }
  }
  if (spawnSync('java', ['-version']).status === 0) return { kinds: offered, skipped: [] }
  const kinds = offered.filter(({ name }) => name !== 'server-wiremock')
  return { kinds, skipped: ['server-wiremock is skipped: there is no Java here'] }
}

function mockttp({ reply }: CardMove): ServerKind {
  return {
    name: 'server-mockttp',
    what: `mockttp ${versionOf('mockttp')}`,
    base: '',
    share: 0.15,
    command: (port) => [process.execPath, beside('serve-mockttp.ts'), String(port), reply],
  }
}

function mockoon({ reply }: CardMove): ServerKind {
  const response = { uuid: 'moved', body: reply, statusCode: 200, disableTemplating: true, default: true }
  const headers = [{ key: 'content-type', value: 'application/json; charset=utf-8' }]
  const route = { uuid: 'move', type: 'http', method: 'put', endpoint: '1/cards/:id' }
  const environment = {
    ...{
      uuid: 'trello',
      name: 'Trello',
      port: 0,
      hostname: '127.0.0.1',
      rootChildren: [{ type: 'route', uuid: 'move' }],
    },
    routes: [{ ...route, responses: [{ ...response, headers }] }],
  }
  return {
    name: 'server-mockoon',
    what: `@mockoon/cli ${versionOf('@mockoon/cli')}`,
    base: '',
    share: 0.1,
    command: (port, folder) => {
      const data = written(join(folder, 'environment.json'), environment)
      const quiet = ['--disable-log-to-file', '--repair']
      return [process.execPath, binOf('@mockoon/cli'), 'start', '--data', data, '--port', String(port), ...quiet]
    },
  }
}

function prism({ reply }: CardMove): ServerKind {
  const text = (name: string, place: string): object => ({
    ...{ name, in: place, required: true },
    schema: { type: 'string' },
  })
  const content = { 'application/json': { schema: { type: 'object' }, example: JSON.parse(reply) as unknown } }
  const put = {
    parameters: [text('id', 'path'), text('idList', 'query'), text('key', 'query'), text('token', 'query')],
    responses: { 200: { description: 'moved', content } },
  }
  const document = {
    ...{ openapi: '3.0.3', info: { title: 'Trello', version: '1' } },
    paths: { '/1/cards/{id}': { put } },
  }
  return {
    name: 'server-prism',
    what: `@stoplight/prism-cli ${versionOf('@stoplight/prism-cli')}`,
    base: '',
    share: 0.05,
    command: (port, folder) => {
      const path = written(join(folder, 'openapi.json'), document)
      const flags = ['--host', '127.0.0.1', '--port', String(port), '--verboseLevel', 'silent']
      return [process.execPath, binOf('@stoplight/prism-cli'), 'mock', path, ...flags]
    },
  }
}

function wireMock({ reply }: CardMove): ServerKind {
  const mapping = {
    request: { method: 'PUT', urlPathPattern: '/1/cards/[^/]+' },
    response: { status: 200, body: reply, headers: { 'content-type': 'application/json; charset=utf-8' } },
  }
  return {
    name: 'server-wiremock',
    what: `WireMock ${versionOf('wiremock')}, no journal`,
    base: '',
    share: 0.25,
    command: (port, folder) => {
      mkdirSync(join(folder, 'mappings'), { recursive: true })
      written(join(folder, 'mappings', 'move.json'), mapping)
      const build = join(peersFolder, 'node_modules', 'wiremock', 'build')
      const jar = join(build, readdirSync(build).find((name) => name.endsWith('.jar')) ?? '')
      const flags = ['--bind-address', '127.0.0.1', '--port', String(port), '--root-dir', folder, '--disable-banner']
      // Unbounded it would grow without end, and with a bound of 10,000 entries it is several times slower.
      return ['java', '-jar', jar, ...flags, '--no-request-journal']
    },
  }
}

interface PeerManifest {
  readonly version: string
  readonly bin?: string | Readonly<Record<string, string>>
}

function manifestOf(name: string): { readonly path: string; readonly manifest: PeerManifest | undefined } {
  const path = join(peersFolder, 'node_modules', name, 'package.json')
  try {
    return { path, manifest: JSON.parse(readFileSync(path, 'utf8')) as PeerManifest }
  } catch {
    return { path, manifest: undefined }
  }
}

function versionOf(name: string): string {
  return manifestOf(name).manifest?.version ?? '(not installed)'
}

function binOf(name: string): string {
  const { path, manifest } = manifestOf(name)
  const bin = typeof manifest?.bin === 'string' ? manifest.bin : Object.values(manifest?.bin ?? {})[0]
  return join(dirname(path), bin ?? '')
}

function written(path: string, content: unknown): string {
  writeFileSync(path, JSON.stringify(content))
  return path
}
