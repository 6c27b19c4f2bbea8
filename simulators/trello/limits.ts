import type { Headers, LimitContext, LimitRule, LimitVerdict } from '../../src/simulator/index.ts'
import { jsonReply } from '../../src/simulator/index.ts'
import type { Principal } from './access.ts'
import { limitReply } from './errors.ts'
import type { TrelloOptions } from './options.ts'

const memberOperations = /^(members|search)\./

/**
 * Trello's limits, and the lock-out of a key that is refused too often.
 *
 * @source developer.atlassian.com/cloud/trello/guides/rest-api/rate-limits, page of 2026-01-26
 */
export function limitsOf({ retryAfter = false }: TrelloOptions): readonly LimitRule<Principal>[] {
  const patience = ({ resetAtMs }: LimitVerdict, nowMs: number): number | undefined =>
    retryAfter ? Math.max(1, Math.ceil((resetAtMs - nowMs) / 1_000)) : undefined
  return [
    {
      name: 'token',
      algorithm: 'fixed-window',
      max: 100,
      intervalMs: 10_000,
      scope: ({ principal }) => principal.token,
      refuse: (verdict, ctx) => limitReply('TOKEN', patience(verdict, ctx.clock.now())),
      headers: tokenHeaders,
    },
    {
      name: 'key',
      algorithm: 'fixed-window',
      max: 300,
      intervalMs: 10_000,
      scope: ({ principal }) => principal.key,
      refuse: (verdict, ctx) => limitReply('KEY', patience(verdict, ctx.clock.now())),
      headers: keyHeaders,
    },
    {
      name: 'members',
      algorithm: 'fixed-window',
      max: 100,
      intervalMs: 900_000,
      scope: memberScope,
      refuse: () => jsonReply(429, { message: 'Exceeded rate limit to /1/member', error: 'RATE_LIMIT_EXCEEDED' }),
      headers: memberHeaders,
    },
    {
      name: 'lock-out',
      algorithm: 'fixed-window',
      max: 200,
      intervalMs: 10_000,
      counts: 'refusals',
      scope: ({ principal }) => principal.key,
      refuse: (verdict, ctx) => limitReply('KEY', patience(verdict, ctx.clock.now())),
    },
  ]
}

function memberScope({ operation, principal }: LimitContext<Principal>): string | undefined {
  return memberOperations.test(operation) ? (principal.token ?? principal.key) : undefined
}

function tokenHeaders({ intervalMs, max, remaining }: LimitVerdict): Headers {
  return {
    'x-rate-limit-api-token-interval-ms': String(intervalMs),
    'x-rate-limit-api-token-max': String(max),
    'x-rate-limit-api-token-remaining': String(remaining),
  }
}

function keyHeaders({ intervalMs, max, remaining }: LimitVerdict): Headers {
  return {
    'x-rate-limit-api-key-interval-ms': String(intervalMs),
    'x-rate-limit-api-key-max': String(max),
    'x-rate-limit-api-key-remaining': String(remaining),
  }
}

function memberHeaders({ intervalMs, max, remaining }: LimitVerdict): Headers {
  return {
    'x-rate-limit-member-interval-ms': String(intervalMs),
    'x-rate-limit-member-max': String(max),
    'x-rate-limit-member-remaining': String(remaining),
  }
}
