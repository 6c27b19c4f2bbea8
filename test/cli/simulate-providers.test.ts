import { openLive } from 'stuntdouble/live'
import { expect, test } from 'vitest'
import { loadProviders } from '../../src/cli/simulate-providers.ts'

test('a Trello that is served keeps the 100,000 youngest actions, so that a server does not grow for ever', async () => {
  const { trello } = await loadProviders(['trello'], 'documented')
  const world = openLive({ simulators: trello ? { trello: trello.simulator } : {} })
  try {
    expect(world.simulators).toMatchObject({ trello: { state: { actionsMax: 100_000 } } })
  } finally {
    world.close()
  }
})
