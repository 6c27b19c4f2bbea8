import { expect, test } from 'vitest'
import { fromJson, toJson, UnreadableError } from '../../src/doors/server/control/plain-json.ts'

test('plain data comes back from JSON as it was', () => {
  const value = {
    map: new Map<unknown, unknown>([
      ['a', new Set([1, 'two', null])],
      [new Date(0), [undefined, Number.NaN, -0, Number.NEGATIVE_INFINITY]],
    ]),
    bytes: Uint8Array.of(0, 255),
    missing: undefined,
    dollars: { $map: 'no map', plain: true },
    proto: JSON.parse('{"__proto__": {"polluted": true}}'),
    empty: {},
  }
  const back = fromJson(JSON.parse(JSON.stringify(toJson(value))), 'state')
  expect(back).toStrictEqual(value)
  expect(Object.hasOwn((back as typeof value).proto, '__proto__')).toBe(true)
})

test.each([
  [{ a: { $mp: [] } }, 'state.a', /known: \$map/],
  [{ a: [{ $map: [], b: 1 }] }, 'state.a[0]', /each alone/],
  [{ $map: [['k']] }, 'state.$map[0]', /no pair/],
  [{ $map: { k: 1 } }, 'state.$map', /no array/],
  [{ $set: 'a' }, 'state.$set', /no array/],
  [{ $bytes: '!' }, 'state.$bytes', /no base64/],
  [{ $date: 'soon' }, 'state.$date', /ISO 8601/],
  [{ $number: '7' }, 'state.$number', /none of NaN/],
  [{ $number: 'toString' }, 'state.$number', /none of NaN/],
  [{ $object: [[1, 2]] }, 'state.$object', /no text/],
  [{ $toString: 1 }, 'state', /known: \$map/],
])('%j is refused with the place where it breaks', (value, path, message) => {
  let refused: unknown
  try {
    fromJson(value, 'state')
  } catch (error) {
    refused = error
  }
  expect(refused).toBeInstanceOf(UnreadableError)
  expect(refused).toMatchObject({ path, message: expect.stringMatching(message) })
})
