import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { simulate } from '../../src/cli/simulate.ts'
import type { SimulateSettings } from '../../src/cli/simulate-flags.ts'
import type { Streams } from '../../src/cli/streams.ts'

/** Serves for as long as `during` takes, and gives all that was written to stdout. */
async function served(
  settings: Partial<SimulateSettings>,
  isTty: boolean,
  during: (origin: string, written: () => string) => Promise<void>,
): Promise<string> {
  const pieces: string[] = []
  const { promise: ready, resolve } = Promise.withResolvers<void>()
  const streams: Streams = {
    out: (text) => {
      pieces.push(text)
      resolve()
    },
    err: (text) => pieces.push(text),
    ...{ isTty, errIsTty: isTty, columns: 80, env: {}, cwd: '/' },
  }
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  const ended = simulate(
    {
      ...{ providers: ['trello'], host: '127.0.0.1', port: 0, seed: 1, plan: undefined, planSource: '' },
      ...{
        limits: 'off',
        https: false,
        webhookHosts: [],
        token: undefined,
        json: false,
        quiet: false,
        color: undefined,
      },
      ...settings,
    },
    streams,
    stopped,
  )
  await ready
  const written = (): string => pieces.join('')
  const [, origin = ''] = /control\W+(http:\/\/[\d.]+:\d+)/.exec(stripVTControlCharacters(written())) ?? []
  await during(origin, written)
  stop()
  expect(await ended).toBe(0)
  return written()
}

const call = async (url: string, init?: RequestInit): Promise<void> => {
  await (await fetch(url, { ...init, headers: { connection: 'close' } })).text()
}
const linesOf = (text: string): string[] =>
  stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => /^\d\d:/.test(line))
    .map((line) =>
      line
        .replace(/^[\d:.]+/, 'TIME')
        .replace(/\d+ ms/, 'MS')
        .replace(/~\w+/, '~WORLD'),
    )

test('a terminal sees each request on a line of its own, those of other worlds included, and no credential', async () => {
  const secret = '3f6e0b1c9d4a47e28b5c7a9e10d2f364'
  const text = await served({}, true, async (origin) => {
    await call(`${origin}/trello/1/boards/none?key=${secret}`)
    await call(`${origin}/trello/1/nowhere`)
    const { url } = (await (await fetch(`${origin}/__stuntdouble/worlds`, { method: 'POST' })).json()) as {
      url: string
    }
    const body = JSON.stringify({ faults: [{ fault: 'server-error', on: { provider: 'trello' } }] })
    await call(`${url}/__stuntdouble/faults`, { method: 'POST', body })
    await call(`${url}/trello/1/members/me`)
  })
  expect(linesOf(text)).toEqual([
    'TIME  GET /trello/1/boards/none?key=[redacted]  400  MS  boards.get',
    'TIME  GET /trello/1/nowhere  404  MS  no such operation',
    'TIME  ~WORLD  GET /trello/1/members/me  503  MS  members.get  [server-error]',
  ])
  expect(text.split('Ctrl-C').at(-1)).not.toContain(secret)
})

test.each([
  ['--quiet', { quiet: true }, true],
  ['a pipe, which may never be read', {}, false],
] as const)('%s sees no requests', async (_, settings, isTty) => {
  const text = await served(settings, isTty, (origin) => call(`${origin}/trello/1/boards/none`))
  expect(text).toContain('Ctrl-C stops it.')
  expect(linesOf(text)).toEqual([])
})
