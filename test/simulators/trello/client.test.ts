import { kanban, trelloCredentials } from 'stuntdouble/simulators/trello'
import { createTrelloClient } from 'trello.js'
import { describe, expect, test } from 'vitest'
import { receiverOf, trelloWorld } from './asking.ts'
import { hooks, worksABoard } from './story.ts'

const { key: apiKey, token: apiToken } = trelloCredentials

describe('trello.js 2.2.0, unmodified', () => {
  test('works a board from its making to its end', async () => {
    const receiver = receiverOf()
    const world = trelloWorld({}, { receivers: { [hooks]: receiver.receive } })
    await world.run(() => worksABoard(createTrelloClient({ apiKey, apiToken }), world))
    expect([...world.trello.state.boards.values()].map(({ name }) => name)).toEqual([kanban.name])
    expect(receiver.deliveries.length).toBeGreaterThan(15)
  })

  test('waits out a limit with its own retries, in virtual time', async () => {
    const world = trelloWorld({ limits: { token: { max: 3 } } })
    await world.run(async () => {
      const client = createTrelloClient({ apiKey, apiToken })
      for (let call = 0; call < 4; call++) await client.boards.getBoardLists({ id: world.trello.board().id })
    })
    // Refused at first and after 2 s and 6 s, answered after 14 s.
    expect(Math.floor(world.elapsedMs() / 1_000)).toBe(14)
  })
})
