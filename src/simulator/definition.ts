import type * as z from 'zod'
import type { Call, Headers, Outcome, Reply } from '../http/exchange.ts'
import type { Fields } from '../http/messages.ts'
import type {
  CallContext,
  Clock,
  Ids,
  OperationContext,
  OperationSpec,
  PathParams,
  SimulatorContext,
} from './context.ts'
import type { FaultName, Refusal } from './fault-names.ts'
import type { LimitRule, LimitsOption } from './limits.ts'
import type { Random } from './random.ts'
import type { WebhooksDefinition } from './webhooks.ts'

/** What a simulator's first state is made from. */
export interface StateSeed<Options> {
  readonly options: Options
  readonly clock: Clock
  readonly random: Random
  readonly ids: Ids
}

/** Options that every simulator takes. */
export interface SimulatorOptions {
  /** @defaultValue `'documented'` */
  readonly limits?: LimitsOption
}

/** One entry of a provider's error catalogue. Without `text` or `json` the body is `{"error": "<name>"}`. */
export interface ErrorEntry {
  readonly status: number
  /** Plain-text body; `%s` stands for the detail given to `fail`. */
  readonly text?: string
  /** JSON body, as it is. */
  readonly json?: unknown
  readonly headers?: Headers
}

/** The stages of a provider's judgement of a call, before the handler. */
export type Check = 'params' | 'auth' | 'limits' | 'input'

/** One named thing a provider can be asked. Made by the builder that `operations` receives. */
export interface OperationDefinition {
  /** Upper case: `PUT`. */
  readonly method: string
  /** Path template: `/1/cards/:id`. */
  readonly template: string
  /** What comes in, and what it changes. */
  readonly spec: OperationSpec
  /** Answers a call that has passed every check. */
  handle(ctx: unknown): Reply | Promise<Reply>
}

/**
 * Declares one operation.
 *
 * @param route  Method and path template: `'POST /v1/codes/:code/redemptions'`.
 */
export type OperationBuilder<State, ErrorName extends string, Principal> = <
  const Route extends string,
  Query extends z.ZodType = z.ZodType<Fields>,
  Body extends z.ZodType = z.ZodType<unknown>,
  Input extends z.ZodType = z.ZodType<unknown>,
>(
  route: Route,
  spec: OperationSpec<Query, Body, Input>,
  handle: (
    ctx: OperationContext<
      State,
      ErrorName,
      Principal,
      PathParams<Route>,
      z.output<Query>,
      z.output<Body>,
      z.output<Input>
    >,
  ) => Reply | Promise<Reply>,
) => OperationDefinition

/** Everything a simulator is: what the provider promises, and how it says no. */
export interface SimulatorDefinition<
  Name extends string,
  State extends object,
  ErrorName extends string,
  OperationName extends string,
  Principal,
  View extends object,
  Options,
> {
  /** Kebab-case: `acme-promotions`. */
  readonly name: Name
  /** Version of the provider's API that this is a double of. */
  readonly version: string
  /** Origins that the provider answers at: `https://api.acme.example`. */
  readonly origins: readonly string[]
  /**
   * The first state: `Map`s, `Set`s, arrays and plain values of plain records. Handlers change it as they like; what
   * an operation with an effect leaves different is seen by comparing.
   */
  readonly state: (seed: StateSeed<Options>) => State
  /**
   * True: every handler notes its effects by `ctx.effect`, and the state is compared for none. That saves a copy of the
   * state for every call that may change it, which counts where the state is large. @defaultValue false
   */
  readonly effectsNoted?: boolean
  /** Ids in the provider's format. @defaultValue `<kind>_<16 letters and digits>` */
  readonly ids?: (source: { readonly random: Random; readonly clock: Clock }, kind?: string) => string
  /** Order in which a call is judged. @defaultValue `['params', 'auth', 'limits', 'input']` */
  readonly checks?: readonly Check[]
  /** What the provider's edge refuses before it looks at the route. */
  readonly edge?: (call: Call) => Reply | undefined
  /** Establishes who calls; a reply refuses. Absent: everyone may. */
  readonly auth?: (
    ctx: CallContext<State, ErrorName>,
  ) => { readonly principal: Principal } | { readonly refused: Reply }
  /** Refusals by name, in the provider's own words: `ctx.fail(name)` gives one. */
  readonly errors: Readonly<Record<ErrorName, ErrorEntry>>
  /** The provider's true limits. @defaultValue none */
  readonly limits?:
    | { readonly requestsPerSecondMax: number }
    | ((options: Options) => readonly LimitRule<Principal>[])
    | readonly LimitRule<Principal>[]
  /** Answers input that does not fit. @defaultValue 400 with zod's first issue as JSON */
  readonly invalid?: (issue: z.core.$ZodIssue, ctx: CallContext<State, ErrorName>) => Reply
  /** Answers a call that no operation matches. @defaultValue 404 `{"error": "not_found"}` */
  readonly unknownRoute?: (call: Call) => Reply
  /** Header fields on every reply. */
  readonly headers?: (ctx: { readonly call: Call; readonly clock: Clock; readonly random: Random }) => Headers
  /** Faults this provider can really show. */
  readonly faults: readonly FaultName[]
  /** Puts an injected refusal into the provider's form. @defaultValue the status with `{"error": "<fault>"}`, and `Retry-After` if the fault asks for it */
  readonly refuse?: (refusal: Refusal, call: Call) => Reply
  /** Everything that the provider can be asked, by name. */
  readonly operations: (
    operation: OperationBuilder<NoInfer<State>, NoInfer<ErrorName>, NoInfer<Principal>>,
  ) => Readonly<Record<OperationName, OperationDefinition>>
  /** How events reach the provider's users. @defaultValue they do not */
  readonly webhooks?: WebhooksDefinition<State>
  /** Strings that must never be printed: secrets of the state as it stands. */
  readonly secrets?: (state: State) => readonly string[]
  /** What tests read: plain, typed data over the state. Its members stand beside `state` on the simulator. */
  readonly view?: (ctx: SimulatorContext<State>) => View
}

/** A simulator as scenarios and worlds take it: one value, opened once per run. */
export interface Simulator<
  Name extends string = string,
  State extends object = object,
  OperationName extends string = string,
  View extends object = object,
> {
  readonly name: Name
  readonly version: string
  readonly origins: readonly string[]
  readonly faults: readonly FaultName[]
  /** Every operation: name to method, path template and effect. */
  readonly operations: Readonly<Record<OperationName, OperationInfo>>
  /** Topics of its deliveries, where it names them; empty when it delivers nothing. */
  readonly topics?: readonly string[]
  /** Starts one run of it: a fresh state, made from the host's clock and chance. */
  open(host: SimulatorHost): SimulatorInstance<State, View>
}

/** What is told of an operation. */
export interface OperationInfo {
  readonly name: string
  readonly method: string
  readonly template: string
  readonly effect?: 'create' | 'update' | 'delete'
}

/** What runs a simulator: a world, or a server. */
export interface SimulatorHost {
  readonly clock: Clock
  readonly random: Random
  /** Calls `task` once, `waitMs` from now. */
  schedule(waitMs: number, task: () => void): { cancel(): void }
  /** Sends a call from the provider to its user. `delivery` is set when it carries an event; the provider waits so long. */
  send(
    call: Call,
    delivery?: { readonly topic: string; readonly attempt: number; readonly timeoutMs?: number },
  ): Promise<Outcome>
}

/** A change of a provider's state that a call made. */
export interface Effect {
  readonly what: string
  readonly key: string
}

/** What became of a call at a simulator. */
export interface Handled {
  readonly reply: Reply
  /** `undefined` when no operation matched. */
  readonly operation: string | undefined
  /** Operations that the call came nearest to, when none matched. */
  readonly nearest: readonly string[]
  readonly effects: readonly Effect[]
}

/** A simulator at work. */
export interface SimulatorInstance<State extends object = object, View extends object = object> {
  readonly simulator: Simulator<string, State, string, View>
  readonly state: State
  readonly view: View
  /** Name of the operation that a call would reach. */
  operationOf(call: Call): string | undefined
  /** Answers a call, and changes the state as the provider would. */
  handle(call: Call): Handled | Promise<Handled>
  /** Answers a read from the state before the latest effect. Needs `remember` to have been called. */
  handleStale(call: Call): Handled | Promise<Handled>
  /** Keeps, from now on, the state before each effect, for `handleStale`. */
  remember(): void
  /** The provider's own form of an injected refusal. */
  refuse(refusal: Refusal, call: Call): Reply
  /** State, counts of limits, ids and chance, as plain data of its own. Deliveries under way are no part of it. */
  snapshot(): unknown
  /**
   * Goes back to a snapshot: the same calls then get the same replies, ids included. `state` stays the same object.
   *
   * @throws AssertionError  when it is no snapshot
   */
  restore(snapshot: unknown): void
  /** Goes back to the start, as if nothing had ever been called. */
  reset(): void
  /** Strings that must never be printed. */
  secrets(): readonly string[]
}
