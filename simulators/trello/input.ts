import * as z from 'zod'
import type { UploadedFile } from '../../src/simulator/index.ts'
import { idPattern, shortLinkPattern } from './ids.ts'
import type { Position } from './state.ts'

/** An id of a thing. */
export const objectId: z.ZodType<string> = z.string().regex(idPattern)
/** An id of a board or card, or its short link. */
export const boardOrCardId: z.ZodType<string> = z
  .string()
  .refine((given) => idPattern.test(given) || shortLinkPattern.test(given))
/** An id of a member, a user name, or `me`. */
export const memberId: z.ZodType<string> = z.string().regex(/^[\w.-]{2,100}$/)

/** Text that must be there. */
export const text: z.ZodType<string> = z.string().min(1).max(16_384)
/** Text that may be empty. */
export const looseText: z.ZodType<string> = z.string().max(16_384)

/** `true` and `false`, as words or as JSON. */
export const flag: z.ZodType<boolean> = z.union([
  z.boolean(),
  z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0', ''] }),
])

/** A number, as digits or as JSON. */
export const digits: z.ZodType<number> = z.coerce.number().min(0)

/** `top`, `bottom` or a positive number. */
export const position: z.ZodType<Position> = z.union([
  z.literal('top'),
  z.literal('bottom'),
  z.coerce.number().positive(),
])

/** Several values: an array, or one text with commas. */
export const several: z.ZodType<readonly string[], unknown> = z.union([
  z.array(z.string()),
  z.string().transform((csv) => (csv === '' ? [] : csv.split(','))),
])

/** Ids: an array, or one text with commas. */
export const ids: z.ZodType<readonly string[]> = several.refine((all) => all.every((one) => idPattern.test(one)))

/** A date as ISO 8601 text; empty or `null` takes it away. */
export const date: z.ZodType<string | null> = z.union([
  z.null(),
  z.union([z.literal(''), z.literal('null')]).transform(() => null),
  z
    .string()
    .refine((given) => Number.isFinite(Date.parse(given)))
    .transform((given) => new Date(given).toISOString()),
])

const plainColours = ['green', 'yellow', 'orange', 'red', 'purple', 'blue', 'sky', 'lime', 'pink', 'black']

/** Every colour of a label: each in three shades. */
export const colours: readonly string[] = plainColours.flatMap((name) => [name, `${name}_dark`, `${name}_light`])

/** A label's colour; empty or `null`: none. */
export const colour: z.ZodType<string | null> = z.union([
  z.null(),
  z.union([z.literal(''), z.literal('null')]).transform(() => null),
  z.enum(colours),
])

/** Colours of the labels that a new board gets. */
export const boardColours: readonly string[] = plainColours.slice(0, 6)

/** A file of a multipart body. */
export const file: z.ZodType<UploadedFile> = z.custom<UploadedFile>(
  (given) => typeof given === 'object' && given !== null && 'bytes' in given,
)

/** Which members of a model a reply holds; absent: all. */
export type Fields = readonly string[] | 'all' | undefined

/** The same, as a caller writes it: `all`, `none`, or names with commas. */
export const fields: z.ZodType<Exclude<Fields, undefined>> = z.union([
  z.literal('all').transform(() => 'all' as const),
  several.transform((names) => (names.includes('none') ? [] : names)),
])

/** For reads that take nothing else. */
export const fieldsOnly: z.ZodType<{ readonly fields?: Fields }> = z.object({ fields: fields.optional() })

/** The fields that are asked for; the id comes always. */
export function picked(model: Readonly<Record<string, unknown>>, wanted: Fields): object {
  if (wanted === undefined || wanted === 'all') return model
  const some: Record<string, unknown> = { id: model['id'] }
  for (const name of wanted) if (name in model) some[name] = model[name]
  return some
}
