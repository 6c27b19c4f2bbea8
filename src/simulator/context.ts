import type * as z from 'zod'
import type { Call, Headers, Outcome, Reply } from '../http/exchange.ts'
import type { Fields } from '../http/messages.ts'
import type { Random } from './random.ts'

/** The one clock a simulator reads. */
export interface Clock {
  /** Milliseconds since 1970, whole. Reading never moves the clock. */
  now(): number
}

/** A source of ids in the provider's own format; the same seed gives the same ids. */
export interface Ids {
  /** The next id. What `kind` means is the provider's: a prefix (`red` → `red_5kQ…`), or nothing. */
  next(kind?: string): string
}

/** What every handler, check and hook of a simulator can use, and all that it may use. */
export interface SimulatorContext<State> {
  readonly state: State
  readonly clock: Clock
  readonly random: Random
  readonly ids: Ids
}

/** Values of a path template's parameters by name: `'/cards/:id'` gives `{ id: string }`. */
export type PathParams<Template extends string> = Template extends `${infer Head} ${infer Rest}`
  ? Head extends string
    ? PathParams<Rest>
    : never
  : Template extends `${string}:${infer Name}/${infer Rest}`
    ? { readonly [Key in Name]: string } & PathParams<`/${Rest}`>
    : Template extends `${string}:${infer Name}`
      ? { readonly [Key in Name]: string }
      : unknown

/** What identifies an effect beside its operation, in the product's words, so that two runs can be compared. */
export interface EffectNote {
  /** What happened: `card moved`. @defaultValue the operation's name */
  readonly what?: string
  /** To which thing, named so that it means the same in every run: names, never generated ids. */
  readonly key?: string
}

/** What a check sees before the call's input has been parsed. */
export interface CallContext<State, ErrorName extends string> extends SimulatorContext<State> {
  readonly call: Call
  readonly headers: Headers
  /** Name of the operation that matched. */
  readonly operation: string
  /** Path parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>
  /** Query fields, decoded, as they came. */
  readonly queryFields: Fields
  /** Body fields, when the body is a JSON object, a form or multipart; else empty. */
  readonly bodyFields: Readonly<Record<string, unknown>>
  /** Refuses the call with an error of the provider's catalogue. `detail` goes to the error's text. */
  fail(error: ErrorName, detail?: string): Reply
}

/** What an operation's handler sees. */
export interface OperationContext<State, ErrorName extends string, Principal, Params, Query, Body, Input>
  extends Omit<CallContext<State, ErrorName>, 'params'> {
  readonly params: Params
  /** The query, parsed by the operation's `query` schema; without one, the fields as they came. */
  readonly query: Query
  /** The body, parsed by the operation's `body` schema; without one, the parsed JSON or form, unchecked. */
  readonly body: Body
  /** Query and body fields together (the body wins), parsed by the operation's `input` schema. */
  readonly input: Input
  /** Who calls, as `auth` established. */
  readonly principal: Principal
  /** Tells the provider's subscribers that something happened. */
  emit(topic: string, payload: unknown): void
  /**
   * Notes that this call changed the provider's state. Without a note, an operation that declares an effect, answers
   * below 400 and leaves its state different from before is noted by itself. Where a mere date of change is enough for
   * that, note the effect yourself: a repeated PUT would count as a second one.
   */
  effect(note?: EffectNote): void
  /** Answers a call that came within this one, as for a batch: judged like any other, counted by no limit. */
  nested(call: Call): Reply | Promise<Reply>
  /** Sends a call from the provider to an address of its user, as for a webhook handshake. */
  send(call: Call): Promise<Outcome>
}

/** What an operation declares beside its handler. All of it optional. */
export interface OperationSpec<
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Input extends z.ZodType = z.ZodType,
> {
  /** What the query must be; it comes as fields of text. @defaultValue anything, unparsed */
  readonly query?: Query
  /** What the body must be, JSON and form alike. @defaultValue anything, unchecked */
  readonly body?: Body
  /** For providers that take a parameter from the query or the body alike. */
  readonly input?: Input
  /** What the operation changes. Absent: it only reads. */
  readonly effect?: 'create' | 'update' | 'delete'
  /** Path parameters that are checked before all else, by name. */
  readonly params?: Readonly<Record<string, z.ZodType<string>>>
  /** What the call costs against the provider's limits. @defaultValue 1 */
  readonly cost?: number
}
