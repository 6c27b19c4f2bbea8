import { performance as named } from 'node:perf_hooks'
import timers, { setTimeout as namedSetTimeout } from 'node:timers'
import timersPromises, { setTimeout as later, scheduler, setInterval as ticks } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createWorld } from '../../src/world/world.ts'
import { parrot } from '../doors/parrot.ts'

const hourMs = 3_600_000
const startAt = '2026-01-05T09:00:00.000Z'

/** What each clock of Node says has passed while `wait` waited. */
async function passedIn(wait: () => Promise<unknown>): Promise<readonly number[]> {
  const read = (): readonly number[] => [
    ...[Date.now(), Date.parse(new Date().toISOString()), performance.now(), named.now()],
    ...[Number(process.hrtime.bigint()) / 1e6, process.hrtime()[0] * 1_000 + process.hrtime()[1] / 1e6],
    process.uptime() * 1_000,
  ]
  const before = read()
  await wait()
  return read().map((value, at) => Math.round(value - (before[at] ?? 0)))
}

const waits: Readonly<Record<string, (ms: number) => Promise<unknown>>> = {
  setTimeout: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  'setTimeout of node:timers': (ms) => new Promise((resolve) => timers.setTimeout(resolve, ms)),
  'setTimeout of node:timers, by name': (ms) => new Promise((resolve) => namedSetTimeout(resolve, ms)),
  'setTimeout of node:timers/promises': (ms) => timersPromises.setTimeout(ms),
  'setTimeout of node:timers/promises, by name': (ms) => later(ms),
  'a promisified setTimeout': (ms) => promisify(setTimeout)(ms),
  'scheduler.wait': (ms) => scheduler.wait(ms),
  setInterval: (ms) =>
    new Promise<void>((resolve) => {
      const interval = setInterval(() => {
        clearInterval(interval)
        resolve()
      }, ms)
    }),
  'setInterval of node:timers/promises': async (ms) => {
    for await (const _tick of ticks(ms)) return
  },
  'AbortSignal.timeout': (ms) =>
    new Promise((resolve) => AbortSignal.timeout(ms).addEventListener('abort', resolve, { once: true })),
  'an AbortSignal of several': (ms) =>
    new Promise((resolve) =>
      AbortSignal.any([AbortSignal.timeout(ms), AbortSignal.timeout(ms * 2)]).addEventListener('abort', resolve),
    ),
}

const made = () => createWorld({ simulators: { parrot: parrot() }, startAt })

describe('in a world', () => {
  test.for(Object.entries(waits))('an hour of %s passes on every clock, and takes none', async ([, wait]) => {
    const passed = await made().run(() => passedIn(() => wait(hourMs)))
    expect(passed).toEqual(passed.map(() => hourMs))
  })

  test('time begins where it was told', async () => {
    expect(await made().run(() => new Date().toISOString())).toBe(startAt)
  })

  test('a timer keeps the async context of whoever set it, and passes its arguments', async () => {
    const world = made()
    await world.run(async () => {
      const given = await world.intent('wait', async () => {
        const argument = await new Promise((resolve) => setTimeout(resolve, 10, 'argument'))
        await fetch('https://parrot.example/words')
        return argument
      })
      expect(given).toEqual({ ok: true, value: 'argument' })
    })
    expect(world.journal.exchanges()[0]?.intent).toBe('wait')
  })

  test('a timer that was cleared or aborted does not fire', () =>
    made().run(async () => {
      const fired: string[] = []
      clearTimeout(setTimeout(() => fired.push('timeout'), 1))
      clearInterval(setInterval(() => fired.push('interval'), 1))
      clearImmediate(setImmediate(() => fired.push('immediate')))
      const controller = new AbortController()
      const aborted = later(10, undefined, { signal: controller.signal }).catch((error: Error) => error.name)
      controller.abort()
      expect(await aborted).toBe('AbortError')
      await later(20)
      expect(fired).toEqual([])
    }))

  test('timers fire in the order of their time, those of one time in the order in which they were set', () =>
    made().run(async () => {
      const order: string[] = []
      setTimeout(() => order.push('20'), 20)
      setTimeout(() => order.push('10, first'), 10)
      setTimeout(() => order.push('10, second'), 10)
      setImmediate(() => order.push('immediate'))
      process.nextTick(() => order.push('tick'))
      await later(30)
      expect(order).toEqual(['tick', 'immediate', '10, first', '10, second', '20'])
    }))

  test('timers can be refreshed and unreferenced as those of Node', () =>
    made().run(async () => {
      let firedAt = 0
      const timer = setTimeout(() => {
        firedAt = performance.now()
      }, 100)
      expect(timer.unref().hasRef()).toBe(false)
      await later(60)
      const refreshedAt = performance.now()
      timer.refresh()
      await later(200)
      expect(firedAt - refreshedAt).toBe(100)
    }))
})
