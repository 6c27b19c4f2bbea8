import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { builtInInvariants } from '../../src/invariants/built-in.ts'
import { scenario } from '../../src/scenario/scenario.ts'
import type { ScenarioOptions } from '../../src/scenario/types.ts'
import type { Simulators } from '../../src/world/types.ts'
import { acmeShop } from '../fixtures/acme-shop.ts'

type Options = ScenarioOptions<Simulators, unknown, unknown>

const right = { simulators: { shop: acmeShop() }, subject: () => undefined, play: () => undefined }
/** A scenario of whatever a user without types may write. */
const made = (over: object = {}, name = 'Test_AnOrderIsMadeOnce') => scenario(name, { ...right, ...over } as Options)

describe('a scenario', () => {
  test('is complete with simulators, subject and play', () => {
    const { name, simulators, claim, optedOut, admits } = made()
    expect({ name, simulators, claim, optedOut }).toEqual({
      name: 'Test_AnOrderIsMadeOnce',
      simulators: right.simulators,
      claim: undefined,
      optedOut: [],
    })
    expect(admits('hang')).toBe(true)
  })

  test('takes every option that there is', () => {
    const all: Required<Options> = {
      ...right,
      given: fc.nat(),
      arrange: () => undefined,
      receivers: { 'https://app.example': () => () => new Response() },
      always: { 'it holds': () => true },
      eventually: { 'it holds': () => true },
      invariants: { 'retries-are-bounded': { retriesMax: 3 }, 'no-escaped-call': { off: 'a reason' } },
      faults: { hang: { off: 'never seen' } },
      latency: { minMs: 0, maxMs: 1 },
      startAt: '2026-02-01T00:00:00Z',
      bounds: { virtualMsMax: 1_000, eventsMax: 5, realMsMax: 50 },
      claim: 'An order is made once.',
    }
    const { claim, optedOut, admits } = made(all)
    expect(claim).toBe('An order is made once.')
    expect(optedOut).toEqual([
      { invariant: 'no-escaped-call', reason: 'a reason' },
      { invariant: 'fault hang', reason: 'never seen' },
    ])
    expect([admits('hang'), admits('latency')]).toEqual([false, true])
  })

  test('may switch off each built-in invariant with a reason', () => {
    for (const name of Object.keys(builtInInvariants)) {
      expect(made({ invariants: { [name]: { off: 'a reason' } } }).optedOut, name).toEqual([
        { invariant: name, reason: 'a reason' },
      ])
    }
  })
})

describe('a name', () => {
  test.each(['', 'Test_', 'Test_lower', 'Test_Two Words', 'CardMoves', 'Test_Ünique', 'Test_A.scenario'])(
    'that is not Test_ and a claim in one word is refused: %j',
    (name) => {
      expect(() => made({}, name)).toThrow(
        expect.objectContaining({
          name: 'ScenarioError',
          code: 'name_invalid',
          message: expect.stringContaining(`got "${name}"`),
        }),
      )
    },
  )
})

describe('options that cannot be are refused with one clear error', () => {
  const reason = /to switch it off, give a reason: \{ off: 'why' \}/
  const cases: [string, object, RegExp][] = [
    ['an unknown option', { evntually: {} }, /, evntually: there is no such option\. Did you mean "eventually"\?/],
    ['no simulators', { simulators: undefined }, /, simulators: .*got undefined\.$/],
    [
      'a factory instead of a simulator',
      { simulators: { shop: acmeShop } },
      /, simulators\.shop: must be a simulator, .*got \[Function/,
    ],
    [
      'a simulator with a name of the context',
      { simulators: { subject: acmeShop() } },
      /, simulators\.subject: the context has a member/,
    ],
    ['a simulator with a name of the world', { simulators: { journal: acmeShop() } }, /world.*simulators\.journal/],
    [
      'two simulators at one origin',
      { simulators: { shop: acmeShop(), twin: acmeShop() } },
      /world.*simulators\.twin: got https:\/\/api\.shop\.example.*"shop" answers there already/,
    ],
    ['no play', { play: undefined }, /, play: must be a function; got undefined\.$/],
    ['a subject that is none', { subject: 7 }, /, subject: must be a function; got 7\.$/],
    ['an arrange that is none', { arrange: 'x' }, /, arrange: must be a function; got 'x'\.$/],
    ['a workload that is none', { given: { moves: 3 } }, /, given: must be a fast-check arbitrary; got an object\.$/],
    [
      'an invariant that is no function',
      { always: { 'it holds': true } },
      /, always\.it holds: must be a function; got true\.$/,
    ],
    [
      'a receiver that is no function',
      { receivers: { 'https://app.example': 'x' } },
      /, receivers\.https:\/\/app\.example: must be/,
    ],
    [
      'a receiver at no origin',
      { receivers: { 'app.example': () => () => new Response() } },
      /receivers: got "app\.example"/,
    ],
    [
      'an unknown invariant',
      { invariants: { 'retries-are-boundd': {} } },
      /, invariants\.retries-are-boundd: .* Did you mean "retries-are-bounded"\?/,
    ],
    [
      'an unknown setting',
      { invariants: { 'retries-are-bounded': { retryMax: 3 } } },
      /, invariants\.retries-are-bounded\.retryMax: .* Did you mean "retriesMax"\? Known: retriesMax, off\./,
    ],
    [
      'a setting where there is none',
      { invariants: { 'no-escaped-call': { callsMax: 3 } } },
      /, invariants\.no-escaped-call\.callsMax: .* Known: off\./,
    ],
    [
      'a setting of the wrong kind',
      { invariants: { 'retries-are-bounded': { retriesMax: -1 } } },
      /, invariants\.retries-are-bounded\.retriesMax: /,
    ],
    ['an invariant that is false', { invariants: { 'no-escaped-call': false } }, /, invariants\.no-escaped-call: /],
    ['invariants that are none', { invariants: 'off' }, /, invariants: .*got 'off'\.$/],
    ['switching off without a reason', { invariants: { 'no-escaped-call': { off: ' ' } } }, reason],
    ['switching off and tuning', { invariants: { 'retries-are-bounded': { off: 'x', retriesMax: 3 } } }, reason],
    ['an unknown fault', { faults: { hnag: { off: 'x' } } }, /, faults\.hnag: .* Did you mean "hang"\?/],
    ['leaving out a fault without a reason', { faults: { hang: true } }, reason],
    [
      'an unknown bound',
      { bounds: { virtualMax: 5 } },
      /, bounds\.virtualMax: there is no such setting\. Did you mean "virtualMsMax"\?/,
    ],
    ['a bound that is none', { bounds: { eventsMax: 0 } }, /, bounds\.eventsMax: /],
    ['an unknown latency', { latency: { min: 5, maxMs: 9 } }, /, latency\.minMs: |, latency\.min: /],
    ['a latency that cannot be', { latency: { minMs: 9, maxMs: 5 } }, /World option latency/],
    ['a start that is no time', { startAt: 'tomorrow' }, /World option startAt: got "tomorrow"/],
    ['a claim that is none', { claim: '' }, /, claim: /],
  ]
  test.each(cases)('%s', (_, over, message) => {
    const refusal = expect.objectContaining({ name: 'ScenarioError', code: 'options_invalid' })
    expect(() => made(over)).toThrow(refusal)
    expect(() => made(over)).toThrow(message)
    expect(() => made(over)).toThrow(/^Scenario Test_AnOrderIsMadeOnce, /)
  })

  test.each([undefined, null, 7])('no options at all: %j', (options) => {
    expect(() => scenario('Test_AnOrderIsMadeOnce', options as unknown as Options)).toThrow(
      expect.objectContaining({ code: 'options_invalid', message: expect.stringMatching(/must be an object/) }),
    )
  })
})
