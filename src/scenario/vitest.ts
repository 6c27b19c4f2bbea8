/**
 * Worlds for tests on Vitest, and matchers on them.
 *
 * @module stuntdouble/vitest
 */
import { withPeer } from '../doors/peer.ts'

export type { ExchangeQuery } from './exchange-query.ts'
export type { ReuseOptions } from './judgements.ts'
export type { UseWorldOptions } from './use-world.ts'
export type { WorldMatchers } from './vitest-matchers.ts'

type Binding = typeof import('./use-world.ts')
const binding: Binding = await withPeer(
  'stuntdouble/vitest',
  { name: 'vitest', major: 5 },
  () => import('./use-world.ts'),
)

/**
 * Gives every test of a file, or of the `describe` it is called in, a fresh world with the same seed and options.
 *
 * What comes back stands for the world of the test that is running. A test whose world has not ended by itself holds
 * up the next one until it has, which `bounds.realMsMax` limits. Tests that run concurrently are refused: a thread has
 * room for one world.
 *
 * @example
 * import { kanban, trello } from 'stuntdouble/simulators/trello'
 * import { useWorld } from 'stuntdouble/vitest'
 * import { expect, test } from 'vitest'
 *
 * const world = useWorld({ simulators: { trello: trello({ boards: [kanban] }) } })
 *
 * test('three cards are to do', () => {
 *   expect(world.trello.list('To Do').cards).toHaveLength(3)
 * })
 */
export const useWorld: Binding['useWorld'] = binding.useWorld
