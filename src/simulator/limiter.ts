import type { Headers, Reply } from '../http/exchange.ts'
import type { LimitContext, LimitRule, LimitsOption, LimitVerdict } from './limits.ts'
import { clonePlain } from './state.ts'

/** Counts calls against a provider's limit rules. */
export interface Limiter {
  /** Counts a call. `refused` when a rule forbids it; `headers` tell of every rule that concerns it. */
  judge(
    ctx: LimitContext,
    cost: number,
    nowMs: number,
  ): { readonly refused: Reply | undefined; readonly headers: Headers }
  snapshot(): unknown
  restore(snapshot: unknown): void
}

/** One scope's count, plain data. `marks` is used by sliding windows only. */
interface Counter {
  startedAt: number
  count: number
  readonly marks: { at: number; cost: number }[]
}

/** The rules that are in force, by the option a user gave. */
export function settleLimits<Principal>(
  rules: readonly LimitRule<Principal>[],
  option: LimitsOption,
): readonly LimitRule<Principal>[] {
  if (option === 'off') return []
  if (option === 'documented') return rules
  return rules.map((rule) => ({ ...rule, ...option[rule.name], scope: rule.scope, refuse: rule.refuse }))
}

/** Makes a limiter; every count starts empty. */
export function createLimiter(rules: readonly LimitRule[]): Limiter {
  let counters = new Map<string, Counter>()
  const counterOf = (key: string, nowMs: number): Counter => {
    let counter = counters.get(key)
    if (!counter) {
      counter = { startedAt: nowMs, count: 0, marks: [] }
      counters.set(key, counter)
    }
    return counter
  }
  return {
    judge: (ctx, cost, nowMs) => {
      const headers: Record<string, string | readonly string[]> = {}
      const concerned: { readonly rule: LimitRule; readonly counter: Counter }[] = []
      let refusal: { readonly rule: LimitRule; readonly verdict: LimitVerdict } | undefined
      for (const rule of rules) {
        const scope = rule.scope(ctx)
        if (scope === undefined) continue
        const counter = counterOf(`${rule.name} ${scope}`, nowMs)
        concerned.push({ rule, counter })
        const verdict = take(rule, counter, rule.counts === 'refusals' ? 0 : cost, nowMs)
        if (!verdict.allowed) refusal ??= { rule, verdict }
        if (rule.headers) Object.assign(headers, rule.headers(verdict))
      }
      if (!refusal) return { refused: undefined, headers }
      for (const { rule, counter } of concerned) if (rule.counts === 'refusals') take(rule, counter, 1, nowMs)
      return { refused: refusal.rule.refuse(refusal.verdict, ctx), headers }
    },
    snapshot: () => clonePlain(counters),
    restore: (snapshot) => {
      counters = clonePlain(snapshot as Map<string, Counter>)
    },
  }
}

/** Adds `cost` to a count and says how it stands. A count of refusals forbids once it has passed `max`. */
function take(rule: LimitRule, counter: Counter, cost: number, nowMs: number): LimitVerdict {
  const { name, max, intervalMs } = rule
  if (rule.algorithm === 'token-bucket') return takeToken(rule, counter, cost, nowMs)
  if (rule.algorithm === 'sliding-window') {
    while (counter.marks[0] && counter.marks[0].at <= nowMs - intervalMs)
      counter.count -= counter.marks.shift()?.cost ?? 0
    if (cost > 0) counter.marks.push({ at: nowMs, cost })
    counter.startedAt = counter.marks[0]?.at ?? nowMs
  } else if (nowMs - counter.startedAt >= intervalMs) {
    counter.startedAt = nowMs
    counter.count = 0
  }
  counter.count += cost
  return {
    rule: name,
    allowed: counter.count <= max,
    max,
    remaining: Math.max(0, max - counter.count),
    resetAtMs: counter.startedAt + intervalMs,
    intervalMs,
  }
}

/** `count` is what is missing from the bucket; it leaks back evenly, `max` in one interval. A refusal takes nothing. */
function takeToken(rule: LimitRule, counter: Counter, cost: number, nowMs: number): LimitVerdict {
  const perMs = rule.max / rule.intervalMs
  counter.count = Math.max(0, counter.count - (nowMs - counter.startedAt) * perMs)
  counter.startedAt = nowMs
  const allowed = counter.count + cost <= rule.max
  if (allowed) counter.count += cost
  return {
    rule: rule.name,
    allowed,
    max: rule.max,
    remaining: Math.max(0, Math.floor(rule.max - counter.count)),
    resetAtMs: Math.ceil(nowMs + counter.count / perMs),
    intervalMs: rule.intervalMs,
  }
}
