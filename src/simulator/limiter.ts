import assert from 'node:assert/strict'
import type { Headers, Reply } from '../http/exchange.ts'
import { didYouMean } from './did-you-mean.ts'
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

/** Counts by rule and scope. */
type Counters = Map<string, Map<string, Counter>>

/**
 * The rules that are in force, by the option a user gave.
 *
 * @throws AssertionError  when the option names no such rule, or a number that no limit can have
 */
export function settleLimits<Principal>(
  rules: readonly LimitRule<Principal>[],
  option: LimitsOption,
): readonly LimitRule<Principal>[] {
  if (option === 'off') return []
  if (option === 'documented') return rules
  assert(
    typeof option === 'object' && option !== null,
    `Simulator option limits: got ${JSON.stringify(option)}; must be "documented", "off", or numbers by rule name.`,
  )
  const names = rules.map(({ name }) => name)
  for (const [name, numbers] of Object.entries(option)) {
    assert(names.includes(name), `Simulator option limits: there is no rule "${name}". ${didYouMean(name, names)}`)
    for (const [field, value] of Object.entries(numbers)) {
      const least = limitMinima.get(field)
      const place = `Simulator option limits.${name}`
      assert(least !== undefined, `${place}: there is no "${field}". ${didYouMean(field, [...limitMinima.keys()])}`)
      assert(Number.isFinite(value) && value >= least, `${place}.${field}: got ${value}; must be ${least} or more.`)
    }
  }
  return rules.map((rule) => ({ ...rule, ...option[rule.name] }))
}

/** What can be tuned, and the least that makes sense. */
const limitMinima: ReadonlyMap<string, number> = new Map([
  ['max', 0],
  ['intervalMs', 1],
])

/** Makes a limiter; every count starts empty. */
export function createLimiter(rules: readonly LimitRule[]): Limiter {
  let counters: Counters = new Map()
  const counterOf = (rule: LimitRule, scope: string, nowMs: number): Counter => {
    let byScope = counters.get(rule.name)
    if (!byScope) {
      byScope = new Map()
      counters.set(rule.name, byScope)
    }
    let counter = byScope.get(scope)
    if (!counter) {
      counter = { startedAt: nowMs, count: 0, marks: [] }
      byScope.set(scope, counter)
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
        const counter = counterOf(rule, scope, nowMs)
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
      counters = clonePlain(snapshot as Counters)
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

/**
 * `count` is what is missing from the bucket, in tokens times `intervalMs`: so it leaks back by `max` each millisecond,
 * and whole numbers keep it exact at the boundary. A refusal takes nothing.
 */
function takeToken({ name, max, intervalMs }: LimitRule, counter: Counter, cost: number, nowMs: number): LimitVerdict {
  const size = max * intervalMs
  counter.count = Math.max(0, counter.count - (nowMs - counter.startedAt) * max)
  counter.startedAt = nowMs
  const allowed = counter.count + cost * intervalMs <= size
  if (allowed) counter.count += cost * intervalMs
  return {
    rule: name,
    allowed,
    max,
    remaining: Math.floor((size - counter.count) / intervalMs),
    resetAtMs: counter.count === 0 ? nowMs : nowMs + Math.ceil(counter.count / max),
    intervalMs,
  }
}
