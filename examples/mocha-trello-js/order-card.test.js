import assert from 'node:assert/strict'
import { assertExchanged, assertNoUnusedFaults, connectionReset, createWorld, replyLost } from 'stuntdouble'
import { kanban, trello, trelloCredentials } from 'stuntdouble/simulators/trello'
import { cardForOrder } from './order-card.js'

describe('the card for an order', () => {
  const createTrello = () => createWorld({ simulators: { trello: trello({ boards: [kanban] }) } })
  const ordersOf = (world) => world.trello.cards.filter(({ name }) => name.startsWith('Order '))
  const order = (world) =>
    cardForOrder(trelloCredentials, {
      board: world.trello.board().id,
      list: world.trello.list('To Do').id,
      order: 4711,
    })

  it('is found when the reply to its making was lost', async () => {
    const world = createTrello()
    world.inject('trello', 'cards.create', replyLost({ times: 1 }))

    const id = await world.run(() => order(world))

    assert.deepEqual(
      ordersOf(world).map((card) => card.id),
      [id],
    )
    assertExchanged(world, { operation: 'cards.create', injected: 'reply-lost', times: 1 })
    assertNoUnusedFaults(world)
  })

  it('is made by the next attempt when the connection broke before Trello had done anything', async () => {
    const world = createTrello()
    world.inject('trello', 'cards.create', connectionReset({ times: 1 }))

    await assert.rejects(world.run(() => order(world)))
    assert.equal(ordersOf(world).length, 0)
    await world.run(() => order(world))

    assert.equal(ordersOf(world).length, 1)
    assertNoUnusedFaults(world)
  })
})
