import * as z from 'zod'
import { complaintsOf } from '../../../faults/complaints.ts'
import { didYouMean } from '../../../simulator/did-you-mean.ts'
import { misfitProblem } from './problem.ts'

/**
 * Parses a query. Digits become a number where a number is asked for.
 *
 * @param schema  Absent: the route takes none.
 * @throws ControlProblem  `query_invalid`
 */
export function parsedQuery(query: string, schema: z.ZodObject | undefined): unknown {
  const fields: Record<string, unknown> = {}
  const problems: string[] = []
  for (const [name, text] of new URLSearchParams(query)) {
    if (Object.hasOwn(fields, name)) problems.push(`${name}: stands there twice.`)
    fields[name] = asksForNumber(schema?.shape[name]) && /^-?\d{1,15}$/.test(text) ? Number(text) : text
  }
  if (!schema) {
    problems.push(...Object.keys(fields).map((name) => `${name}: got "${fields[name]}". ${didYouMean(name, [])}`))
  }
  const parsed = schema?.safeParse(fields)
  if (schema && parsed?.error) problems.push(...complaintsOf(parsed.error, schema, fields, '', 'query'))
  if (problems.length > 0) throw misfitProblem('query_invalid', 'query', problems)
  return parsed?.data
}

function asksForNumber(schema: unknown): boolean {
  const bare = schema instanceof z.ZodOptional ? schema.unwrap() : schema
  return bare instanceof z.ZodNumber
}
