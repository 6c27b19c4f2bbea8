import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explore } from '../../src/explore/explore.ts'
import { shopHeaders, shopOrigin } from '../fixtures/acme-shop.ts'
import { type Options, on, order, ordering, wait } from './ordering.ts'

describe('the search of a scenario', () => {
  const blind: Options<undefined, { items: number }> = {
    given: fc.record({ items: fc.integer({ min: 1, max: 4 }) }),
    play: async ({ given, intent }) => {
      for (let n = 0; n < given.items; n++) {
        await intent(`order ${n}`, () => order(`lamp ${n}`).catch(() => order(`lamp ${n}`)))
      }
    },
    faults: { 'rate-limited': { off: 'of another test' } },
  }

  test('finds what is wrong, and its counterexample replays to the byte', async () => {
    const made = ordering(blind)
    const { counterexample, failure } = await explore(made, { seed: 5, runs: 20 })
    expect(counterexample).toMatchObject({
      phase: 'singles',
      given: { items: 1 },
      violations: [{ invariant: 'effects-happen-once' }],
    })
    expect(counterexample?.plan.faults).toHaveLength(1)
    const { seed, given, plan } = counterexample ?? { seed: 0, given: undefined, plan: { faults: [] } }
    for (const again of [made, ordering(blind)]) {
      const replayed = await again.run({ seed, given: structuredClone(given), plan: JSON.parse(JSON.stringify(plan)) })
      expect(replayed.fingerprint).toBe(failure?.fingerprint)
      expect(replayed.violations).toEqual(counterexample?.violations)
    }
  })

  test('is the same for the same seed, real time apart', async () => {
    const search = async (seed: number): Promise<object> => {
      const { realMs: _, failure, ...result } = await explore(ordering(blind), { seed, runs: 20 })
      return {
        ...result,
        failure: failure && { ...failure, records: failure.records, fingerprint: failure.fingerprint },
      }
    }
    expect(await search(5)).toEqual(await search(5))
  })

  test('finds by random plans what only several faults together break, and shrinks it to these', async () => {
    const hook = async (): Promise<void> => {
      const body = JSON.stringify({ url: 'https://app.example/hooks' })
      const reply = await fetch(`${shopOrigin}/v1/hooks`, { method: 'POST', headers: shopHeaders, body })
      if (!reply.ok) throw new TypeError(`The shop answered ${reply.status}.`)
    }
    // Says that it failed when one of the two did, and forgets to when both did.
    const forgetful = ordering({
      play: ({ intent }) =>
        intent('set up', async () => {
          let failed = 0
          await order('lamp').catch(() => failed++)
          await hook().catch(() => failed++)
          if (failed === 1) throw new TypeError('One of the two failed.')
        }),
      faults: { hang: { off: 'it has no deadline' }, 'rate-limited': { off: 'it does not wait' } },
    })
    const { counterexample, singles } = await explore(forgetful, { seed: 1, runs: 300 })
    expect(singles.tried).toBe(singles.known)
    expect(counterexample).toMatchObject({ phase: 'random' })
    expect(counterexample?.violations[0]).toMatchObject({ invariant: 'success-means-effects' })
    const struck = counterexample?.plan.faults.map(({ on: target }) => 'operation' in target && target.operation)
    expect(struck?.toSorted()).toEqual(['addHook', 'createOrder'])
  })

  test('passes over a right subject in every phase, deliveries included', async () => {
    const right: Options<Set<string>, { items: number }> = {
      given: fc.record({ items: fc.integer({ min: 1, max: 3 }) }),
      subject: () => new Set<string>(),
      arrange: ({ shop }) => {
        shop.state.hooks.set('hook-1', { id: 'hook-1', url: 'https://app.example/hooks', failures: 0 })
      },
      receivers: {
        'https://app.example':
          ({ subject }) =>
          async (request) => {
            subject.add(await request.text())
            return new Response()
          },
      },
      play: async ({ given, intent }) => {
        for (let n = 0; n < given.items; n++) {
          await intent(`order ${n}`, () =>
            Promise.race([order(`lamp ${n}`), wait(20_000).then(() => Promise.reject(new TypeError('too late')))]),
          )
        }
      },
      always: { 'no item is ordered twice': ({ shop, given }) => shop.state.orders.size <= given.items },
      invariants: { 'no-unhandled-rejection': { off: 'the race leaves its loser behind' } },
    }
    const result = await explore(ordering(right), { seed: 3, runs: 100 })
    expect(result.counterexample).toBeUndefined()
    expect(result.passed).toBe(true)
    expect(result.runs.random).toBe(100)
    // Three orders and their deliveries. An order can be refused as too fast (2 forms), by a broken server (4 before
    // its effect, 4 after), be late (2), hang (before, after), be lost or reset; a delivery comes twice, late or never.
    const [orders, deliveries] = [2 + 8 + 2 + 2 + 1 + 1, 3]
    // A delivery that is a minute late makes the shop try again: a point that only a fault reveals.
    const known = 3 * (orders + deliveries) + orders + deliveries + deliveries
    expect(result.singles).toEqual({ tried: known, known, strikePoints: 7, revealed: 1 })
    const struck = result.coverage.filter(({ passed }) => passed > 0).map(({ target, fault }) => `${target} ${fault}`)
    expect(struck).toEqual(
      expect.arrayContaining(['createOrder reply-lost', 'order.created lost', 'order.created duplicated']),
    )
    expect(result.baseline).toEqual({ intents: 3, failed: 0 })
    expect(result.optedOut).toEqual([
      { invariant: 'no-unhandled-rejection', reason: 'the race leaves its loser behind' },
    ])
  })

  test('needs no test runner: a plain script does', async () => {
    const script = `
      import { explore } from '${new URL('../../src/explore/explore.ts', import.meta.url)}'
      import { scenario } from '${new URL('../../src/scenario/scenario.ts', import.meta.url)}'
      import { acmeShop, shopHeaders, shopOrigin } from '${new URL('../fixtures/acme-shop.ts', import.meta.url)}'
      const order = () => fetch(shopOrigin + '/v1/orders', { method: 'POST', headers: shopHeaders, body: '{"item":"lamp"}' })
      const made = scenario('Test_AnOrderIsMadeOnce', {
        simulators: { shop: acmeShop() },
        subject: () => undefined,
        play: ({ intent }) => intent('order', () => order().catch(order)),
      })
      const { counterexample } = await explore(made, { runs: 0 })
      console.log(JSON.stringify([counterexample.violations[0].invariant, counterexample.plan]))
    `
    const args = ['--conditions=stuntdouble-source', '--input-type=module-typescript', '--eval', script]
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 15_000 })
    expect(JSON.parse(stdout)).toEqual(['success-means-effects', { faults: [{ fault: 'rate-limited', on }] }])
  })
})
