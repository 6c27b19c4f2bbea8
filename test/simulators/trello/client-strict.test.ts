import { trelloCredentials } from 'stuntdouble/simulators/trello'
import { createTrelloClient } from 'trello.js'
import { expect, test, vi } from 'vitest'
import { receiverOf, trelloWorld } from './asking.ts'
import { hooks, worksABoard } from './story.ts'

// Read once, when the client's schemas are made: so this file has the setting to itself.
vi.hoisted(() => {
  process.env['TRELLO_STRICT_SCHEMAS'] = 'true'
})

test('trello.js finds no member in a reply that the real Trello does not send', async () => {
  const receiver = receiverOf()
  const world = trelloWorld({}, { receivers: { [hooks]: receiver.receive } })
  await world.run(async () => {
    const client = createTrelloClient({ apiKey: trelloCredentials.key, apiToken: trelloCredentials.token })
    await worksABoard(client, world)
  })
  expect(receiver.deliveries.length).toBeGreaterThan(15)
})
