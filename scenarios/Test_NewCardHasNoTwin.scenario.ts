import * as fc from 'fast-check'
import { scenario } from 'stuntdouble'
import { createTrelloWorkflow } from 'stuntdouble/providers/trello'
import { trello, trelloCredentials } from 'stuntdouble/simulators/trello'

/**
 * Claim:  one order makes one card, however often it is submitted and whatever reply gets lost.
 * Method: orders are submitted with a double click, and once more after the answer; replies are lost after Trello has
 *         made the card, so that an honest client must ask again without making a second one.
 * Why:    Trello has no idempotency key and takes every POST at its word.
 */
export default scenario('Test_NewCardHasNoTwin', {
  simulators: { trello: trello({ boards: [{ name: 'Orders', lists: [{ name: 'New' }, { name: 'Packed' }] }] }) },
  subject: ({ trello: { board } }) => createTrelloWorkflow({ credentials: trelloCredentials, board: board().id }),
  given: fc.record({
    orders: fc.integer({ min: 1, max: 3 }),
    clicks: fc.integer({ min: 1, max: 2 }),
    returns: fc.boolean(),
  }),
  play: ({ subject, given, all, intent }) =>
    all(given.orders, async (order) => {
      const submit = () =>
        subject.add('New', { name: `Order ${order}`, description: 'two mugs', key: `order-${order}` })
      await all(given.clicks, (click) => intent(`submit order ${order}, click ${click}`, submit))
      if (given.returns) await intent(`submit order ${order} again`, submit)
    }),
  always: {
    'no order has two cards': ({ trello: { cards } }) => new Set(cards.map(({ name }) => name)).size === cards.length,
  },
  eventually: {
    'every order that was accepted has its card': ({ world, trello: { cards } }) => {
      const accepted = world.intents.flatMap(({ name, status }) =>
        status === 'succeeded' ? `Order ${/\d+/.exec(name)?.[0]}` : [],
      )
      const names = new Set(cards.map(({ name }) => name))
      return accepted.every((name) => names.has(name))
    },
  },
})
