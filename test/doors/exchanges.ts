import { Readable } from 'node:stream'
import type { Answered, Asked } from './clients.ts'
import { everyByte, type Heard } from './parrot.ts'
import { shown } from './wire-faults.ts'

/** One exchange that every way must carry as a real socket does. */
export interface ExchangeCase {
  readonly name: string
  readonly path: string
  /** Made anew for each run: a stream can be sent once. */
  readonly asked: () => Asked
  /** True for what only clients that follow redirects can show. */
  readonly redirects?: true
}

const plain = (): Asked => ({})
const json = { 'content-type': 'application/json' }

/** What the suite sends. */
export const exchanges: readonly ExchangeCase[] = [
  { name: 'a plain GET', path: '/say', asked: plain },
  { name: 'a path with percent-encoding', path: '/a%20b/%C3%A4%2Fc/%7e', asked: plain },
  { name: 'a query with repeated and empty fields', path: '/q?a=1&a=2&b=&c&%20=%26', asked: plain },
  { name: 'header fields of its own', path: '/h', asked: () => ({ headers: { 'X-One': 'Two', accept: 'text/csv' } }) },
  { name: 'a header field with several values', path: '/h', asked: () => ({ headers: { 'x-many': ['1', '2'] } }) },
  { name: 'a JSON body', path: '/b', asked: () => ({ method: 'POST', headers: json, body: '{"ä":"€"}' }) },
  { name: 'a text body without a type', path: '/b', asked: () => ({ method: 'PUT', body: 'plain' }) },
  { name: 'a binary body', path: '/b', asked: () => ({ method: 'POST', body: Buffer.from(everyByte) }) },
  { name: 'a part of a buffer', path: '/b', asked: () => ({ method: 'POST', body: everyByte.subarray(100, 110) }) },
  { name: 'an empty POST', path: '/b', asked: () => ({ method: 'POST' }) },
  { name: 'a POST of the empty string', path: '/b', asked: () => ({ method: 'POST', body: '' }) },
  { name: 'a PATCH', path: '/b', asked: () => ({ method: 'PATCH', headers: json, body: '{}' }) },
  { name: 'a DELETE with a body', path: '/b', asked: () => ({ method: 'DELETE', body: 'x' }) },
  { name: 'OPTIONS', path: '/b', asked: () => ({ method: 'OPTIONS' }) },
  { name: 'a form', path: '/b', asked: () => ({ method: 'POST', body: formOf({ a: '1', b: 'ü' }) }) },
  { name: 'a form with a file', path: '/b', asked: () => ({ method: 'POST', body: formWithFile() }) },
  { name: 'a Blob', path: '/b', asked: () => ({ method: 'POST', body: new Blob([everyByte], { type: 'x/y' }) }) },
  { name: 'an async iterable', path: '/b', asked: () => ({ method: 'POST', body: Readable.from(['ab', 'cd']) }) },
  { name: 'a web stream', path: '/b', asked: () => ({ method: 'POST', body: streamOf('ab', 'cd') }) },
  { name: 'several cookies', path: '/cookies', asked: plain },
  { name: 'a binary reply', path: '/bytes', asked: plain },
  { name: 'HEAD', path: '/words', asked: () => ({ method: 'HEAD' }) },
  { name: 'a 204', path: '/words', asked: () => ({ method: 'DELETE' }) },
  { name: 'a 304', path: '/unchanged', asked: plain },
  { name: 'a status that is an error', path: '/teapot', asked: plain },
  { name: 'a redirect that nobody follows', path: '/moved/302?to=/here', asked: () => ({ redirect: 'manual' }) },
  { name: 'a redirect without a location', path: '/moved/302', asked: plain },
  { name: 'a redirect', path: '/moved/302?to=/here', asked: plain, redirects: true },
  { name: 'a redirect with a fragment', path: '/moved/302?to=/here%3Fa=b%23frag', asked: plain, redirects: true },
  { name: 'a redirect to a bad address', path: '/moved/302?to=http://[', asked: plain, redirects: true },
  { name: 'a redirect to another scheme', path: '/moved/302?to=ftp://here/', asked: plain, redirects: true },
  { name: 'a redirect to itself', path: '/moved/302?to=', asked: plain, redirects: true },
  { name: 'a forbidden redirect', path: '/moved/302?to=/x', asked: () => ({ redirect: 'error' }), redirects: true },
  ...[301, 302, 303, 307, 308].flatMap((status): ExchangeCase[] => [
    {
      name: `a POST that a ${status} sends elsewhere`,
      path: `/moved/${status}?to=/here`,
      asked: () => ({ method: 'POST', headers: { ...json, 'x-own': '1' }, body: '{}' }),
      redirects: true,
    },
    {
      name: `a PUT that a ${status} sends elsewhere`,
      path: `/moved/${status}?to=/here`,
      asked: () => ({ method: 'PUT', body: 'x' }),
      redirects: true,
    },
  ]),
  { name: 'a header field that may not be', path: '/h', asked: () => ({ headers: { 'x-a': 'a\nb' } }) },
  { name: 'a method that may not be', path: '/h', asked: () => ({ method: 'A B' }) },
  { name: 'an aborted signal', path: '/h', asked: () => ({ signal: AbortSignal.abort(new RangeError('mine')) }) },
]

/** Everything both sides saw of one exchange, without what differs from address to address. */
export type Exchanged = object

/** Makes an exchange and tells it whole. */
export async function exchanged(
  ask: (path: string, asked: Asked) => Promise<Answered>,
  path: string,
  asked: Asked,
): Promise<Exchanged> {
  try {
    const answered = await ask(path, asked)
    const body = await answered.body()
    const { status, about } = answered
    const heard = heardIn(body)
    // What was heard names the host, whose length differs.
    const headers = comparable(answered.headers).filter(([name]) => !heard || name !== 'content-length')
    return { status, about, headers, ...(heard ? { heard } : { body: body.toString('base64') }) }
  } catch (error) {
    return { error: shown(error) }
  }
}

/** Fields that say how a server keeps its connection, and when it answered. */
const ofTheConnection = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date'])

function comparable(headers: Answered['headers']): Answered['headers'] {
  return headers.filter(([name]) => !ofTheConnection.has(name)).sort()
}

/** What the parrot heard, when this is it telling. */
function heardIn(body: Buffer): object | undefined {
  const text = body.toString()
  if (!text.startsWith('{"method"')) return undefined
  const { headers, bodyBase64, ...heard } = JSON.parse(text) as Heard
  const boundary = /boundary=(\S+)/.exec(String(headers['content-type']))?.[1]
  const unbound = (value: string): string => (boundary === undefined ? value : value.replaceAll(boundary, 'BOUNDARY'))
  const shownHeaders = Object.entries(headers).map(([name, value]) => [name, unbound([value].flat().join(', '))])
  return {
    ...heard,
    headers: { ...Object.fromEntries(shownHeaders), host: 'HOST' },
    body: unbound(Buffer.from(bodyBase64, 'base64').toString('latin1')),
  }
}

function formOf(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  return form
}

function formWithFile(): FormData {
  const form = formOf({ a: '1' })
  form.append('file', new File([everyByte], 'bytes.bin', { type: 'application/octet-stream' }))
  return form
}

function streamOf(...pieces: readonly string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(Buffer.from(piece))
      controller.close()
    },
  })
}
