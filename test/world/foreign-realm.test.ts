import vm from 'node:vm'
import { expect, test } from 'vitest'
import { createWorld } from '../../src/world/world.ts'
import { parrot } from '../doors/parrot.ts'

/**
 * Some runners (Jest) run each test in a context of its own: its `globalThis` is another, and only some globals are
 * handed in from outside. A `fetch` that was handed in looks for its dispatcher in the outer realm.
 */
const realFetch = fetch
const insideOf = (globals: object, source: string): unknown => vm.runInContext(source, vm.createContext(globals))

test('a fetch handed into another realm is answered by the world that runs outside of it', async () => {
  const world = createWorld({ simulators: { parrot: parrot() } })
  const ask = insideOf(
    { fetch: realFetch },
    `async () => { const reply = await fetch('https://parrot.example/words'); return (await reply.json()).words.join() }`,
  ) as () => Promise<string>
  expect(await world.run(ask)).toBe('hello')
  expect(await world.run(ask)).toBe('hello')
  expect(world.journal.exchanges()).toHaveLength(2)
})

test('a fetch handed into another realm escapes to nowhere', async () => {
  const world = createWorld({ simulators: { parrot: parrot() } })
  const ask = insideOf({ fetch: realFetch }, `() => fetch('https://foreign.example/')`) as () => Promise<unknown>
  await expect(world.run(ask)).rejects.toMatchObject({ code: 'escaped' })
})

test('the outer realm is reached from within by what was handed in, and its dispatchers are taken and given back', async () => {
  const slots = [1, 2].map((version) => Symbol.for(`undici.globalDispatcher.${version}`))
  const before = slots.map((slot) => Reflect.get(globalThis, slot))
  const context = vm.createContext({ fetch: realFetch, console })
  const outer = vm.runInContext(`fetch.constructor('return globalThis')()`, context)
  expect(outer).toBe(globalThis)
  const world = createWorld({ simulators: { parrot: parrot() } })
  await world.run(async () => {
    for (const [at, slot] of slots.entries()) expect(Reflect.get(outer, slot)).not.toBe(before[at])
  })
  expect(slots.map((slot) => Reflect.get(outer, slot))).toEqual(before)
})
