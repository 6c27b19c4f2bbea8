import http from 'node:http'
import axios from 'axios'
import got from 'got'
import ky from 'ky'
import { request } from 'undici'
import { rateLimited, replyLost, serverError, slowBody, truncatedBody } from '../../src/faults/faults.ts'
import { createWorld } from '../../src/world/world.ts'
import { parrot } from './parrot.ts'

const url = 'https://parrot.example/words'
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 })

/** What the clients of one subject do at once, each as its users would. */
const clients: Readonly<Record<string, (nth: number) => Promise<unknown>>> = {
  fetch: async (nth) => (await fetch(`${url}?fetch=${nth}`)).status,
  'undici.request': async (nth) => (await (await request(`${url}?undici=${nth}`)).body.text()).length,
  ky: (nth) => ky.put(url, { json: { nth }, retry: { limit: 3, jitter: true } }).json(),
  axios: async (nth) => (await axios.post(url, { nth }, { timeout: 900 })).data,
  'axios with a form': async (nth) => (await axios.postForm('https://parrot.example/form', { nth })).data,
  got: (nth) => got(url, { searchParams: { nth }, retry: { limit: 4 }, timeout: { request: 2_500 } }).json(),
  'got.post': (nth) => got.post(url, { json: { nth }, timeout: { response: 700 } }).text(),
  'node:http': (nth) =>
    new Promise((resolve, reject) => {
      const sent = http.get(`${url.replace('https', 'http')}?node=${nth}`, { agent, timeout: 400 }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode))
        response.on('error', reject)
      })
      sent.on('error', reject).on('timeout', () => sent.destroy())
    }),
}

/** What is told of one run. */
export interface MixedRun {
  readonly fingerprint: string
  readonly reasons: readonly string[]
  readonly statuses: readonly string[]
}

/** Runs all clients against one parrot that has faults of most kinds. */
export async function runMixedSubject(seed: number): Promise<MixedRun> {
  const world = createWorld({ simulators: { parrot: parrot() }, seed, logs: 'keep' })
  world.inject('parrot', 'say', slowBody({ chunks: 5, intervalMs: 150, times: 3 }))
  world.inject('parrot', 'say', rateLimited({ retryAfterS: 2, times: 3 }))
  world.inject('parrot', 'say', truncatedBody({ times: 2 }))
  world.inject('parrot', 'learn', replyLost({ times: 2 }))
  world.inject('parrot', 'replace', serverError({ times: 2 }))
  await world.run(async () => {
    const intents = Object.entries(clients).flatMap(([name, call]) =>
      [1, 2, 3].map((nth) => world.intent(`${name} ${nth}`, async () => console.log(name, nth, await call(nth)))),
    )
    await Promise.all(intents)
    await world.settle()
  })
  const statuses = world.intents.map(({ name, status, error }) => `${name}: ${status} ${error ?? ''}`)
  return { fingerprint: world.fingerprint(), reasons: world.reproducibility.reasons, statuses }
}
