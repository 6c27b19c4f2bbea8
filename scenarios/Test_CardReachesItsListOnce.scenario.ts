import * as fc from 'fast-check'
import { scenario } from 'stuntdouble'
import { createTrelloWorkflow } from 'stuntdouble/providers/trello'
import { kanban, trello, trelloCredentials } from 'stuntdouble/simulators/trello'

const stages = ['To Do', 'Doing', 'Done']

/**
 * Claim:  a card reaches its list exactly once, whatever the network loses.
 * Method: a card walks through the lists of its board while calls and replies get lost, late or mangled.
 * Why:    Trello has no idempotency key: a move that is repeated blindly undoes what others did in between.
 */
export default scenario('Test_CardReachesItsListOnce', {
  simulators: { trello: trello({ boards: [kanban] }) },
  subject: ({ trello: { board } }) => createTrelloWorkflow({ credentials: trelloCredentials, board: board().id }),
  given: fc.record({ moves: fc.integer({ min: 1, max: 5 }) }),
  play: async ({ subject, given, intent, trello: { list } }) => {
    const card = list('To Do').cards[0]?.id ?? ''
    for (let move = 0; move < given.moves; move++) {
      const [from = '', to = ''] = [stages[move % 3], stages[(move + 1) % 3]]
      const { ok } = await intent(`move ${move + 1}`, () => subject.proceedTo(from, to, { item: card }))
      // Whoever does not know where the card is must not send it further.
      if (!ok) return
    }
  },
  always: {
    'no list holds the card twice': ({ trello: { state } }) => {
      const names = [...state.cards.values()].map(({ name, idList }) => `${name} in ${idList}`)
      return new Set(names).size === names.length
    },
  },
  eventually: {
    'the card is where the last move that succeeded sent it': ({ world, trello: { card, state } }) => {
      const moves = world.intents.length
      const failed = world.intents.at(-1)?.status === 'failed'
      const at = state.lists.get(card('ship it')?.idList ?? '')?.name
      const reached = stages[moves % 3]
      // A move that failed may have happened all the same, or not; nothing else may have.
      return at === reached || (failed && at === stages[(moves - 1) % 3])
    },
  },
})
