import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientKinds } from './clients.ts'
import { type Exchanged, exchanged, exchanges } from './exchanges.ts'
import { openReality, type Reality } from './reality.ts'
import { met, showsFaults } from './shows-faults.ts'
import { ways } from './ways.ts'
import { showing, wireFaults } from './wire-faults.ts'

let reality: Reality

beforeAll(async () => {
  reality = await openReality()
})
afterAll(() => reality.close())

const shortPatience = { connectMs: 150, headersMs: 150, bodyMs: 150 }

describe.concurrent.each(clientKinds)('on real sockets, $name', (kind) => {
  test.for(wireFaults)('shows %s as the table says', async (fault, { expect }) => {
    const url = reality.faulty(fault)
    const client = kind.open(new URL(url).origin.replace('parrot.invalid', '127.0.0.1'), shortPatience)
    const { origin } = new URL(url)
    const opened = kind.name.startsWith('an undici') ? kind.open(origin, shortPatience) : client
    const seen = await met(() => opened.ask(url))
    expect(seen).toEqual(showing[kind.family](fault, new URL(url), shortPatience))
    await Promise.all([client.close(), opened.close()])
  })
})

describe.each(ways)('$name', (way) => {
  test.for(exchanges.filter(({ redirects }) => way.kind.followsRedirects || !redirects))(
    'carries $name as real sockets do',
    async ({ path, asked }) => {
      const client = way.kind.open(reality.origin, { connectMs: 5_000, headersMs: 5_000, bodyMs: 5_000 })
      const inReality: Exchanged = await exchanged(
        (rest, what) => client.ask(`${reality.origin}${rest}`, what),
        path,
        asked(),
      )
      const behindTheDoor = await way.play(({ ask }) => exchanged(ask, path, asked()))
      expect(behindTheDoor).toEqual(inReality)
      await client.close()
    },
  )

  showsFaults(way)
})
