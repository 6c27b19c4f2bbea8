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
  /** Values of the path template's parameters. */
  readonly params?: Readonly<Record<string, string>>
  readonly query?: QueryValues
  /** Sent as JSON. */
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
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path template: `/1/cards/:id`. */
  readonly path: string
  readonly effect: OperationEffect
  /** What must hold of the input before it leaves. */
  readonly input: Schema<Input>
  /** What the reply's JSON must be; members that it does not name pass. */
  readonly reply: Schema<unknown, Result>
  /** What it costs against the provider's limits. @defaultValue 1 */
  readonly cost?: number
  /** Establishes, after an unclear end, whether the effect is there; absent: an unclear end of an `unsafe` call is final. */
  readonly reconcile?: Reconcile<Input, Result>
}

/** Declares an operation; its types come from its schemas. */
export function operation<Input extends CallInput, Result>(
  declared: Operation<Input, Result>,
): Operation<Input, Result> {
  return declared
}
