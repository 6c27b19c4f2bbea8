import { closest } from 'fastest-levenshtein'
import * as z from 'zod'

/** Says which valid name is nearest to one that does not exist, and which there are. */
export function didYouMean(given: unknown, valid: readonly string[]): string {
  if (valid.length === 0) return 'There are none.'
  const nearest = typeof given === 'string' ? `Did you mean "${closest(given, [...valid])}"? ` : ''
  return `${nearest}Known: ${valid.join(', ')}.`
}

/** Members that an object may have, where a path leads in a schema. */
export function membersAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const [head, ...rest] = path
  const bare = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema
  if (!(bare instanceof z.ZodObject)) return []
  const members = bare.shape as Readonly<Record<string, z.ZodType>>
  if (head === undefined) return Object.keys(members)
  const member = members[String(head)]
  return member ? membersAt(member, rest) : []
}
