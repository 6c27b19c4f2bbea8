import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exchanged, exchanges } from './exchanges.ts'
import { openReality, type Reality } from './reality.ts'
import { serverWays } from './server-ways.ts'
import { showsWhatFaultsDo } from './shows-faults.ts'

let reality: Reality

beforeAll(async () => {
  reality = await openReality()
})
afterAll(() => reality.close())

const patience = { connectMs: 5_000, headersMs: 5_000, bodyMs: 5_000 }

describe.concurrent.each(serverWays)('a server, for $name', (way) => {
  // Node's own client sends the body of a DELETE without a length: what a server makes of it depends on its speed.
  const isUnframed = (name: string): boolean => way.name === 'node:http' && name === 'a DELETE with a body'
  const carried = exchanges.filter(
    ({ redirects, name }) => (way.kind.followsRedirects || !redirects) && !isUnframed(name),
  )

  test.for(carried)('carries $name as a bare server does', async ({ path, asked }) => {
    const client = way.kind.open(reality.origin, patience)
    const bare = await exchanged((rest, what) => client.ask(`${reality.origin}${rest}`, what), path, asked())
    const served = await way.play(({ ask }) => exchanged(ask, path, asked()))
    expect(served).toEqual(bare)
    await client.close()
  })

  showsWhatFaultsDo(way)
})
