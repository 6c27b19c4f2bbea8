import { createWorld, hang, replyLost, worldMatchers } from 'stuntdouble'
import { kanban, trello, trelloCredentials } from 'stuntdouble/simulators/trello'
import { leaveNote } from './leave-note.js'

expect.extend(worldMatchers)

const createTrello = () => createWorld({ simulators: { trello: trello({ boards: [kanban] }) } })

test('a note whose reply was lost stands on the card once', async () => {
  const world = createTrello()
  const [card] = world.trello.cards
  world.inject('trello', 'cards.comment', replyLost({ times: 1 }))

  await world.run(() => leaveNote(trelloCredentials, card.id, 'Shipped.'))

  expect(world).toHaveExchanged({ operation: 'cards.comment', injected: 'reply-lost', times: 1 })
  expect(world).toHaveExchanged({ operation: 'cards.comment', times: 1 })
  expect(world).toHaveNoUnusedFaults()
})

test('a Trello that does not answer in time is asked again, and the note stands there once', async () => {
  const world = createTrello()
  const [card] = world.trello.cards
  world.inject('trello', 'cards.comment', hang({ when: 'before', times: 1 }))

  await world.run(() => leaveNote(trelloCredentials, card.id, 'Shipped.'))

  expect(world).toHaveExchanged({ operation: 'cards.comment', status: 200, times: 1 })
  expect(world.elapsedMs()).toBeGreaterThan(10_000)
})
