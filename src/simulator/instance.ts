import assert from 'node:assert/strict'
import type * as z from 'zod'
import { type Call, emptyBody, type Reply } from '../http/exchange.ts'
import { jsonReply } from '../http/messages.ts'
import { CallContextOf, type ContextHost, type OuterCall } from './call-context.ts'
import type { SimulatorContext } from './context.ts'
import type {
  Check,
  Effect,
  Handled,
  Simulator,
  SimulatorDefinition,
  SimulatorHost,
  SimulatorInstance,
  SimulatorOptions,
} from './definition.ts'
import type { Refusal } from './fault-names.ts'
import { type ParsedBody, parseBody } from './input.ts'
import { createLimiter, type Limiter, settleLimits } from './limiter.ts'
import type { LimitRule } from './limits.ts'
import type { Random, RandomPosition } from './random.ts'
import type { RoutedOperation, RouteMatch, Routes } from './routes.ts'
import { becomeState, clonePlain, samePlain } from './state.ts'
import { createWebhookSender, type WebhookSender } from './webhook-sender.ts'

type AnyDefinition<State extends object, View extends object> = SimulatorDefinition<
  string,
  State,
  string,
  string,
  unknown,
  View,
  unknown
>

/** What one run of a simulator is made from. */
export interface InstanceParts<State extends object, View extends object> {
  readonly simulator: Simulator<string, State, string, View>
  readonly definition: AnyDefinition<State, View>
  readonly routes: Routes
  readonly options: SimulatorOptions
  readonly host: SimulatorHost
}

/** Starts one run of a simulator. */
export function openInstance<State extends object, View extends object>(
  parts: InstanceParts<State, View>,
): SimulatorInstance<State, View> {
  return new Instance(parts)
}

/** Where the streams of chance stand. */
interface Chance {
  readonly ids: RandomPosition
  readonly handlers: RandomPosition
}

interface Snapshot {
  readonly state: object
  readonly limits: unknown
  readonly chance: Chance
}

const defaultChecks: readonly Check[] = ['params', 'auth', 'limits', 'input']
const noEffects: readonly Effect[] = Object.freeze([])
const noNames: readonly string[] = Object.freeze([])
const noHeaders: Reply['headers'] = Object.freeze({})

class Instance<State extends object, View extends object> implements SimulatorInstance<State, View> {
  readonly simulator: Simulator<string, State, string, View>
  readonly view: View
  readonly #definition: AnyDefinition<State, View>
  readonly #routes: Routes
  readonly #options: SimulatorOptions
  readonly #host: SimulatorHost
  readonly #context: ContextHost
  readonly #limiter: Limiter
  readonly #emptyLimits: unknown
  readonly #webhooks: WebhookSender | undefined
  readonly #secretsSeen = new Set<string>()
  readonly #idRandom: Random
  readonly #state: State
  readonly #start: Chance
  #remembers = false
  #before: State | undefined

  constructor({ simulator, definition, routes, options, host }: InstanceParts<State, View>) {
    this.simulator = simulator
    this.#definition = definition
    this.#routes = routes
    this.#options = options
    this.#host = host
    this.#idRandom = host.random.fork('ids')
    const random = host.random.fork('handlers')
    this.#context = {
      clock: host.clock,
      random,
      ids: { next: (kind) => this.#nextId(kind) },
      errors: definition.errors,
      send: (call) => host.send(call),
      nested: (call, outer) => this.#nested(call, outer),
    }
    this.#limiter = createLimiter(settleLimits(rulesOf(definition, options), options.limits ?? 'documented'))
    this.#emptyLimits = this.#limiter.snapshot()
    this.#start = this.#chance()
    this.#state = this.#firstState()
    this.#webhooks = definition.webhooks && createWebhookSender(definition.webhooks, this.#stateContext(), host)
    this.view = definition.view ? definition.view(this.#stateContext()) : ({} as View)
    this.secrets()
  }

  get state(): State {
    return this.#state
  }

  operationOf(call: Call): string | undefined {
    return this.#routes.match(call)?.operation.name
  }

  handle(call: Call): Handled | Promise<Handled> {
    return this.#handleIn(this.#state, call)
  }

  handleStale(call: Call): Handled | Promise<Handled> {
    return this.#handleIn(this.#before ?? this.#state, call)
  }

  remember(): void {
    this.#remembers = true
  }

  refuse(refusal: Refusal, call: Call): Reply {
    return this.#definition.refuse?.(refusal, call) ?? plainRefusal(refusal)
  }

  snapshot(): Snapshot {
    return { state: clonePlain(this.#state), limits: this.#limiter.snapshot(), chance: this.#chance() }
  }

  restore(snapshot: unknown): void {
    const { state, limits, chance } = this.#snapshotOf(snapshot)
    this.#rewind(chance)
    this.#adopt(clonePlain(state))
    this.#limiter.restore(limits)
  }

  reset(): void {
    this.#rewind(this.#start)
    this.#adopt(this.#firstState())
    this.#limiter.restore(this.#emptyLimits)
  }

  /** Every secret of the state, and every one it had when asked before: a revoked token is still not to be printed. */
  secrets(): readonly string[] {
    for (const secret of this.#definition.secrets?.(this.#state) ?? noNames) this.#secretsSeen.add(secret)
    return [...this.#secretsSeen]
  }

  #adopt(state: object): void {
    becomeState(this.#state, state)
    this.#before = undefined
  }

  #chance(): Chance {
    return { ids: this.#idRandom.position(), handlers: this.#context.random.position() }
  }

  #rewind({ ids, handlers }: Chance): void {
    this.#idRandom.rewind(ids)
    this.#context.random.rewind(handlers)
  }

  #snapshotOf(value: unknown): Snapshot {
    const { state, limits, chance } = (value ?? {}) as Partial<Snapshot>
    assert(
      typeof state === 'object' && limits instanceof Map && chance !== undefined,
      `${this.simulator.name}: restore takes what snapshot gave.`,
    )
    return { state, limits, chance }
  }

  #firstState(): State {
    return this.#definition.state({
      options: this.#options,
      clock: this.#host.clock,
      random: this.#host.random.fork('state'),
      ids: this.#context.ids,
    })
  }

  #nextId(kind: string | undefined): string {
    const source = { random: this.#idRandom, clock: this.#host.clock }
    return this.#definition.ids ? this.#definition.ids(source, kind) : plainId(this.#idRandom, kind)
  }

  #stateContext(): SimulatorContext<State> {
    return new StateContext(this, this.#context)
  }

  /** Answers a call within another; its effects are those of the other. */
  #nested(call: Call, { state, effects }: OuterCall): Reply | Promise<Reply> {
    const conclude = (handled: Handled): Reply => {
      effects.push(...handled.effects)
      return handled.reply
    }
    const handled = this.#handleIn(state as State, call, 'limits')
    return handled instanceof Promise ? handled.then(conclude) : conclude(handled)
  }

  #handleIn(state: State, call: Call, skipped?: Check): Handled | Promise<Handled> {
    const definition = this.#definition
    const atEdge = definition.edge?.(call)
    const match = this.#routes.match(call)
    if (atEdge) return this.#handled(atEdge, match?.operation.name, call)
    if (!match) {
      const reply = definition.unknownRoute?.(call) ?? jsonReply(404, { error: 'not_found' })
      return { ...this.#handled(reply, undefined, call), nearest: this.#routes.nearest(call) }
    }
    const { operation, params } = match
    // What writes, writes to the state as it is, however stale the reads.
    const ctx = new CallContextOf(
      this.#context,
      operation.spec.effect ? this.#state : state,
      call,
      operation.name,
      params,
    )
    const parsed = parseBody(call)
    if (parsed instanceof Promise) {
      return parsed.then((body) => this.#judge(ctx, match, body, skipped))
    }
    return this.#judge(ctx, match, parsed, skipped)
  }

  #judge(
    ctx: CallContextOf<State>,
    { operation }: RouteMatch,
    { fields, value }: ParsedBody,
    skipped: Check | undefined,
  ): Handled | Promise<Handled> {
    ctx.bodyFields = fields
    ctx.body = value
    const told: { headers: Reply['headers'] } = { headers: {} }
    for (const check of this.#definition.checks ?? defaultChecks) {
      const refused = check === skipped ? undefined : this.#check(check, ctx, operation, told)
      if (refused) return this.#handled(refused, operation.name, ctx.call, told.headers)
    }
    const isCompared = operation.spec.effect && !this.#definition.effectsNoted
    const before = isCompared || (operation.spec.effect && this.#remembers) ? clonePlain(this.#state) : undefined
    const conclude = (reply: Reply): Handled => {
      const handled = this.#conclude(reply, ctx, operation, isCompared ? before : undefined, told.headers)
      if (this.#remembers && before && handled.effects.length > 0) this.#before = before
      return handled
    }
    const reply = operation.handle(ctx)
    return reply instanceof Promise ? reply.then(conclude) : conclude(reply)
  }

  #check(
    check: Check,
    ctx: CallContextOf<State>,
    operation: RoutedOperation,
    told: { headers: Reply['headers'] },
  ): Reply | undefined {
    if (check === 'params') return this.#checkParams(ctx, operation)
    if (check === 'input') return this.#checkInput(ctx, operation)
    if (check === 'auth') {
      const verdict = this.#definition.auth?.(ctx)
      if (!verdict) return undefined
      if ('refused' in verdict) return verdict.refused
      ctx.principal = verdict.principal
      return undefined
    }
    const verdict = this.#limiter.judge(ctx, operation.spec.cost ?? 1, this.#host.clock.now())
    told.headers = verdict.headers
    return verdict.refused
  }

  #checkParams(ctx: CallContextOf<State>, { spec }: RoutedOperation): Reply | undefined {
    if (!spec.params) return undefined
    for (const name of Object.keys(spec.params)) {
      const issue = spec.params[name]?.safeParse(ctx.params[name]).error?.issues[0]
      if (issue) return this.#invalid({ ...issue, path: ['params', name, ...issue.path] }, ctx)
    }
    return undefined
  }

  #checkInput(ctx: CallContextOf<State>, { spec }: RoutedOperation): Reply | undefined {
    for (const part of ['query', 'body', 'input'] as const) {
      const schema = spec[part]
      if (!schema) continue
      const given =
        part === 'query' ? ctx.queryFields : part === 'body' ? ctx.body : { ...ctx.queryFields, ...ctx.bodyFields }
      const parsed = schema.safeParse(given)
      const issue = parsed.error?.issues[0]
      if (issue) return this.#invalid({ ...issue, path: [part, ...issue.path] }, ctx)
      ctx[part] = parsed.data
    }
    return undefined
  }

  #invalid(issue: z.core.$ZodIssue, ctx: CallContextOf<State>): Reply {
    return (
      this.#definition.invalid?.(issue, ctx) ??
      jsonReply(400, { error: 'invalid_request', path: issue.path.join('.'), message: issue.message })
    )
  }

  #conclude(
    reply: Reply,
    ctx: CallContextOf<State>,
    operation: RoutedOperation,
    before: State | undefined,
    headers: Reply['headers'],
  ): Handled {
    const isUnnoted = ctx.effects.length === 0 && before && reply.status < 400 && !samePlain(before, this.#state)
    const noted = isUnnoted ? [{}] : ctx.effects
    const effects = noted.length === 0 ? noEffects : noted.map(({ what = operation.name, key = '' }) => ({ what, key }))
    for (const { topic, payload } of ctx.emitted) {
      this.#webhooks?.publish({ topic, payload, at: this.#host.clock.now(), cause: ctx.call })
    }
    return this.#handled(reply, operation.name, ctx.call, headers, effects)
  }

  /** A reply's own fields win over what is told of limits, and both over what every reply carries. */
  #handled(
    reply: Reply,
    operation: string | undefined,
    call: Call,
    told: Reply['headers'] = noHeaders,
    effects: readonly Effect[] = noEffects,
  ): Handled {
    const { clock, random } = this.#context
    const always = this.#definition.headers?.({ call, clock, random })
    const headers = { ...always, ...told, ...reply.headers }
    const body = call.method === 'HEAD' ? emptyBody : reply.body
    return { reply: { status: reply.status, headers, body }, operation, nearest: noNames, effects }
  }
}

function plainRefusal({ status, fault, retryAfterS }: Refusal): Reply {
  return jsonReply(status, { error: fault }, retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) })
}

/** A class, since V8 keeps each object literal that has getters, and all that they reach, for its next full collection. */
class StateContext<State extends object> implements SimulatorContext<State> {
  readonly clock: SimulatorContext<State>['clock']
  readonly random: SimulatorContext<State>['random']
  readonly ids: SimulatorContext<State>['ids']
  readonly #instance: { readonly state: State }

  constructor(instance: { readonly state: State }, { clock, random, ids }: Omit<SimulatorContext<State>, 'state'>) {
    this.#instance = instance
    this.clock = clock
    this.random = random
    this.ids = ids
  }

  get state(): State {
    return this.#instance.state
  }
}

function rulesOf({ limits }: Pick<AnyDefinition<never, never>, 'limits'>, options: unknown): readonly LimitRule[] {
  if (!limits) return []
  if (typeof limits === 'function') return limits(options)
  if (!('requestsPerSecondMax' in limits)) return limits
  return [
    {
      name: 'requests',
      algorithm: 'fixed-window',
      max: limits.requestsPerSecondMax,
      intervalMs: 1_000,
      scope: () => 'all',
      refuse: () => jsonReply(429, { error: 'rate_limited' }, { 'retry-after': '1' }),
    },
  ]
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

function plainId(random: Random, kind = 'id'): string {
  let id = `${kind}_`
  for (let length = 0; length < 16; length++) id += alphabet[random.integer(0, alphabet.length - 1)]
  return id
}
