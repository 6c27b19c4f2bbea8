import https from 'node:https'
import tls from 'node:tls'
import axios from 'axios'
import got from 'got'
import { Agent, request } from 'undici'
import { describe, expect, test } from 'vitest'
import { certificateExpired, connectionReset, truncatedBody } from '../../src/faults/faults.ts'
import { createWorld } from '../../src/world/world.ts'
import { selfSigned } from '../core/self-signed.ts'
import { parrot } from './parrot.ts'
import { served, until } from './served.ts'

/** The status that each client gets, or the code of what went wrong; `ca` is what it trusts. */
const clients: Readonly<Record<string, (url: string, ca?: string) => Promise<unknown>>> = {
  undici: async (url, ca) => {
    const dispatcher = ca === undefined ? {} : { dispatcher: new Agent({ connect: { ca } }) }
    const { statusCode, body } = await request(url, dispatcher)
    await body.text()
    return statusCode
  },
  'node:https': (url, ca) =>
    new Promise((resolve, reject) => {
      const options = { ...(ca !== undefined && { ca }), agent: false as const }
      https.get(url, options, (response) => resolve(response.resume().statusCode)).on('error', reject)
    }),
  axios: async (url, ca) => {
    const trusting = ca === undefined ? {} : { httpsAgent: new https.Agent({ ca }) }
    return (await axios.get(url, { ...trusting, proxy: false })).status
  },
  got: async (url, ca) => {
    const trusting = ca === undefined ? {} : { https: { certificateAuthority: ca } }
    return (await got(url, { ...trusting, retry: { limit: 0 } })).statusCode
  },
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code: unknown }).code
}

describe.each(Object.entries(clients))('a server by TLS, for %s', (_name, ask) => {
  test('is trusted by who trusts its certificate, and by nobody else', async () => {
    await using server = await served({ tls: true })
    expect(server.origin).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    expect(await ask(`${server.origin}/words`, server.certificate)).toBe(200)
    await expect(ask(`${server.origin}/words`).catch(codeOf)).resolves.toMatch(/^(SELF_SIGNED|UNABLE_TO)/)
  })

  test('shows a certificate that has expired, as a world shows it', async () => {
    const world = createWorld({ simulators: { parrot: parrot() } })
    world.inject('parrot', 'say', certificateExpired())
    const inWorld = await world.run(() => ask('https://parrot.example/words').catch(codeOf))

    await using server = await served({ tls: true })
    const [fault] = server.world.injectPlan({
      faults: [{ fault: 'certificate-expired', on: { provider: 'parrot', times: 2 } }],
    })
    const seen: unknown[] = []
    for (let call = 0; call < 3; call++)
      seen.push(await ask(`${server.origin}/words`, server.certificate).catch(codeOf))
    expect(seen).toEqual(['CERT_HAS_EXPIRED', 'CERT_HAS_EXPIRED', 200])
    expect(inWorld).toBe('CERT_HAS_EXPIRED')
    expect(fault?.strikes).toBe(2)
    expect(server.world.journal.exchanges()).toHaveLength(1)
  })
})

describe('a certificate that has expired', () => {
  test('is met by a client that was connected already', async () => {
    await using server = await served({ tls: true })
    const dispatcher = new Agent({ connections: 1, connect: { ca: server.certificate as string } })
    const ask = async (): Promise<unknown> => {
      const { statusCode, body } = await request(`${server.origin}/words`, { dispatcher })
      await body.dump()
      return statusCode
    }
    expect(await ask()).toBe(200)
    const [fault] = server.world.injectPlan({ faults: [{ fault: 'certificate-expired', on: { provider: 'parrot' } }] })
    await until(() => server.world.connections().open === 0)
    await expect(ask()).rejects.toMatchObject({ code: 'CERT_HAS_EXPIRED' })
    fault?.remove()
    expect(await ask()).toBe(200)
    await dispatcher.close()
  })

  test('strikes a single call by breaking its connection off, and no call at all by plain HTTP to a plain origin', async () => {
    await using server = await served({ tls: true })
    server.world.inject('parrot', 'say', certificateExpired({ times: 1 }))
    const get = (): Promise<unknown> => clients['undici']?.(`${server.origin}/words`, server.certificate) as never
    // The parrot's first origin is plain HTTP, where no certificate is shown.
    expect(await get()).toBe(200)
    expect(server.world.journal.exchanges()[0]?.injected).toEqual([])
  })
})

describe('a fault on the wire below TLS', () => {
  test.for([
    [connectionReset(), 'ECONNRESET'],
    [truncatedBody(), 'UND_ERR_SOCKET'],
  ] as const)('looks as without TLS: %o', async ([fault, code]) => {
    await using server = await served({ tls: true })
    server.world.inject('parrot', 'say', fault)
    const seen = clients['undici']?.(`${server.origin}/words`, server.certificate).catch(codeOf)
    expect(await seen).toBe(code)
  })
})

test('the certificate of a server is good for the real name of a provider, where that leads to it', async () => {
  await using server = await served({ tls: true })
  const { port, certificate: ca = '' } = server
  const socket = tls.connect({ port, host: '127.0.0.1', ca, servername: 'parrot.example' })
  await new Promise((resolve, reject) => socket.on('secureConnect', resolve).on('error', reject))
  expect(socket.authorized).toBe(true)
  socket.destroy()
})

test('a server takes a certificate of its user', async () => {
  await using server = await served({ tls: selfSigned })
  const { port } = server
  const shown = await new Promise((resolve, reject) => {
    const socket = tls.connect({ port, host: '127.0.0.1', ca: selfSigned.cert, servername: 'localhost' }, () => {
      resolve([socket.authorized, socket.alpnProtocol, socket.getPeerCertificate().subject.CN])
      socket.destroy()
    })
    socket.on('error', reject)
  })
  expect(shown).toEqual([true, false, 'localhost'])
  expect(server.certificate).toBe(selfSigned.cert)
})
