import axios from 'axios'
import got from 'got'
import ky from 'ky'
import { startServer } from 'stuntdouble/server'
import { kanban, trello } from 'stuntdouble/simulators/trello'
import { describe, expect, test } from 'vitest'
import { until } from '../../doors/served.ts'
import { receiverOf, trelloWorld } from './asking.ts'
import { type PlainCall, worksABoardByHand } from './plain-story.ts'

const hooks = 'https://hooks.example'

/** JSON where the reply says that it is, else the text. */
function parsed(type: string | null | undefined, text: string): unknown {
  return type?.startsWith('application/json') ? JSON.parse(text) : text
}

const clients: Readonly<Record<string, PlainCall>> = {
  axios: async (method, url, headers, json) => {
    // A read with a body would be refused, and axios sends one for `data: {}`.
    const given = { method, url, headers: { ...headers }, ...(json && { data: json }) }
    const { status, data } = await axios.request<unknown>({ ...given, validateStatus: () => true })
    return { status, body: data }
  },
  got: async (method, url, headers, json) => {
    const {
      statusCode,
      body,
      headers: told,
    } = await got(url, {
      method,
      headers: { ...headers },
      throwHttpErrors: false,
      retry: { limit: 0 },
      ...(json && { json }),
    })
    return { status: statusCode, body: parsed(told['content-type'], body) }
  },
  ky: async (method, url, headers, json) => {
    const given = { method, headers: { ...headers }, throwHttpErrors: false, retry: 0, ...(json && { json }) }
    const reply = await ky(url, given)
    return { status: reply.status, body: parsed(reply.headers.get('content-type'), await reply.text()) }
  },
}

describe.each(Object.entries(clients))('%s', (_, call) => {
  test('works a board by hand in a world, at the real address and in virtual time', async () => {
    const receiver = receiverOf()
    const world = trelloWorld({ boards: [kanban] }, { receivers: { [hooks]: receiver.receive } })
    await world.run(() =>
      worksABoardByHand(call, 'https://api.trello.com', {
        callback: `${hooks}/trello`,
        settle: () => world.settle(),
      }),
    )
    expect(world.trello.state.boards.size).toBe(1)
    expect(receiver.deliveries.length).toBeGreaterThan(5)
    expect(world.reproducibility).toEqual({ reproducible: true, reasons: [] })
  })

  test('works a board by hand over real sockets', async () => {
    const receiver = receiverOf()
    const server = await startServer({
      simulators: { trello: trello({ boards: [kanban], limits: 'off' }) },
      receivers: { [hooks]: receiver.receive },
    })
    const { url, world } = server.openWorld()
    await worksABoardByHand(call, url, {
      callback: `${hooks}/trello`,
      settle: () =>
        until(
          () =>
            receiver.deliveries.length > 5 && world.journal.deliveries().every(({ outcome }) => outcome !== 'pending'),
        ),
    })
    expect(world.simulators.trello.state.boards.size).toBe(1)
    await server.close()
  })
})
