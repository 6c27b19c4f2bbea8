import { afterEach, beforeEach } from 'vitest'
import type { Simulators, World, WorldOptions } from '../world/types.ts'
import { createWorld } from '../world/world.ts'
import { WorldError } from '../world/world-error.ts'
import './vitest-matchers.ts'

/** What `useWorld` takes beside a world's own options. */
export interface UseWorldOptions<Sims extends Simulators = Simulators> extends WorldOptions<Sims> {
  /**
   * What becomes of a test in which a planned or injected fault never struck: it proved nothing about that fault.
   *
   * @defaultValue `'fail'`
   */
  readonly unusedFaults?: 'fail' | 'allow'
}

/** See `stuntdouble/vitest`, where this is exported. */
export function useWorld<const Sims extends Simulators>(options: UseWorldOptions<Sims>): World<Sims> {
  const { unusedFaults = 'fail', ...worldOptions } = options
  let world: World<Sims> | undefined
  let runs: Promise<unknown>[] = []

  beforeEach(({ task }) => {
    if (task.concurrent === true) throw new WorldError('world_active', concurrently)
    world = createWorld(worldOptions as WorldOptions<Sims>)
    runs = []
  })
  afterEach(async ({ task }) => {
    await Promise.allSettled(runs)
    const unused = world?.unusedFaults() ?? []
    world = undefined
    if (unusedFaults === 'allow' || unused.length === 0 || task.result?.state === 'fail') return
    const words = unused.map(({ fault, on }) => `${fault.fault} never struck: there was no ${on}.`)
    throw new WorldError('fault_unused', [...words, "Take it out, or say unusedFaults: 'allow'."].join('\n'))
  })

  return new Proxy({} as World<Sims>, {
    get: (_, member) => {
      const current = ofThisTest(world)
      const value: unknown = Reflect.get(current, member, current)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const returned: unknown = Reflect.apply(value, current, args)
        if (member === 'run') runs.push(Promise.resolve(returned))
        return returned
      }
    },
  })
}

const concurrently =
  'useWorld() gives one test at a time a world. Tests that run concurrently would share it: run them in sequence.'

function ofThisTest<Sims extends Simulators>(world: World<Sims> | undefined): World<Sims> {
  if (world) return world
  throw new WorldError('not_running', 'useWorld() makes a world for each test: use it within a test, not around it.')
}
