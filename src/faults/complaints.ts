import type * as z from 'zod'
import { didYouMean, membersAt } from '../simulator/did-you-mean.ts'

/** Characters of a given value that are shown. */
const shownMax = 120

/**
 * Says what does not fit, one sentence or two each: `faults[0].on.nth: got 0. Too small: expected number to be >=1.`
 *
 * @param given   What the schema was given.
 * @param prefix  Path of `given` itself, `''` at the top.
 * @param whole   What to call `given` where a complaint is about the whole of it: `plan`.
 */
export function complaintsOf(
  error: z.ZodError,
  schema: z.ZodType,
  given: unknown,
  prefix: string,
  whole: string,
): string[] {
  return error.issues.flatMap((issue) => {
    const path = [prefix, ...issue.path].filter((part) => part !== '').reduce<string>(joined, '') || whole
    if (issue.code === 'unrecognized_keys') {
      const members = membersAt(schema, issue.path)
      return issue.keys.map((key) => `${path}: there is no member "${key}". ${didYouMean(key, members)}`)
    }
    const value = issue.path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
      given,
    )
    return [`${path}: got ${shown(value)}. ${issue.message}.`]
  })
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > shownMax ? `${text.slice(0, shownMax - 3)}…` : text
}

function joined(path: string, part: PropertyKey): string {
  if (typeof part === 'number') return `${path}[${part}]`
  return path === '' ? String(part) : `${path}.${String(part)}`
}
