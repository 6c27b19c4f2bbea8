import { expect } from 'vitest'
import { trello, trelloCredentials } from '../../simulators/trello/index.ts'
import { connectionReset, createWorld, rateLimited, serverError } from '../../src/index.ts'
import type { SuiteCase } from './cases.ts'
import { MoveFailed, moveCard } from './moving.ts'

const credentials = `key=${trelloCredentials.key}&token=${trelloCredentials.token}`
const board = {
  name: 'Kanban',
  lists: [{ name: 'To Do', cards: Array.from({ length: 10 }, (_, at) => ({ name: `card ${at}` })) }, { name: 'Done' }],
}
const faults = {
  busy: (times: number) => rateLimited({ times }),
  unavailable: (times: number) => serverError({ status: 503, times }),
  'cut off': (times: number) => connectionReset({ times }),
}

/** Runs one case as a test with a world of its own would; gives the exchanges that were made. */
export async function runInWorld({ cards, trouble, troubles, outcome }: SuiteCase): Promise<number> {
  const world = createWorld({ simulators: { trello: trello({ boards: [board] }) } })
  if (trouble) world.inject('trello', 'cards.update', faults[trouble](troubles))
  const done = world.trello.list('Done').id
  await world.run(async () => {
    for (const { id } of world.trello.list('To Do').cards.slice(0, cards)) {
      const moving = moveCard(id, done, credentials)
      if (outcome === 'failed') await expect(moving).rejects.toBeInstanceOf(MoveFailed)
      else expect((await moving).idList).toBe(done)
    }
  })
  expect(world.trello.list('Done').cards).toHaveLength(outcome === 'moved' ? cards : 0)
  return world.journal.exchanges().length
}
