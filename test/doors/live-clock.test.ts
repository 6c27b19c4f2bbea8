import { describe, expect, test } from 'vitest'
import { createLiveClock } from '../../src/doors/live-clock.ts'

describe('a live clock that stands still', () => {
  const standing = () => {
    const clock = createLiveClock()
    clock.freeze()
    const start = clock.now()
    const done: string[] = []
    const at = (ms: number, name: string): { cancel(): void } =>
      clock.schedule(ms, () => done.push(`${name} at ${clock.now() - start}`))
    return { clock, start, done, at }
  }

  test('does what falls due when it is advanced, in order, each at its time', () => {
    const { clock, done, at } = standing()
    at(300, 'last')
    at(100, 'first')
    at(100, 'second')
    clock.schedule(200, () => at(50, 'of a task'))
    clock.advance(250)
    expect(done).toEqual(['first at 100', 'second at 100', 'of a task at 250'])
    clock.advance(50)
    expect(done.at(-1)).toBe('last at 300')
    expect(clock.isFrozen).toBe(true)
    clock.close()
  })

  test('does not do what was called off, nor what was forgotten', () => {
    const { clock, done, at } = standing()
    at(10, 'called off').cancel()
    at(20, 'forgotten')
    clock.close()
    clock.advance(100)
    expect(done).toEqual([])
  })

  test('does what is due at once without being advanced', async () => {
    const { clock, start } = standing()
    const time = await new Promise((resolve) => clock.schedule(0, () => resolve(clock.now())))
    expect(time).toBe(start)
    clock.close()
  })

  test('is ahead by what it was advanced, and goes back to real time when it is reset', () => {
    const { clock } = standing()
    clock.advance(3_600_000)
    expect(Math.round(clock.aheadMs / 60_000)).toBe(60)
    clock.reset()
    expect([clock.isFrozen, Math.round(clock.aheadMs / 60_000)]).toEqual([false, 0])
  })
})

describe('a live clock that runs', () => {
  test('runs on from where it was advanced to', async () => {
    const clock = createLiveClock()
    const order: string[] = []
    const soon = new Promise<void>((resolve) => {
      clock.schedule(1, () => {
        order.push('soon')
        resolve()
      })
    })
    clock.schedule(3_600_000, () => order.push('in an hour'))
    clock.advance(3_600_000)
    expect(order).toEqual(['soon', 'in an hour'])
    await soon
    expect(clock.isFrozen).toBe(false)
    expect(Math.round(clock.aheadMs / 60_000)).toBe(60)
    clock.close()
  })

  test('wakes for the earliest task, whenever that was added', async () => {
    const clock = createLiveClock()
    const order: string[] = []
    await new Promise<void>((resolve) => {
      clock.schedule(30, () => {
        order.push('later')
        resolve()
      })
      clock.schedule(1, () => order.push('sooner'))
    })
    expect(order).toEqual(['sooner', 'later'])
    clock.close()
  })
})
