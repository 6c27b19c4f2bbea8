import { rateLimited } from 'stuntdouble'
import { kanban, trello, trelloCredentials } from 'stuntdouble/simulators/trello'
import { useWorld } from 'stuntdouble/vitest'
import { expect, test } from 'vitest'
import { release } from './release-board.ts'

const { key, token } = trelloCredentials
const world = useWorld({ simulators: { trello: trello({ boards: [kanban] }) } })

test('every card arrives although Trello refuses twice, and none is moved twice', () =>
  world.run(async () => {
    const cards = world.trello.list('To Do').cards.length
    world.inject('trello', 'cards.update', rateLimited({ times: 2 }))

    expect(await release({ key, token }, 'To Do', 'Done')).toBe(cards)

    expect(world.trello.list('Done').cards).toHaveLength(cards)
    expect(world).toHaveExchanged({ operation: 'cards.update', status: 429, times: 2 })
    expect(world).toHaveExchanged({ operation: 'cards.update', status: 200, times: cards })
    expect(world).toHaveSettled()
  }))

test('a Trello that keeps refusing is given up after four calls, and half a minute that takes no time', () =>
  world.run(async () => {
    world.inject('trello', 'members.boards', rateLimited())

    await expect(release({ key, token }, 'To Do', 'Done')).rejects.toThrow('Trello answered 429')

    expect(world).toHaveExchanged({ operation: 'members.boards', times: 4 })
    expect(world).not.toHaveExchanged({ operation: 'cards.update' })
    expect(world.elapsedMs()).toBeGreaterThan(30_000)
  }))
