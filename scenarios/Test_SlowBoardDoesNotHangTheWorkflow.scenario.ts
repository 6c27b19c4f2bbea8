import * as fc from 'fast-check'
import { scenario } from 'stuntdouble'
import { createTrelloWorkflow } from 'stuntdouble/providers/trello'
import { kanban, trello, trelloCredentials } from 'stuntdouble/simulators/trello'

/**
 * Claim:  however slow Trello is, every step of the workflow ends within its minute, and other steps go on.
 * Method: replies come late, drip or never come, before and after the effect, while several cards are worked on.
 * Why:    a call without a deadline holds a connection, then the pool, then the whole product.
 */
export default scenario('Test_SlowBoardDoesNotHangTheWorkflow', {
  simulators: { trello: trello({ boards: [kanban] }) },
  subject: ({ trello: { board } }) => createTrelloWorkflow({ credentials: trelloCredentials, board: board().id }),
  given: fc.record({ cards: fc.integer({ min: 1, max: 3 }) }),
  play: ({ subject, given, all, intent, trello: { list } }) =>
    all(list('To Do').cards.slice(0, given.cards), async ({ id, name }) => {
      await intent(`start ${name}`, () => subject.proceedTo('To Do', 'Doing', { item: id }))
      await intent(`look at ${name}`, () => subject.items('Doing'))
    }),
  eventually: {
    'what was started is being done': ({ world, trello: { list } }) => {
      const doing = new Set(list('Doing').cards.map(({ name }) => `start ${name}`))
      return world.intents.every(
        ({ name, status }) => !name.startsWith('start') || status === 'failed' || doing.has(name),
      )
    },
  },
  bounds: { virtualMsMax: 1_800_000 },
  // The total deadline is a minute; what is under way then still has its attempt to end.
  invariants: { 'intents-settle': { virtualMsMax: 61_000 } },
})
