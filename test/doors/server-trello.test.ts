import { kanban, trello, trelloCredentials } from 'stuntdouble/simulators/trello'
import { createTrelloClient } from 'trello.js'
import { expect, test } from 'vitest'
import { startServer } from '../../src/doors/server/start-server.ts'
import { receiverOf } from '../simulators/trello/asking.ts'
import { hooks, worksABoard } from '../simulators/trello/story.ts'
import { until } from './served.ts'

const { key: apiKey, token: apiToken } = trelloCredentials

test('trello.js 2.2.0, unmodified, works a board from its making to its end over real sockets', async () => {
  const receiver = receiverOf()
  const server = await startServer({
    simulators: { trello: trello({ boards: [kanban], limits: 'off' }) },
    receivers: { [hooks]: receiver.receive },
  })
  const { url, world } = server.openWorld()
  const settle = async (): Promise<void> => {
    const isOver = () => world.journal.deliveries().every(({ outcome }) => outcome !== 'pending')
    await until(() => receiver.deliveries.length > 10 && isOver())
  }
  await worksABoard(createTrelloClient({ host: `${url}/1`, apiKey, apiToken }), { settle })
  expect([...world.simulators.trello.state.boards.values()].map(({ name }) => name)).toEqual([kanban.name])
  expect(receiver.deliveries.length).toBeGreaterThan(15)
  expect(server.world.journal.length).toBe(0)
  await server.close()
})
