import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { createServer as createSocketServer, type Server, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Client } from '../../src/core/index.ts'
import { acmeClient, create, first, look, read, remove, tokenInHeader } from './acme.ts'
import { failureOf } from './failures.ts'
import { selfSigned } from './self-signed.ts'

const body = { body: { name: 'second' } }

/** Runs a test against a server on this machine, and closes what is left of both. */
async function against(
  server: Server,
  use: (client: Client, origin: string) => Promise<void>,
  protocol = 'http',
): Promise<void> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { readonly port: number }
  const origin = `${protocol}://localhost:${port}`
  const client = acmeClient({ callsMax: 1 }, { origin })
  try {
    await use(client, origin)
  } finally {
    await client.close()
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

const http = (listener: RequestListener): Server => createServer(listener)

describe('over real connections', () => {
  test('calls are answered, with and without a body', () =>
    against(
      http((request, response) => {
        if (request.method !== 'GET') return response.writeHead(request.method === 'HEAD' ? 200 : 204).end()
        const { authorization } = request.headers
        return response.end(JSON.stringify({ id: 't1', name: authorization, version: 1 }))
      }),
      async (client) => {
        const { value } = await client.call(read, first)
        expect(value.name).toBe(`Bearer ${tokenInHeader}`)
        expect((await client.call(remove, first)).value).toBeUndefined()
        expect((await client.call(look, first)).value).toBeUndefined()
      },
    ))

  test('nobody at an address, or at several, is unreachable: nothing was sent', async () => {
    let free = ''
    await against(
      http(() => undefined),
      async (_, origin) => {
        free = origin
      },
    )
    for (const origin of [free, free.replace('localhost', '127.0.0.1'), 'http://nobody.invalid']) {
      const client = acmeClient({ callsMax: 1 }, { origin })
      const error = await failureOf(client.call(create, body))
      expect(error).toMatchObject({ code: 'unreachable', applied: 'no', retriable: true })
      await client.close()
    }
  })

  test('a certificate that nobody vouches for is insecure: nothing was sent, and nothing will be', () => {
    let calls = 0
    const server = createSecureServer(selfSigned, () => void calls++)
    return against(
      server,
      async (client) => {
        const error = await failureOf(client.call(create, body))
        expect(error).toMatchObject({ code: 'insecure', applied: 'no', retriable: false, attempts: 1 })
        expect(calls).toBe(0)
      },
      'https',
    )
  })

  test('a connection that ends instead of a reply may have done its work', () =>
    against(
      http((request) => void request.socket.destroy()),
      async (client) => {
        expect(await failureOf(client.call(create, body))).toMatchObject({ code: 'reply_lost', applied: 'unknown' })
      },
    ))

  test('a reply that is no HTTP is lost, and none of it comes to light', () =>
    against(
      createSocketServer((socket) => {
        socket.on('error', () => undefined)
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nset cookie: session=4711-private\r\n\r\n'))
      }),
      async (client) => {
        const error = await failureOf(client.call(create, body))
        expect(error).toMatchObject({ code: 'reply_lost', applied: 'unknown' })
        expect(error.message).toMatch(/HPE_|Invalid header|Response does not match/)
        expect(inspect(error, { depth: 9 })).not.toContain('private')
      },
    ))

  test('a reply that is longer than it may be is not read to its end', () => {
    let isOpen = true
    const server = http((_, response) => {
      const write = (): void => {
        while (isOpen && response.write('x'.repeat(65_536)));
      }
      response.on('drain', write)
      response.on('close', () => {
        isOpen = false
      })
      write()
    })
    return against(server, async (client) => {
      const error = await failureOf(client.call(create, body))
      expect(error).toMatchObject({ code: 'reply_invalid', applied: 'yes', status: 200 })
    })
  })

  test('credentials that end in a line break never leave', () => {
    let calls = 0
    return against(
      http(() => void calls++),
      async (_, origin) => {
        const client = acmeClient({}, { origin, authenticate: () => ({ authorization: 'Bearer from-a-file\n' }) })
        const error = await failureOf(client.call(create, body))
        expect(error).toMatchObject({ code: 'input_invalid', applied: 'no', attempts: 1 })
        expect(inspect(error, { depth: 9 })).not.toContain('from-a-file')
        await client.close()
        expect(calls).toBe(0)
      },
    )
  })
})
