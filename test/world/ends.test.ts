import { execFile, execFileSync, spawn } from 'node:child_process'
import crypto from 'node:crypto'
import fs, { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { hang } from '../../src/faults/faults.ts'
import type { WorldBounds, WorldOptions } from '../../src/world/types.ts'
import { createWorld } from '../../src/world/world.ts'
import { newsroom, reader } from '../doors/newsroom.ts'
import { parrot } from '../doors/parrot.ts'

const simulators = { parrot: parrot(), newsroom: newsroom() }
const made = (options: Partial<WorldOptions<typeof simulators>> = {}) => createWorld({ simulators, ...options })
const never = new Promise<never>(() => undefined)

/** Everything that a world takes over and that a test can see. */
const seen = (): readonly unknown[] => [
  ...[setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate, Date, performance.now],
  ...[process.hrtime, AbortSignal.timeout, Math.random, fetch, crypto.randomUUID, crypto.randomBytes, fs.readFile],
  ...[fs.promises.readFile, crypto.subtle.digest, console.log, process.stdout.write],
  ...[Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.1'))],
  ...[Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.2'))],
  ...process.listeners('unhandledRejection'),
]
const real = seen()

afterEach(() => {
  expect(seen()).toEqual(real)
})

describe('a deadlocked world', () => {
  test('ends, and names the intents and calls that wait', async () => {
    const world = made()
    world.inject('parrot', 'say', hang())
    const run = world.run(() =>
      world.intent('say hello', () => new Promise(() => fetchForEver('https://parrot.example/words'))),
    )
    await expect(run).rejects.toMatchObject({ name: 'WorldError', code: 'deadlocked' })
    await expect(run).rejects.toThrow(
      'Open: intent "say hello"; call 1 of say of parrot for intent "say hello", unanswered.',
    )
  })

  test('names a handshake that a receiver does not answer, and who waits for rest', async () => {
    const world = made({ receivers: { [reader]: () => never } })
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ url: reader })
    const run = world.run(async () => {
      const { Agent, request } = await import('undici')
      const dispatcher = new Agent({ headersTimeout: 0 })
      await request('https://newsroom.example/readers', { method: 'POST', headers, body, dispatcher })
    })
    await expect(run).rejects.toThrow(
      'Open: call 1 of subscribe of newsroom, unanswered; delivery 1 of handshake of newsroom, not yet taken.',
    )
  })

  test('says so when nothing is open', async () => {
    await expect(made().run(() => never)).rejects.toThrow('No intent and no call is open.')
  })

  test('keeps its journal', async () => {
    const world = made()
    const run = world.run(async () => {
      await fetch('https://parrot.example/words')
      await never
    })
    await expect(run).rejects.toMatchObject({ code: 'deadlocked' })
    expect(world.journal.exchanges()).toHaveLength(1)
  })
})

/** undici with no patience at all. */
async function fetchForEver(url: string): Promise<void> {
  const { Agent, request } = await import('undici')
  await request(url, { dispatcher: new Agent({ headersTimeout: 0 }) })
}

describe('an endless world', () => {
  const endless = (bounds: WorldBounds, body: () => Promise<unknown>): Promise<unknown> => made({ bounds }).run(body)
  const loops: Readonly<Record<string, readonly [WorldBounds, string | RegExp, () => Promise<unknown>]>> = {
    'virtual time': [
      { virtualMsMax: 10_000 },
      'within 10000 ms of virtual time',
      async () => {
        for (;;) await later(1_000)
      },
    ],
    events: [
      { eventsMax: 100 },
      'within 100 events',
      async () => {
        for (;;) await later(1)
      },
    ],
    'events, by immediates alone': [
      { eventsMax: 100 },
      'within 100 events',
      async () => {
        for (;;) await new Promise((resolve) => setImmediate(resolve))
      },
    ],
    'real time': [
      { realMsMax: 50, eventsMax: 1e9, virtualMsMax: 1e12 },
      'within 50 ms of real time',
      async () => {
        for (;;) await later(1)
      },
    ],
    'real time, by work of the thread pool that never comes back': [
      { realMsMax: 50 },
      'within 50 ms of real time',
      () => fs.promises.readFile(neverReadable()),
    ],
    'real time, by microtasks alone': [
      { realMsMax: 200 },
      'code never gave the event loop back: ',
      async () => {
        for (;;) await null
      },
    ],
    'real time, by a loop that never waits': [
      { realMsMax: 200 },
      /code never gave the event loop back: .*ends\.test\.ts:\d+/,
      async () => {
        for (;;);
      },
    ],
    'real time, by a loop that never waits, after a reply': [
      { realMsMax: 200 },
      /code never gave the event loop back: .*ends\.test\.ts:\d+/,
      async () => {
        await fetch('https://parrot.example/words')
        for (;;);
      },
    ],
    'real time, by a child process that never ends': [
      { realMsMax: 200 },
      'within 200 ms of real time',
      () =>
        new Promise((resolve) => {
          const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
          children.push(child)
          child.on('exit', resolve)
        }),
    ],
  }
  const children: { kill(): boolean }[] = []

  test.for(Object.entries(loops))('ends at its bound on %s', async ([, [bounds, words, body]]) => {
    const run = endless(bounds, body)
    await expect(run).rejects.toMatchObject({ name: 'WorldError', code: 'endless' })
    await expect(run).rejects.toThrow(words)
    for (const child of children.splice(0)) child.kill()
  })
})

describe('code that never gives the event loop back', () => {
  test.for(['ticks', 'a timer'])('in %s ends its process, which tells why', async (what) => {
    const file = fileURLToPath(new URL('endless-process.ts', import.meta.url))
    const settings = ['--conditions=stuntdouble-source', file, what]
    const ended: unknown = await promisify(execFile)(process.execPath, settings).catch((error: unknown) => error)
    const words = /^stuntdouble: the code of a world never gave the event loop back, and had to be ended: .+\n$/
    expect(ended).toMatchObject({ signal: 'SIGKILL', stderr: expect.stringMatching(words) })
  })
})

/** A pipe that nobody writes to, until all tests are over: a thread that still waits would keep the process alive. */
function neverReadable(): string {
  const pipe = join(mkdtempSync(join(tmpdir(), 'stuntdouble-')), 'pipe')
  execFileSync('mkfifo', [pipe])
  pipes.push(pipe)
  return pipe
}

const pipes: string[] = []

afterAll(() => {
  for (const pipe of pipes) {
    fs.closeSync(fs.openSync(pipe, 'r+'))
    fs.rmSync(dirname(pipe), { recursive: true })
  }
})

describe('a world gives everything back', () => {
  test('after a run', async () => {
    await made().run(() => fetch('https://parrot.example/words'))
    expect(seen()).toEqual(real)
  })

  test('after a body that throws, at once or later', async () => {
    const throwing = (): never => {
      throw new RangeError('mine')
    }
    await expect(made().run(throwing)).rejects.toThrow('mine')
    await expect(made().run(() => later(10).then(throwing))).rejects.toThrow('mine')
    expect(seen()).toEqual(real)
  })

  test('after a subject that kept timers running, and none of them fires any more', async () => {
    let fired = 0
    const fire = (): void => {
      fired++
    }
    await made().run(async () => {
      setInterval(fire, 1)
      setTimeout(fire, 5)
      setImmediate(fire)
      fs.readFile(import.meta.filename, fire)
      crypto.subtle.digest('SHA-256', new Uint8Array(10)).then(fire)
    })
    const before = fired
    await new Promise((resolve) => fs.readFile(import.meta.filename, resolve))
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    await made().run(() => later(1_000))
    expect(fired).toBe(before)
  })

  test('and code of an ended world that wakes up later reaches no other world', async () => {
    const leftover = Promise.withResolvers<void>()
    await made().run(async () => {
      leftover.promise.then(() => fetch('https://parrot.example/words')).then(() => setTimeout(() => undefined, 1))
    })
    const next = made()
    await next.run(async () => {
      leftover.resolve()
      await later(1_000)
    })
    expect(next.journal.length).toBe(0)
  })
})

describe('one world at a time', () => {
  test('refuses a second one beside it, and lets the first go on', async () => {
    const first = made().run(() => later(10, 'first'))
    await expect(made().run(() => undefined)).rejects.toMatchObject({ code: 'world_active' })
    expect(await first).toBe('first')
  })

  test('refuses a second one within it', async () => {
    const inner = made().run(() => made().run(() => undefined))
    await expect(inner).rejects.toMatchObject({ code: 'world_active' })
  })

  test('refuses to run where fake timers are installed, and says which of the two to drop', async () => {
    vi.useFakeTimers()
    const run = made().run(() => undefined)
    vi.useRealTimers()
    await expect(run).rejects.toMatchObject({ code: 'timers_taken' })
    await expect(run).rejects.toThrow('call useRealTimers() before world.run()')
  })

  test('refuses where nothing but Date is faked', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const run = made().run(() => undefined)
    vi.useRealTimers()
    await expect(run).rejects.toMatchObject({ code: 'timers_taken' })
  })

  test('runs run after run, and its clock goes on', async () => {
    const world = made()
    const first = await world.run(async () => {
      await later(1_000)
      return Date.now()
    })
    const second = await world.run(async () => {
      expect((await fetch('https://parrot.example/words')).status).toBe(200)
      return Date.now()
    })
    expect(second).toBeGreaterThan(first)
    expect(world.elapsedMs()).toBeGreaterThan(1_000)
    expect(world.journal.length).toBe(1)
  })
})

describe('errors that nobody handles', () => {
  const leaving: Readonly<Record<string, () => unknown>> = {
    'a rejected promise': () => Promise.reject(new RangeError('mine')),
    'a timer that throws': () =>
      setTimeout(() => {
        throw new RangeError('mine')
      }, 1),
    'an immediate that throws': () =>
      setImmediate(() => {
        throw new RangeError('mine')
      }),
    'a tick that throws': () =>
      process.nextTick(() => {
        throw new RangeError('mine')
      }),
  }

  test.for(Object.entries(leaving))('fail the run and end no process: %s', async ([, leave]) => {
    const world = made()
    const run = world.run(async () => {
      void leave()
      await later(10)
    })
    await expect(run).rejects.toMatchObject({ code: 'unhandled', cause: { message: 'mine' } })
    expect(world.unhandled).toHaveLength(1)
    expect(world.journal.notes()).toMatchObject([{ topic: 'unhandled-rejection', text: 'RangeError: mine' }])
  })
})

test('a world marks no run for the thread that watches over it', async () => {
  const script = `
    const { createWorld } = await import('${new URL('../../src/world/world.ts', import.meta.url)}')
    const world = createWorld({ simulators: {} })
    await world.run(() => new Promise((resolve) => setTimeout(resolve, 1)))
    console.log(JSON.stringify(world.reproducibility))`
  const settings = ['--conditions=stuntdouble-source', '--input-type=module', '-e', script]
  const { stdout } = await promisify(execFile)(process.execPath, settings)
  expect(JSON.parse(stdout)).toEqual({ reproducible: true, reasons: [] })
})
