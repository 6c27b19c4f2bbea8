import { readFileSync } from 'node:fs'
import { trello } from 'stuntdouble/simulators/trello'
import { expect, test } from 'vitest'
import { trelloWorld } from './asking.ts'

const readme = readFileSync(new URL('../../../simulators/trello/README.md', import.meta.url), 'utf8')

/** Rows of the table under a heading, cell by cell. */
function tableUnder(heading: string): readonly string[][] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const lines = section.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
  )
}

test('the README names every operation with its endpoint and effect, and no other', () => {
  const told = tableUnder('Endpoints').map(([name, endpoint, effect]) => ({ name, endpoint, effect }))
  const known = Object.values(trello().operations).map(({ name, method, template, effect = '' }) => {
    return { name, endpoint: `${method} ${template}`, effect }
  })
  const byName = (one: { readonly name?: string | undefined }, other: { readonly name?: string | undefined }): number =>
    String(one.name).localeCompare(String(other.name))
  expect(told.toSorted(byName)).toEqual(known.toSorted(byName))
})

test('the README names the rules whose numbers can be changed', () => {
  const rules = /Rules: ([^|]*)\|/.exec(readme)?.[1]?.match(/(?<=`)[\w-]+(?=`)/g) ?? []
  expect(rules).toEqual(['token', 'key', 'members', 'lock-out'])
  for (const rule of rules) expect(() => trelloWorld({ limits: { [rule]: { max: 1 } } })).not.toThrow()
  expect(() => trelloWorld({ limits: { lockout: { max: 1 } } })).toThrow('lock-out')
})
