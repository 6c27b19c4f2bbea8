import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import type { StandardSchemaV1 } from '@standard-schema/spec'

/** A schema of any library that speaks Standard Schema, such as zod. */
export type Schema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output>

/**
 * What a call changes, and so whether it may be repeated: `none` only reads · `idempotent` comes to the same however
 * often it happens · `unsafe` happens once more each time, so it is repeated only where it certainly did not happen.
 */
export type OperationEffect = 'none' | 'idempotent' | 'unsafe'

/** Values of a query; `undefined` is left out. */
export type QueryValues = Readonly<Record<string, string | number | boolean | undefined>>

/** What a caller gives to an operation. */
export interface CallInput {
  /** Values of the path template's parameters, as they are: they are encoded on their way. */
  readonly params?: Readonly<Record<string, string>> | undefined
  /** Fields of the query. */
  readonly query?: QueryValues | undefined
  /** Sent as JSON; `undefined` sends no body. */
  readonly body?: unknown
}

/** What was found when the provider was asked whether an effect is there. */
export type Reconciled<Result> =
  | { readonly applied: 'yes'; readonly value: Result }
  | { readonly applied: 'no' }
  | { readonly applied: 'unknown' }

/** Makes a further call within the one that is being reconciled: same deadline, own retries. */
export type Ask = <Input extends CallInput, Result>(
  operation: Operation<Input, Result>,
  input: Input,
) => Promise<Result>

/** Asks the provider whether an effect is there. What it throws counts as not knowing. */
export type Reconcile<Input extends CallInput, Result> = (ask: Ask, input: Input) => Promise<Reconciled<Result>>

/** One named thing a provider can be asked, declared once. */
export interface Operation<Input extends CallInput, Result> {
  /** `cards.update`. */
  readonly name: string
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path template: `/1/cards/:id`. A colon after a letter or digit is one: `/v1/properties/:id:runReport`. */
  readonly path: string
  /** What it changes, and so whether it may be repeated. */
  readonly effect: OperationEffect
  /** What must hold of the input before it leaves. */
  readonly input: Schema<Input>
  /** What the reply's JSON must be; a reply without a body is `undefined`: `z.undefined()`, say. */
  readonly reply: Schema<unknown, Result>
  /** What it costs against the provider's limits. @defaultValue 1 */
  readonly cost?: number
  /** Establishes, after an unclear end, whether the effect is there; absent: an unclear end of an `unsafe` call is final. */
  readonly reconcile?: Reconcile<Input, Result>
}

/**
 * Declares an operation; its types come from its schemas.
 *
 * @throws AssertionError  for an empty name, a path that does not begin with `/`, and a cost that is no number from 0 on
 */
export function operation<Input extends CallInput, Result>(
  declared: Operation<Input, Result>,
): Operation<Input, Result> {
  const { name, path, cost = 0 } = declared
  assert(name !== '', 'An operation needs a name, such as "cards.update"; it is empty.')
  assert(path.startsWith('/'), `path of ${name} must begin with a "/"; got ${inspect(path)}.`)
  assert(Number.isFinite(cost) && cost >= 0, `cost of ${name} must be a number from 0 on; got ${inspect(cost)}.`)
  return declared
}
