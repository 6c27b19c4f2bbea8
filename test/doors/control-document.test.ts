import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Controlled, openControlled, type Told } from './controlled.ts'

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}
type Content = Readonly<Record<string, { readonly schema: { readonly $ref: string } }>>
interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly servers: readonly { readonly url: string }[]
}

const methods = ['get', 'post', 'put', 'delete', 'patch', 'options'] as const

let controlled: Controlled
let document: Document
let schemaAt: (ref: string) => ValidateFunction

beforeAll(async () => {
  controlled = await openControlled()
  document = (await controlled.ask('GET', '/openapi.json')).json
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'document', ...document })
  schemaAt = (ref) => ajv.getSchema(`document${ref}`) ?? expect.unreachable(`The document has no ${ref}.`)
})

afterAll(() => controlled.close())

/** What is wrong with a reply by the document: its status, its type, its body. */
function breaches(operation: Operation, { status, headers, json, text }: Told): unknown {
  const documented = operation.responses[status]
  if (!documented) return `${operation.operationId} answered ${status}, which is not documented: ${text}`
  const [[type, content] = []] = Object.entries(documented.content ?? {})
  if (type === undefined || !content) return text === '' ? [] : 'There is a body, and none is documented.'
  if (headers['content-type']?.split(';')[0] !== type) return `It is ${headers['content-type']}, not ${type}.`
  const fits = schemaAt(content.schema.$ref)
  return fits(json) ? [] : fits.errors
}

const operationOf = (method: string, path: string): Operation =>
  document.paths[path]?.[method.toLowerCase()] ?? expect.unreachable(`${method} ${path} is not documented.`)

test('the document is valid OpenAPI 3.1, and says where the API is', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate({ ...document })
  expect({ valid, errors, version: validator.version }).toEqual({ valid: true, errors: undefined, version: '3.1' })
  expect(document.servers).toEqual([{ url: `${controlled.server.main.url}/__stuntdouble` }])
})

test('every name of an operation is there once, and every path member is a parameter', () => {
  const operations = Object.entries(document.paths).flatMap(([path, each]) =>
    Object.values(each).map((operation) => ({ path, operation })),
  )
  const ids = operations.map(({ operation }) => operation.operationId)
  expect(ids.length).toBeGreaterThan(20)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { path, operation } of operations) {
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name)
    expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
  }
})

const plan = { faults: [{ fault: 'reply-lost', on: { provider: 'trello', operation: 'cards.update', nth: 2 } }] }

/** A request for each documented operation, in an order in which each has something to answer. */
const story: readonly (readonly [method: string, path: string, status: number, body?: unknown])[] = [
  ['GET', '/health', 200],
  ['GET', '/providers', 200],
  ['POST', '/faults', 201, plan],
  ['PUT', '/faults', 200, plan],
  ['GET', '/faults', 200],
  ['GET', '/faults/{id}', 200],
  ['DELETE', '/faults/{id}', 204],
  ['DELETE', '/faults', 204],
  ['GET', '/journal', 200],
  ['GET', '/journal/har', 200],
  ['GET', '/connections', 200],
  ['DELETE', '/connections', 204],
  ['DELETE', '/journal', 204],
  ['GET', '/state', 200],
  ['PUT', '/state', 204],
  ['POST', '/state/reset', 204, { seed: 7 }],
  ['GET', '/clock', 200],
  ['POST', '/clock/freeze', 200],
  ['POST', '/clock/advance', 200, { ms: 1_500 }],
  ['POST', '/clock/real', 200],
  ['POST', '/worlds', 201, { id: 'mine', seed: 'a', plan, latency: { minMs: 0, maxMs: 0 }, idleMsMax: 60_000 }],
  ['GET', '/worlds', 200],
  ['GET', '/worlds/{id}', 200],
  ['DELETE', '/worlds/{id}', 204],
  ['POST', '/reset', 204],
  ['GET', '/openapi.json', 200],
]

test('every documented operation answers, and what it answers fits the document', async () => {
  for (const path of ['/1/members/me/boards', '/1/boards/none', '/nowhere']) await controlled.call('GET', path)
  const ids: Record<string, string> = { '/worlds/{id}': 'mine' }
  let state: unknown
  for (const [method, path, status, body] of story) {
    const given = path === '/state' && method === 'PUT' ? state : body
    const told = await controlled.ask(method, path.replace('{id}', ids[path] ?? ''), given)
    if (told.status === 200 && path === '/state') state = told.json
    if (path === '/faults' && told.json) ids['/faults/{id}'] = told.json.faults[0].id
    const operation = operationOf(method, path)
    expect({ operation: operation.operationId, status: told.status, breaches: breaches(operation, told) }).toEqual({
      operation: operation.operationId,
      status,
      breaches: [],
    })
    if (given !== undefined) {
      const { schema } = operation.requestBody?.content['application/json'] ?? expect.unreachable('No body documented.')
      expect({ body: given, fits: schemaAt(schema.$ref)(given) }).toEqual({ body: given, fits: true })
    }
  }
  const documented = Object.entries(document.paths).flatMap(([path, each]) =>
    Object.keys(each).map((method) => `${method.toUpperCase()} ${path}`),
  )
  // The stream has no end; what follows the journal is tested on its own.
  const told = [...story.map(([method, path]) => `${method} ${path}`), 'GET /journal/events']
  expect(documented.sort()).toEqual(told.sort())
})

test('what is not documented does not answer: other methods get 405 with those that are, other paths 404', async () => {
  for (const [path, each] of Object.entries(document.paths)) {
    const documented = Object.keys(each)
    for (const method of methods.filter((one) => !documented.includes(one))) {
      const { status, headers, json } = await controlled.ask(method.toUpperCase(), path.replace('{id}', 'f1'))
      expect({ path, method, status, code: json.code }).toEqual({ path, method, status: 405, code: 'method_unknown' })
      expect(headers.allow?.toLowerCase().split(', ').sort()).toEqual(documented.sort())
    }
    for (const other of [`${path}/x/y`, `${path}/`, path.toUpperCase()]) {
      expect({ other, status: (await controlled.ask('GET', other)).status }).toEqual({ other, status: 404 })
    }
  }
  const { status, json } = await controlled.ask('GET', '/jornal')
  expect({ status, detail: json.detail }).toMatchObject({ status: 404, detail: /Did you mean "\/journal"\?/ })
})

describe('problems', () => {
  const cases: readonly (readonly [method: string, path: string, body: unknown, status: number])[] = [
    ['POST', '/faults', '{"faults":', 400],
    ['POST', '/faults', { faults: [{ fault: 'reply-lst' }] }, 422],
    ['GET', '/faults/f999', undefined, 404],
    ['GET', '/journal?status=teapot', undefined, 400],
    ['DELETE', '/worlds/main', undefined, 409],
    ['GET', '/worlds/nobody', undefined, 404],
    ['POST', '/clock/advance', { ms: -1 }, 422],
    ['PUT', '/state', { format: 'stuntdouble-state/1', seed: 1, providers: {} }, 422],
  ]
  test.each(cases)('%s %s, given %j, is answered as documented', async (method, path, body, status) => {
    const told = await controlled.ask(method, path, body)
    const template = path.replace(/\?.*/, '').replace(/(faults|worlds)\/\w+/, '$1/{id}')
    expect({ status: told.status, breaches: breaches(operationOf(method, template), told) }).toEqual({
      status,
      breaches: [],
    })
  })
})
