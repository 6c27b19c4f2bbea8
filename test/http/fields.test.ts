import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fieldsOf } from '../../src/http/messages.ts'

/** The same fields by the platform's own parser; it drops a leading `?`, which in a query is part of the first name. */
function byThePlatform(encoded: string): Record<string, string | string[]> {
  const fields = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(encoded.startsWith('?') ? `&${encoded}` : encoded)) {
    fields.set(name, [...(fields.get(name) ?? []), value])
  }
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length > 1 ? values : String(values)]))
}

const pieces = [
  'a',
  'b',
  '=',
  '&',
  '?',
  '+',
  '%20',
  '%',
  '%zz',
  'é',
  '__proto__',
  'constructor',
  ',',
  '/',
  ' ',
  '~',
  '"',
]
const encodedText = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(''))

test('reads any text as the platform does, encoded or not', () => {
  fc.assert(
    fc.property(encodedText, (encoded) => {
      expect(Object.entries(fieldsOf(encoded))).toEqual(Object.entries(byThePlatform(encoded)))
    }),
    { numRuns: 2_000 },
  )
})
