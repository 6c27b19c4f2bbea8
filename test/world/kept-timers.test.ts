import { createRequire } from 'node:module'
import { describe, expect, test, vi } from 'vitest'
import { replyLost } from '../../src/faults/faults.ts'
import { createWorld } from '../../src/world/world.ts'
import { parrot } from '../doors/parrot.ts'

// As CommonJS code takes modules apart: these stay what they are when a world takes over.
const require = createRequire(import.meta.url)
const kept: typeof import('node:timers') = { ...require('node:timers') }
const { setTimeout: keptWait, setInterval: keptEvery }: typeof import('node:timers/promises') = {
  ...require('node:timers/promises'),
}
const globals = { setTimeout, setInterval, clearTimeout, clearInterval }
const hour = 3_600_000

const world = () => createWorld({ simulators: { parrot: parrot() } })

describe('timers set by functions that were kept from before the world', () => {
  test.for([
    ['the global one', globals.setTimeout],
    ['that of node:timers', kept.setTimeout],
  ] as const)('pass in virtual time, in order with all others: %s', ([, set]) =>
    world().run(async () => {
      const start = Date.now()
      const order: string[] = []
      const note = (name: string) => order.push(`${name} after ${Date.now() - start}`)
      set(note, 2 * hour, 'kept')
      setTimeout(note, hour, 'virtual')
      setTimeout(note, 3 * hour, 'virtual')
      await new Promise((resolve) => set(resolve, 4 * hour))
      expect(order).toEqual([`virtual after ${hour}`, `kept after ${2 * hour}`, `virtual after ${3 * hour}`])
    }),
  )

  test('pass in virtual time as promises, with their value and their signal', () =>
    world().run(async () => {
      const start = Date.now()
      expect(await keptWait(hour, 'value')).toBe('value')
      const waiting = keptWait(hour, undefined, { signal: AbortSignal.timeout(1_000) })
      await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
      expect(Date.now() - start).toBe(hour + 1_000)
    }))

  test('repeat in virtual time until they are cleared', () =>
    world().run(async () => {
      const start = Date.now()
      let ticks = 0
      const interval = globals.setInterval(() => ticks++, 60_000)
      await keptWait(hour + 1)
      globals.clearInterval(interval)
      await keptWait(hour)
      expect(ticks).toBe(60)
      const times: number[] = []
      for await (const _ of keptEvery(1_000)) if (times.push(Date.now() - start) === 3) break
      expect(times.map((at) => at - (2 * hour + 1))).toEqual([1_000, 2_000, 3_000])
    }))

  test('do not fire, nor hold up time, once cleared', async () => {
    const run = world()
    await run.run(async () => {
      const timer = globals.setTimeout(() => expect.fail('It was cleared.'), hour)
      globals.clearTimeout(timer)
      const other = kept.setTimeout(() => expect.fail('It was cleared.'), hour)
      kept.clearTimeout(Number(other))
      await run.settle()
    })
    expect(run.elapsedMs()).toBe(0)
  })

  test('start anew when refreshed', () =>
    world().run(async () => {
      const start = Date.now()
      const fired = new Promise<number>((resolve) => {
        const timer = globals.setTimeout(() => resolve(Date.now() - start), hour)
        globals.setTimeout(() => timer.refresh(), hour / 2)
      })
      expect(await fired).toBe(1.5 * hour)
    }))

  test('leave nothing behind when the world ends', async () => {
    let fired = 0
    const timers = await world().run(() => [
      globals.setTimeout(() => fired++, 1),
      globals.setInterval(() => fired++, 1),
    ])
    expect(timers.map((timer) => [timer.hasRef(), Reflect.get(timer, '_destroyed')])).toEqual([
      [false, true],
      [false, true],
    ])
    expect(fired).toBe(0)
  })

  test('serve the intent that set them', async () => {
    const run = world()
    await run.run(async () => {
      await run.intent('wait, then ask', async () => {
        await keptWait(hour)
        await fetch('https://parrot.example/words')
      })
    })
    expect(run.journal.exchanges().map(({ intent }) => intent)).toEqual(['wait, then ask'])
  })

  test('give the same journal for the same seed', async () => {
    const played = async (): Promise<string> => {
      const run = world()
      run.inject('parrot', 'say', replyLost({ times: 1 }))
      await run.run(async () => {
        const ask = () => fetch('https://parrot.example/words').catch(() => undefined)
        await Promise.all([keptWait(20).then(ask), keptWait(10).then(ask), ask()])
      })
      expect(run.reproducibility.reproducible).toBe(true)
      return run.fingerprint()
    }
    expect(new Set([await played(), await played(), await played()]).size).toBe(1)
  })
})

test('what polls on the runner’s own timers polls in virtual time', () =>
  world().run(async () => {
    const start = Date.now()
    let isDone = false
    setTimeout(() => {
      isDone = true
    }, 400)
    await vi.waitFor(() => expect(isDone).toBe(true))
    await expect.poll(() => Date.now() - start).toBeGreaterThanOrEqual(600)
  }))
