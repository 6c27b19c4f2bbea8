import assert from 'node:assert/strict'
import test from 'node:test'
import { assertExchanged, assertSettled, createWorld, hang, serverError } from 'stuntdouble'
import { kanban, trello, trelloCredentials } from 'stuntdouble/simulators/trello'
import { openCards } from './open-cards.js'

test('the cards are counted although Trello is down for a while', async () => {
  const world = createWorld({ simulators: { trello: trello({ boards: [kanban] }) } })
  world.inject('trello', 'boards.cards', serverError({ status: 503, times: 2 }))

  const counts = await world.run(() => openCards(trelloCredentials))

  assert.equal(counts['To Do'], world.trello.list('To Do').cards.length)
  assertExchanged(world, { operation: 'boards.cards', status: 503, times: 2 })
  assertExchanged(world, { operation: 'boards.cards', status: 200, times: 1 })
  assertSettled(world)
})

test('a Trello that never answers is given up, in half a minute that takes no time', async () => {
  const world = createWorld({ simulators: { trello: trello({ boards: [kanban] }) } })
  world.inject('trello', 'members.boards', hang())

  const counting = world.run(() => openCards(trelloCredentials))

  await assert.rejects(counting, { name: 'TimeoutError' })
  assertExchanged(world, { operation: 'members.boards', outcome: 'timed-out', times: 4 })
})
