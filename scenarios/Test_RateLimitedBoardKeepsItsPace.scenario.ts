import * as fc from 'fast-check'
import { scenario } from 'stuntdouble'
import { createTrelloWorkflow } from 'stuntdouble/providers/trello'
import { trello, trelloCredentials } from 'stuntdouble/simulators/trello'

const cards = Array.from({ length: 60 }, (_, at) => ({ name: `card ${at + 1}` }))

/**
 * Claim:  sixty cards that several workers move all arrive, and Trello has no call to refuse.
 * Method: the workers share one token under Trello's real limits, which sixty moves exceed; refusals are injected on
 *         top, and every other fault.
 * Why:    a client that only reacts to 429s earns more of them, and more than 200 in ten seconds lock its key out,
 *         for every other user of that key too.
 */
export default scenario('Test_RateLimitedBoardKeepsItsPace', {
  simulators: { trello: trello({ boards: [{ name: 'Fair', lists: [{ name: 'To Do', cards }, { name: 'Done' }] }] }) },
  subject: ({ trello: { board } }) => createTrelloWorkflow({ credentials: trelloCredentials, board: board().id }),
  given: fc.record({ workers: fc.integer({ min: 2, max: 8 }) }),
  play: async ({ subject, given, all, intent, trello: { list } }) => {
    const waiting = [...list('To Do').cards]
    await all(given.workers, async () => {
      for (let card = waiting.shift(); card; card = waiting.shift()) {
        const { id, name } = card
        await intent(`move ${name}`, () => subject.proceedTo('To Do', 'Done', { item: id }))
      }
    })
  },
  eventually: {
    // A copy that something on the way made is a call that no client can count: it may cost those under way a refusal.
    'no storm of refusals': ({ world, given }) => {
      const exchanges = world.journal.exchanges()
      const refused = exchanges.filter(({ status, injected }) => status === 429 && injected.length === 0)
      return refused.length <= exchanges.filter(({ duplicateOf }) => duplicateOf !== undefined).length * given.workers
    },
    'every card whose move succeeded has arrived': ({ world, trello: { list } }) => {
      const arrived = new Set(list('Done').cards.map(({ name }) => `move ${name}`))
      return world.intents.every(({ name, status }) => status !== 'succeeded' || arrived.has(name))
    },
    'no move fails that no fault struck': ({ world }) => {
      const struck = world.journal.exchanges().filter(({ injected }) => injected.length > 0)
      return world.intents.filter(({ status }) => status === 'failed').length <= struck.length
    },
  },
  invariants: { 'concurrency-is-bounded': { callsMax: 10 } },
})
