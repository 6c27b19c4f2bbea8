import { trello } from '../../simulators/trello/index.ts'
import { intercept, openLive } from '../../src/doors/index.ts'
import { board, limitsOutOfReach } from '../trello-world.ts'
import type { StandIn } from './stand-in.ts'

/** A live Trello with all that it has: credentials, limits that count, journal, faults that could be set. */
export function startLive(): StandIn {
  const simulators = { trello: trello({ boards: [board], limits: limitsOutOfReach, actionsMax: 100_000 }) }
  const live = openLive({ simulators })
  const interception = intercept(live)
  const { cards, lists } = live.simulators.trello.state
  const [home, away] = [...lists.keys()] as [string, string]
  return {
    cards: [...cards.keys()],
    lists: [home, away],
    listOf: (id) => cards.get(id)?.idList,
    stop: () => {
      interception.stop()
      live.close()
    },
  }
}
