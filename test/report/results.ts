import type { Counterexample, ExploreResult, RunResult } from '../../src/explore/types.ts'
import type { FaultPlan } from '../../src/faults/plan.ts'
import type { DeliveryRecord, ExchangeRecord, NoteRecord } from '../../src/simulator/journal.ts'

/** 2026-01-05T09:00:00.000Z, where every run of these fixtures starts. */
export const startedAt: number = Date.UTC(2026, 0, 5, 9)

export function exchange(over: Partial<ExchangeRecord> = {}): ExchangeRecord {
  const sentAt = over.sentAt ?? startedAt
  return {
    kind: 'exchange',
    n: 2,
    provider: 'trello',
    operation: 'cards.update',
    nth: 1,
    nearest: [],
    sentAt,
    judgedAt: sentAt + 10,
    endedAt: sentAt + 20,
    endedAfter: over.n ?? 2,
    call: { method: 'PUT', url: 'https://api.trello.com/1/cards/c1', headers: {}, body: '{"idList":"done"}' },
    outcome: 'replied',
    status: 200,
    reply: { headers: {}, body: '{"id":"c1"}' },
    injected: [],
    effects: [],
    intent: 'move 0',
    duplicateOf: undefined,
    ...over,
  }
}

export function delivery(over: Partial<DeliveryRecord> = {}): DeliveryRecord {
  const sentAt = over.sentAt ?? startedAt
  return {
    kind: 'delivery',
    n: 9,
    provider: 'trello',
    topic: 'updateCard',
    nth: 1,
    attempt: 1,
    sentAt,
    endedAt: sentAt + 5,
    call: { method: 'POST', url: 'https://app.example/hooks', headers: {}, body: '{"action":1}' },
    outcome: 'replied',
    status: 200,
    injected: [],
    duplicateOf: undefined,
    ...over,
  }
}

export function note(over: Partial<NoteRecord> = {}): NoteRecord {
  return { kind: 'note', n: 1, at: startedAt, topic: 'intent-started', text: 'move 0', intent: 'move 0', ...over }
}

export const replyLostPlan: FaultPlan = {
  faults: [{ fault: 'reply-lost', on: { provider: 'trello', operation: 'cards.update', nth: 1 } }],
}

/** A client that repeats a move blindly after its reply was lost: the classic. */
export function runResult(over: Partial<RunResult> = {}): RunResult {
  const moved = { what: 'card moved', key: 'ship it to Done' }
  return {
    request: { seed: 7, given: { moves: 1 }, plan: replyLostPlan },
    startedAt,
    violations: [
      {
        invariant: 'effects-happen-once',
        kind: 'built-in',
        message: '"move 0" had the effect "card moved: ship it to Done" 2 times; without faults it has it once.',
        atMs: 1_060,
      },
    ],
    records: [
      note(),
      exchange({
        outcome: 'reset',
        status: undefined,
        reply: undefined,
        injected: [{ fault: 'reply-lost' }],
        effects: [moved],
      }),
      exchange({ n: 3, nth: 2, sentAt: startedAt + 1_040, effects: [moved] }),
      note({ n: 4, at: startedAt + 1_060, topic: 'intent-ended', text: 'move 0: succeeded' }),
    ],
    strikePoints: [
      { provider: 'trello', operation: 'cards.update', nth: 1 },
      { provider: 'trello', operation: 'cards.update', nth: 2 },
    ],
    intents: [{ name: 'move 0', startedAt, endedAt: startedAt + 1_060, status: 'succeeded', error: undefined }],
    fingerprint: 'f00d',
    virtualMs: 1_060,
    reproducibility: { reproducible: true, reasons: [] },
    unused: [],
    secrets: [],
    ...over,
  }
}

export function counterexample(over: Partial<Counterexample> = {}): Counterexample {
  const { request, violations, fingerprint } = runResult()
  return {
    scenario: 'Test_CardMovesOnce',
    phase: 'singles',
    seed: request.seed,
    given: request.given,
    plan: request.plan,
    violations,
    fingerprint,
    foundAfterRuns: 14,
    shrinkRuns: 3,
    ...over,
  }
}

export function heldResult(over: Partial<ExploreResult> = {}): ExploreResult {
  return {
    scenario: 'Test_CardMovesOnce',
    claim: 'a card reaches its list exactly once, whatever the network loses.',
    passed: true,
    seed: 1,
    runs: { baseline: 1, singles: 111, random: 300, replay: 0 },
    singles: { tried: 111, known: 111, strikePoints: 5, revealed: 2 },
    baseline: { intents: 3, failed: 0 },
    coverage: [
      { provider: 'trello', target: 'cards.update', fault: 'reply-lost', passed: 2, failed: 0, notStruck: 0 },
      { provider: 'trello', target: 'cards.update', fault: 'stale-read', passed: 0, failed: 0, notStruck: 1 },
    ],
    virtualMs: 273_600_000,
    realMs: 912,
    counterexample: undefined,
    failure: undefined,
    unreproducible: [],
    cutShort: [],
    optedOut: [],
    ...over,
  }
}

export function brokenResult(over: Partial<ExploreResult> = {}): ExploreResult {
  return heldResult({
    passed: false,
    runs: { baseline: 1, singles: 13, random: 0, replay: 0 },
    singles: { tried: 13, known: 111, strikePoints: 5, revealed: 0 },
    virtualMs: 41_000,
    realMs: 35,
    counterexample: counterexample(),
    failure: runResult(),
    ...over,
  })
}
