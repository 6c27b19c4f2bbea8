import crypto, { pbkdf2, randomBytes, randomUUID, scrypt } from 'node:crypto'
import dns, { lookup } from 'node:dns'
import fs, { createReadStream, readFile } from 'node:fs'
import fsPromises, { open, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { pipeline } from 'node:stream/promises'
import { setImmediate as immediately, setTimeout as later, scheduler } from 'node:timers/promises'
import { promisify } from 'node:util'
import zlib, { createGzip, gzip } from 'node:zlib'
import { request } from 'undici'
import { rateLimited, replyLost } from '../../src/faults/faults.ts'
import { createWorld } from '../../src/world/world.ts'
import { newsroom, reader } from '../doors/newsroom.ts'
import { parrot } from '../doors/parrot.ts'

const required = createRequire(import.meta.url)('node:fs') as typeof fs
const here = new URL(import.meta.url)
const bytes = (size: number): Uint8Array => new Uint8Array(size).fill(7)

/** A piece of work that leaves the thread, or draws from chance; what it gives goes to the journal. */
type Work = (size: number) => Promise<unknown>

/** Everything a subject may do beside calling, by name. */
export const works: Readonly<Record<string, Work>> = {
  'crypto.subtle.digest': async (size) =>
    hex(await crypto.subtle.digest('SHA-256', bytes(size) as Uint8Array<ArrayBuffer>)),
  'crypto.subtle.sign': async (size) => {
    const settings = { name: 'HMAC', hash: 'SHA-256' }
    const key = await globalThis.crypto.subtle.importKey('raw', bytes(32) as Uint8Array<ArrayBuffer>, settings, false, [
      'sign',
    ])
    return hex(await globalThis.crypto.subtle.sign('HMAC', key, bytes(size) as Uint8Array<ArrayBuffer>))
  },
  'zlib.gzip': async (size) => (await promisify(gzip)(bytes(size))).length,
  'zlib.brotliCompress': (size) =>
    new Promise((resolve) => zlib.brotliCompress(bytes(size), (_error, result) => resolve(result.length))),
  'a stream of zlib': async (size) => {
    let length = 0
    await pipeline([bytes(size), bytes(size)], createGzip(), async (chunks) => {
      for await (const chunk of chunks) length += (chunk as Buffer).length
    })
    return length
  },
  CompressionStream: async (size) => {
    const stream = new Blob([bytes(size) as Uint8Array<ArrayBuffer>])
      .stream()
      .pipeThrough(new CompressionStream('gzip'))
    return (await new Response(stream).arrayBuffer()).byteLength
  },
  'fs.readFile': () => new Promise((resolve) => readFile(here, (_error, data) => resolve(data.length))),
  'fs.readFile, required': () =>
    new Promise((resolve) => required.readFile(here, (_error, data) => resolve(data.length))),
  'fs.promises.readFile': async () => (await fs.promises.readFile(here)).length,
  'fs.promises.stat, by name': async () => (await stat(here)).size > 0,
  'fs.promises.readdir': async () => (await fsPromises.readdir(new URL('.', here))).length > 0,
  'fs.createReadStream': async () => {
    let length = 0
    for await (const chunk of createReadStream(here, { highWaterMark: 512 })) length += (chunk as Buffer).length
    return length
  },
  'a FileHandle': async () => {
    const handle = await open(here)
    const { bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0)
    const { size } = await handle.stat()
    const { length } = await handle.readFile()
    await handle.close()
    return [bytesRead, size > 0, length]
  },
  'lines of a FileHandle': async () => {
    let count = 0
    const handle = await open(here)
    for await (const _line of handle.readLines()) count++
    return count
  },
  'crypto.pbkdf2': async () => hex(await promisify(pbkdf2)('a', 'b', 1_000, 16, 'sha256')),
  'crypto.scrypt': () =>
    new Promise((resolve) => scrypt('a', 'b', 16, { N: 1_024 }, (_error, key) => resolve(hex(key)))),
  'crypto.randomBytes': () => new Promise((resolve) => randomBytes(8, (_error, drawn) => resolve(hex(drawn)))),
  'crypto.randomInt': () => new Promise((resolve) => crypto.randomInt(1_000_000, (_error, drawn) => resolve(drawn))),
  'random values at once': async () => [
    ...[Math.random(), randomUUID(), globalThis.crypto.randomUUID(), hex(crypto.randomBytes(4))],
    hex(crypto.getRandomValues(new Uint8Array(4))),
  ],
  'dns.lookup': () =>
    new Promise((resolve) => lookup('localhost', { family: 4 }, (_error, address) => resolve(address))),
  'dns.promises.lookup': async () => (await dns.promises.lookup('localhost', { family: 4 })).address,
  'immediates and ticks': async () => {
    await immediately()
    await new Promise<void>((resolve) => process.nextTick(resolve))
    return new Promise((resolve) => setImmediate(() => queueMicrotask(() => resolve(Date.now()))))
  },
  'timers of all kinds': async (size) => {
    await later(size % 7)
    await scheduler.wait(size % 5)
    return [Date.now(), performance.now(), String(process.hrtime.bigint())]
  },
  'AbortSignal.timeout': async (size) => {
    const signal = AbortSignal.timeout(size % 11)
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    return signal.reason.name
  },
  'fetch of a data URL': async () => (await fetch('data:text/plain,hello')).text(),
  'fetch of a blob URL': async () => {
    const url = URL.createObjectURL(new Blob(['hello']))
    return (await fetch(url)).text()
  },
}

function hex(data: ArrayBuffer | Uint8Array): string {
  return Buffer.from(data as Uint8Array).toString('hex')
}

/** What a run of the busy subject came to. */
export interface Busy {
  readonly fingerprint: string
  readonly reasons: readonly string[]
  readonly journalLength: number
}

/**
 * Runs a subject that does everything at once: several workers, each with work of its own between calls, retries with
 * jitter, webhooks that are duplicated and call back.
 */
export async function runBusySubject(seed: number, names: readonly string[] = Object.keys(works)): Promise<Busy> {
  const world = createWorld({
    simulators: { parrot: parrot(), newsroom: newsroom() },
    seed,
    receivers: { [reader]: (incoming) => answer(incoming) },
    plan: {
      faults: [
        { fault: 'connection-reset', on: { provider: 'parrot', operation: 'learn', probability: 0.2 } },
        { fault: 'duplicated', on: { provider: 'newsroom', topic: 'news.published', probability: 0.5 } },
      ],
    },
  })
  const tell = (what: string, value: unknown): Promise<unknown> =>
    request(`https://parrot.example/told/${encodeURIComponent(what)}`, {
      method: 'POST',
      body: JSON.stringify(value),
    }).then(({ body }) => body.text())
  const answer = async (incoming: Request): Promise<Response> => {
    await crypto.subtle.digest('SHA-256', (await incoming.bytes()) as Uint8Array<ArrayBuffer>)
    if (incoming.method === 'POST') await tell('heard', incoming.headers.get('x-signature'))
    return new Response(null, { status: 200 })
  }
  const worker = async (number: number): Promise<void> => {
    const turn = number % Math.max(1, names.length)
    for (const name of [...names.slice(turn), ...names.slice(0, turn)]) {
      await tell(`${number} ${name}`, await works[name]?.(((number * 7_919) % 13) * 3_000 + 10))
      await withRetries(() => fetch('https://parrot.example/words', { method: 'POST' }))
    }
  }
  world.inject('parrot', 'learn', rateLimited({ times: 2 }))
  world.inject('parrot', 'say', replyLost({ times: 1 }))
  await world.run(async () => {
    await post('/readers', { url: `${reader}/hook` })
    await Promise.all([worker(0), worker(5), worker(11), post('/news', {}), post('/news', {})])
    await world.settle()
  })
  return {
    fingerprint: world.fingerprint(),
    reasons: world.reproducibility.reasons,
    journalLength: world.journal.length,
  }
}

function post(path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(`https://newsroom.example${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** Tries again with jitter, as a subject would. */
async function withRetries(call: () => Promise<Response>): Promise<void> {
  for (let attempt = 1; attempt <= 10; attempt++) {
    const response = await call().catch(() => undefined)
    await response?.text()
    if (response?.ok) return
    await later(50 * 2 ** attempt * Math.random())
  }
}
