import { request } from 'undici'
import { describe, expect, test } from 'vitest'
import { jsonReply } from '../../src/http/messages.ts'
import { defineSimulator } from '../../src/simulator/define-simulator.ts'
import { createWorld } from '../../src/world/world.ts'

const secret = 'S3cr3t/Wert+mit=Zeichen'

/** Keeper: has one secret, and tells it to whoever asks. */
const keeper = defineSimulator({
  name: 'keeper',
  version: '1',
  origins: ['https://keeper.example'],
  state: () => ({ secret }),
  errors: {},
  faults: [],
  secrets: (state) => [state.secret],
  unknownRoute: () => jsonReply(200, {}),
  operations: (operation) => ({
    tell: operation('GET /secret', {}, ({ state }) => jsonReply(200, { secret: state.secret })),
  }),
})

const encoded = encodeURIComponent(secret)
const json = JSON.stringify({ nested: { note: `the token is "${secret}"` } })

/** Every place in which a credential may travel. */
const places: Readonly<Record<string, () => Promise<unknown>>> = {
  'the path': () => fetch(`https://keeper.example/by/${secret}`),
  'the path, percent-encoded': () => fetch(`https://keeper.example/by/${encoded}`),
  'the query, by value': () => fetch(`https://keeper.example/?whatever=${encoded}`),
  'the query, by the name of its field': () => fetch('https://keeper.example/?a=1&token=S3cr3t-unknown&b=2'),
  'the authorization header': () => fetch('https://keeper.example/', { headers: { authorization: 'Bearer S3cr3t-x' } }),
  'basic authorization': () =>
    request('https://keeper.example/', {
      headers: { authorization: `Basic ${Buffer.from(`user:${secret}`).toString('base64')}` },
    }),
  'a header of an own name': () => fetch('https://keeper.example/', { headers: { 'x-mine': `v=${secret}` } }),
  'a header that is known by its name': () =>
    fetch('https://keeper.example/', { headers: { 'x-api-key': 'S3cr3t-x' } }),
  'a cookie': () => request('https://keeper.example/', { headers: { cookie: 'S3cr3t-x=1' } }),
  'a JSON body': () => fetch('https://keeper.example/', { method: 'POST', body: json }),
  'a form': () =>
    fetch('https://keeper.example/', {
      method: 'POST',
      body: new URLSearchParams({ note: secret, token: 'S3cr3t-y' }),
    }),
  'a binary body': () =>
    fetch('https://keeper.example/', {
      method: 'POST',
      body: Buffer.concat([Buffer.from([0xff]), Buffer.from(secret)]),
    }),
  'a reply': async () => (await fetch('https://keeper.example/secret')).text(),
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('the journal', () => {
  test.for(Object.entries(places))('holds no credential that travelled in %s', async ([, travel]) => {
    const world = createWorld({ simulators: { keeper: keeper() } })
    await world.run(travel)
    const written = JSON.stringify(world.journal.records())
    expect(world.journal.exchanges()).toHaveLength(1)
    const inBase64 = Buffer.from(/base64:([\w+/=]*)/.exec(written)?.[1] ?? '', 'base64').toString('latin1')
    expect(written + inBase64).toContain('redacted]')
    for (const form of [secret, encoded, 'S3cr3t', base64(`user:${secret}`)]) {
      expect(written + inBase64).not.toContain(form)
    }
  })

  test('holds no credential that was logged, and the leak is told of with the credential replaced', async () => {
    const world = createWorld({ simulators: { keeper: keeper() }, logs: 'keep' })
    await world.run(() => {
      console.log('sent', { authorization: secret })
      process.stderr.write(`and again ${secret}\n`)
      console.warn('nothing to see')
    })
    expect(world.leaks).toEqual(["sent { authorization: '[redacted]' }", 'and again [redacted]'])
    expect(world.journal.notes().map(({ text }) => text)).toEqual([...world.leaks, 'nothing to see'])
  })

  test('holds no credential that stood in an error nobody handled', async () => {
    const world = createWorld({ simulators: { keeper: keeper() } })
    const run = world.run(async () => {
      void Promise.reject(new RangeError(`refused: ${secret}`))
      await new Promise((resolve) => setTimeout(resolve, 1))
    })
    const error = await run.catch((thrown: Error) => thrown)
    expect(JSON.stringify(world.journal.records())).not.toContain('S3cr3t')
    expect((error as Error).message).toBe('The subject left an error unhandled: RangeError: refused: [redacted]')
  })

  test('knows every secret of its simulators', () => {
    expect(createWorld({ simulators: { keeper: keeper() } }).secrets()).toEqual([secret])
  })
})
