import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { Load, requestHead } from '../../bench/servers/load.ts'

/** Sends ten requests over each of three connections to a server; gives what it was asked for. */
async function loaded(answer: RequestListener): Promise<readonly string[]> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} over ${request.socket.remotePort}`)
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const load = new Load((server.address() as AddressInfo).port, 3)
  try {
    await load.connect()
    await load.send(10, (connection, nth) => requestHead('PUT', `/${connection}/${nth}`))
  } finally {
    load.close()
    server.close()
  }
  return asked
}

const whole: RequestListener = (_, response) => response.writeHead(200, { 'content-length': 2 }).end('{}')
const chunked: RequestListener = (_, response) => {
  response.write('{')
  response.end('}')
}

test.for([
  { form: 'a length', answer: whole },
  { form: 'chunks', answer: chunked },
])(
  'the load sends every request once, in order over each connection, and reads replies with $form',
  async ({ answer }) => {
    const asked = await loaded(answer)
    expect(new Set(asked.map((line) => line.split(' over ')[1])).size).toBe(3)
    for (const connection of [0, 1, 2]) {
      const own = asked.filter((line) => line.startsWith(`PUT /${connection}/`)).map((line) => line.split(' ')[1])
      expect(own).toEqual(Array.from({ length: 10 }, (_, nth) => `/${connection}/${nth}`))
    }
  },
)

test('the load fails on any reply but 200, and on a connection that is closed', async () => {
  await expect(loaded((_, response) => response.writeHead(429).end())).rejects.toThrow('429')
  await expect(loaded((request) => request.socket.destroy())).rejects.toThrow('closed a connection')
})
