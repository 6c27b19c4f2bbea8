import { trello } from 'stuntdouble/simulators/trello'
import { describe, expect, test } from 'vitest'
import { type Asking, admit, ask, nobody, refusal, type TrelloWorld, unknownId } from './asking.ts'
import { filled, furnished, type Ids, isWrite, paramsOf } from './furnished.ts'
import { rows } from './rows.ts'

/** Runs a test of one row in a world with one of everything. */
function within(body: (ids: Ids, world: TrelloWorld) => Promise<void>): Promise<void> {
  const { world, ids } = furnished()
  return world.run(() => body(ids, world))
}

type Forms = Readonly<Record<string, (params: Record<string, string>) => Asking>>
const inQuery: Forms = { query: (query) => ({ query }) }
const forms: Forms = {
  ...inQuery,
  JSON: (json) => ({ json }),
  form: (form) => ({ form }),
  multipart: (fields) => {
    const multipart = new FormData()
    for (const [name, value] of Object.entries(fields)) multipart.set(name, value)
    return { multipart }
  },
}

test('every operation of the simulator stands in a row, and every row of the table has one', () => {
  expect(new Set(rows.map(({ operation }) => operation))).toEqual(new Set(Object.keys(trello().operations)))
  expect(new Set(rows.map(({ row }) => row))).toEqual(new Set(Array.from({ length: 28 }, (_, at) => at + 1)))
})

describe.each(rows)('row $row, $line ($operation)', (row) => {
  const takenFrom = isWrite(row) && row.params ? forms : inQuery

  test.each(Object.keys(takenFrom))('answers 200, with parameters in the %s', (form) =>
    within(async (ids, world) => {
      const asking = takenFrom[form]?.(paramsOf(row, ids)) ?? {}
      const answer = await ask(filled(row.line, ids), asking)
      expect(answer).toMatchObject({ status: 200, type: 'application/json; charset=utf-8' })
      expect(answer.body).toEqual(row.answers(ids))
      expect(world.journal.exchanges()[0]?.operation).toBe(row.operation)
    }),
  )

  test('answers the same when its path ends in a slash', () =>
    within(async (ids) => {
      const answer = await ask(`${filled(row.line, ids)}/`, { query: paramsOf(row, ids) })
      expect(answer).toMatchObject({ status: 200, body: row.answers(ids) })
    }))

  for (const name of row.required ?? []) {
    for (const form of Object.keys(takenFrom)) {
      test(`refuses to go without ${name}, with parameters in the ${form}`, () =>
        within(async (ids) => {
          const { [name]: _, ...rest } = paramsOf(row, ids)
          expect(await refusal(filled(row.line, ids), takenFrom[form]?.(rest))).toBe(`400 invalid value for ${name}`)
        }))
    }
  }

  for (const [word, text] of Object.entries(row.unknown ?? {})) {
    test(`says "${text}" when ${word} is the id of nothing`, () =>
      within(async (ids) => {
        const other = { ...ids, [word.slice(1)]: unknownId }
        expect(await refusal(filled(row.line, other), { query: paramsOf(row, other) })).toBe(text)
      }))
  }

  const inPath = row.line.match(/:[a-z]+/)?.[0]
  for (const [word, text] of Object.entries(row.malformed ?? (inPath ? { [inPath]: '400 invalid id' } : {}))) {
    test(`says "${text}" when ${word} is no id`, () =>
      within(async (ids) => {
        const other = { ...ids, [word.slice(1)]: '~' }
        expect(await refusal(filled(row.line, other), { query: paramsOf(row, other) })).toBe(text)
        // Before it looks at credentials, if it is the path that is wrong.
        if (row.line.includes(word)) expect(await refusal(filled(row.line, other), { as: nobody })).toBe(text)
      }))
  }

  for (const [word, link] of [
    [':board', ':boardLink'],
    [':card', ':cardLink'],
  ] as const) {
    if (!new RegExp(`${word}(/|$)`).test(row.line)) continue
    test(`takes the short link for ${word}`, () =>
      within(async (ids) => {
        const line = filled(row.line.replace(word, link), ids)
        expect(await ask(line, { query: paramsOf(row, ids) })).toMatchObject({ status: 200, body: row.answers(ids) })
        const other = line.replace(filled(link, ids), 'AAAAAAAA')
        expect(await refusal(other, { query: paramsOf(row, ids) })).toBe(row.unknown?.[word])
      }))
  }

  const unauthorized = '401 unauthorized permission requested'
  const { stranger = unauthorized, nobody: unknown = isWrite(row) ? '401 invalid key' : unauthorized } = row
  test(`${stranger === 'is answered' ? 'answers' : 'refuses'} a member of none of the boards`, () =>
    within(async (ids, world) => {
      const asking = { query: paramsOf(row, ids), as: admit(world) }
      if (stranger === 'is answered') expect((await ask(filled(row.line, ids), asking)).status).toBe(200)
      else expect(await refusal(filled(row.line, ids), asking)).toBe(stranger)
    }))

  test(`${unknown === 'is answered' ? 'answers' : 'refuses'} a call without credentials`, () =>
    within(async (ids) => {
      const asking = { query: paramsOf(row, ids), as: nobody }
      if (unknown === 'is answered') expect((await ask(filled(row.line, ids), asking)).status).toBe(200)
      else expect(await refusal(filled(row.line, ids), asking)).toBe(unknown)
    }))
})
