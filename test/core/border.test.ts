import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { operation, type Schema } from '../../src/core/index.ts'
import { useWorld } from '../../src/scenario/vitest.ts'
import { acme, acmeClient, answer, first, look, read, remove, rename } from './acme.ts'
import { failureOf } from './failures.ts'

const world = useWorld({ simulators: { acme: acme() } })

/** Has Acme answer a read so, as often as it is asked. */
function answerReads(...replies: Parameters<typeof answer>): void {
  world.acme.state.script.push(answer(...replies), answer(...replies), answer(...replies))
}

describe('what comes in', () => {
  test('is parsed once, and members that nobody named pass by', () =>
    world.run(async () => {
      answerReads(200, { id: 't1', name: 'first', version: 1, colour: 'new since last week' })
      expect((await acmeClient().call(read, first)).value).toEqual({ id: 't1', name: 'first', version: 1 })
    }))

  test('and does not fit says where, and what was expected there', () =>
    world.run(async () => {
      answerReads(200, { id: 't1', name: null, version: 1 })
      const error = await failureOf(acmeClient().call(read, first))
      expect(error).toMatchObject({ code: 'reply_invalid', status: 200 })
      expect(error.message).toMatch(/name: .*string/)
    }))

  test('may begin with a byte order mark, and may call itself anything', () =>
    world.run(async () => {
      const text = `\uFEFF${JSON.stringify({ id: 't1', name: 'ünï', version: 1 })}`
      answerReads(200, text, { 'content-type': 'text/plain' })
      expect((await acmeClient().call(read, first)).value.name).toBe('ünï')
    }))

  test('without a body is undefined: to a schema that wants it, and to one that does not', () =>
    world.run(async () => {
      const client = acmeClient()
      expect(await client.call(look, first)).toEqual({ value: undefined, attempts: 1, reconciled: false })
      expect((await client.call(remove, first)).value).toBeUndefined()
      expect((await failureOf(client.call(look, first))).code).toBe('not_found')
      answerReads(200, '')
      expect((await failureOf(client.call(read, first))).message).toContain('undefined')
    }))

  test('is read up to replyBytesMax, and not read again when it is longer', () =>
    world.run(async () => {
      const thing = { id: 't1', name: 'x'.repeat(967), version: 1 }
      expect(JSON.stringify(thing)).toHaveLength(1_000)
      answerReads(200, thing)
      expect((await acmeClient({ replyBytesMax: 1_000 }).call(read, first)).value).toEqual(thing)
      const error = await failureOf(acmeClient({ replyBytesMax: 999 }).call(read, first))
      expect(error).toMatchObject({ code: 'reply_invalid', retriable: false, attempts: 1 })
      expect(error.message).toContain('replyBytesMax')
    }))

  test('has each of its header fields, also those that come several times', () =>
    world.run(async () => {
      answerReads(429, '', { 'retry-after': ['2', '9'] })
      const seen: unknown[] = []
      const client = acmeClient({ callsMax: 1 }, { classify: ({ headers }) => void seen.push(headers['retry-after']) })
      expect((await failureOf(client.call(read, first))).retryAfterMs).toBe(2_000)
      expect(seen).toEqual([['2', '9']])
    }))
})

describe('what goes out', () => {
  const say = operation({
    ...{ name: 'say', method: 'GET', path: '/v1/words/:name/said', effect: 'none' },
    reply: z.object({ name: z.string() }),
    input: z.object({
      params: z.record(z.string(), z.string()),
      query: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).optional()).optional(),
    }),
  })
  const names = ['a/b', 'a?b=c', '#', '100 %', '%2e%2e', '...', 'ünïcödé 🙂', ':name', 'a+b', '..%2f', "';--"]

  test.for(names)('is encoded: %o arrives as one parameter', (name) =>
    world.run(async () => {
      expect((await acmeClient().call(say, { params: { name } })).value).toEqual({ name })
    }),
  )

  test('is encoded in the query, too; what is undefined is left out', () =>
    world.run(async () => {
      const query = { 'a b': 'c&d=e', plus: '1+1', n: 7, is: false, none: undefined, 'ü?': '#🙂' }
      await acmeClient().call(say, { params: { name: 'x' }, query })
      const seen = { 'a b': 'c&d=e', plus: '1+1', n: '7', is: 'false', 'ü?': '#🙂' }
      expect(world.acme.state.reads).toEqual([{ name: 'x', query: seen }])
    }))

  test.for(['', '.', '..', '\uD800'])('does not leave when %o would be a parameter', (name) =>
    world.run(async () => {
      const error = await failureOf(acmeClient().call(say, { params: { name } }))
      expect(error).toMatchObject({ code: 'input_invalid', applied: 'no', attempts: 0, retriable: false })
      expect(error.message).toContain('params')
      expect(world.journal.exchanges()).toHaveLength(0)
    }),
  )

  const incomplete: readonly Record<string, string>[] = [{}, { constructor: 'x' }]
  test.for(incomplete)('does not leave when a parameter is missing: %o', (params) =>
    world.run(async () => {
      const error = await failureOf(acmeClient().call(say, { params }))
      expect(error.message).toContain('params.name')
    }),
  )

  test('has colons where the path has them after a letter', () =>
    world.run(async () => {
      const archive = operation({ ...read, path: '/v1/things/:id:archive' })
      await failureOf(acmeClient().call(archive, first))
      expect(world.journal.exchanges()[0]?.call.url).toBe('https://api.acme.example/v1/things/t1:archive')
    }))

  test('does not leave when it does not fit its schema', () =>
    world.run(async () => {
      const error = await failureOf(acmeClient().call(rename, { ...first, body: { name: 7 as never } }))
      expect(error).toMatchObject({ code: 'input_invalid', attempts: 0 })
      expect(error.message).toContain('body.name')
      expect(world.journal.exchanges()).toHaveLength(0)
    }))
})

describe('a schema of any library', () => {
  const schemaOf = <Value>(validate: (value: unknown) => unknown): Schema<unknown, Value> =>
    ({ '~standard': { version: 1, vendor: 'by hand', validate } }) as Schema<unknown, Value>

  test('may take its time, and may change what it parses', () =>
    world.run(async () => {
      const reply = schemaOf<string>(async (value) => {
        await new Promise((resolve) => setTimeout(resolve, 50))
        return { value: (value as { name: string }).name.toUpperCase() }
      })
      const { reconcile: _, ...plain } = read
      expect((await acmeClient().call({ ...plain, reply }, first)).value).toBe('FIRST')
    }))

  test('says where something does not fit, in either form of a path', () =>
    world.run(async () => {
      const reply = schemaOf(() => ({ issues: [{ message: 'is\n no number', path: ['things', { key: 3 }] }] }))
      expect((await failureOf(acmeClient().call({ ...read, reply }, first))).message).toContain(
        'things.3: is no number',
      )
    }))

  test('that throws does not fit, and keeps what was thrown', () =>
    world.run(async () => {
      const mistake = new RangeError('of the schema')
      const broken = schemaOf<never>(() => {
        throw mistake
      })
      const received = await failureOf(acmeClient({ callsMax: 1 }).call({ ...read, reply: broken }, first))
      expect(received).toMatchObject({ code: 'reply_invalid', cause: mistake })
      const sent = await failureOf(acmeClient().call({ ...read, input: broken as Schema<never> }, first as never))
      expect(sent).toMatchObject({ code: 'input_invalid', cause: mistake })
    }))
})

test.for([
  { change: { name: '' }, says: 'name' },
  { change: { path: 'v1/things' }, says: 'must begin with a "/"' },
  { change: { cost: Number.NaN }, says: 'got NaN' },
  { change: { cost: -1 }, says: 'got -1' },
])('an operation that cannot work is refused where it is declared: $change', ({ change, says }) => {
  expect(() => operation({ ...read, ...change })).toThrow(says)
})
