import http from 'node:http'
import https from 'node:https'
import axios from 'axios'
import got from 'got'
import ky from 'ky'
import { request, fetch as undiciFetch } from 'undici'
import { expect, test } from 'vitest'
import { createWorld } from '../../src/world/world.ts'
import { parrot } from './parrot.ts'

/** One way for each client to learn a word, in its own words. */
const learning: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
  fetch: async (url) => (await fetch(url, { method: 'POST' })).json(),
  'undici.request': async (url) => (await request(url, { method: 'POST' })).body.json(),
  'undici.fetch': async (url) => (await undiciFetch(url, { method: 'POST' })).json(),
  ky: (url) => ky.post(url).json(),
  axios: async (url) => (await axios.post(url)).data,
  got: (url) => got.post(url).json(),
  'node:https': (url) => readWith(https.request, url),
  'node:http': (url) => readWith(http.request, url.replace('https', 'http')),
}

function readWith(send: typeof http.request, url: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = send(url, { method: 'POST' }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        text += piece
      })
      response.on('end', () => resolve(JSON.parse(text)))
    })
    call.on('error', reject).end()
  })
}

test('every client reaches the same simulator in one world, each under its intent, and the run can be repeated', async () => {
  const world = createWorld({ simulators: { parrot: parrot() } })
  const names = Object.keys(learning)
  await world.run(() =>
    Promise.all(names.map((name) => world.intent(name, () => learning[name]?.('https://parrot.example/words')))),
  )
  expect(world.intents.map(({ name, status }) => [name, status])).toEqual(names.map((name) => [name, 'succeeded']))
  expect(world.parrot.state.words).toHaveLength(1 + names.length)
  const calls = world.journal.exchanges()
  expect(calls.map(({ intent }) => intent).sort()).toEqual([...names].sort())
  expect(calls.map(({ operation, outcome }) => [operation, outcome])).toEqual(names.map(() => ['learn', 'replied']))
  expect(world.reproducibility).toEqual({ reproducible: true, reasons: [] })
  expect(world.elapsedMs()).toBeLessThan(200)
})
