import type { Schema } from './operation.ts'

/** How something is not what a schema asks for. */
export interface Misfit {
  readonly ok: false
  /** Where, and what was expected there. */
  readonly why: string
  /** What the schema threw, where it threw. */
  readonly cause: unknown
}

/** Parses by any schema that speaks Standard Schema; one that throws does not fit either. */
export async function parsedBy<Result>(
  schema: Schema<unknown, Result>,
  value: unknown,
): Promise<{ readonly ok: true; readonly value: Result } | Misfit> {
  try {
    const checked = await schema['~standard'].validate(value)
    if (!checked.issues) return { ok: true, value: checked.value }
    return { ok: false, why: issueInWords(checked.issues[0]), cause: undefined }
  } catch (cause) {
    return { ok: false, why: 'its schema failed', cause }
  }
}

const whyLengthMax = 200

function issueInWords(
  issue: { readonly message: string; readonly path?: readonly unknown[] | undefined } | undefined,
): string {
  const path = (issue?.path ?? []).map((part) => String((part as { readonly key?: unknown } | null)?.key ?? part))
  const message = (issue?.message ?? 'it does not fit').replace(/\s+/g, ' ')
  return `${path.length === 0 ? '' : `${path.join('.')}: `}${message}`.slice(0, whyLengthMax)
}
