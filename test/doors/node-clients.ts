import http from 'node:http'
import https from 'node:https'
import { Readable } from 'node:stream'
import axios, { type AxiosHeaders, type AxiosRequestConfig } from 'axios'
import got, { type Options } from 'got'
import type { Answered, Asked, ClientKind, HttpClient, Patience } from './clients.ts'

const asTold = (_where: string, patience: Patience): Patience => patience

/** Clients that stand on `node:http`. */
export const nodeClientKinds: readonly ClientKind[] = [
  {
    ...{ name: 'node:http', family: 'node', followsRedirects: false, speaksTls: true },
    patienceIn: asTold,
    open: (_origin, patience) => onNode(patience, undefined),
  },
  {
    ...{ name: 'node:http without an agent', family: 'node', followsRedirects: false },
    patienceIn: asTold,
    open: (_origin, patience) => onNode(patience, false),
  },
  {
    ...{ name: 'node:http through an agent of its own', family: 'node', followsRedirects: false },
    patienceIn: asTold,
    open: (_origin, patience) => onNode(patience, new http.Agent({ keepAlive: true, maxSockets: 1 })),
  },
  {
    ...{ name: 'axios', family: 'axios', followsRedirects: true, speaksTls: true },
    patienceIn: asTold,
    open: (_origin, patience) => onAxios(patience),
  },
  {
    ...{ name: 'got', family: 'got', followsRedirects: true, speaksTls: true },
    patienceIn: asTold,
    open: (_origin, patience) => onGot(patience),
  },
]

function onNode({ headersMs }: Patience, agent: http.Agent | false | undefined): HttpClient {
  const ask = (url: string, { method = 'GET', headers, body, signal }: Asked = {}): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const { request } = url.startsWith('https') ? https : http
      const options: http.RequestOptions = { method, timeout: headersMs, headers: { ...(headers as object) } }
      if (agent !== undefined) options.agent = agent
      if (signal) options.signal = signal
      const sent = request(url, options, (response) => resolve(answeredBy(response, response.statusCode ?? 0)))
      sent.on('error', reject)
      sent.on('timeout', () => sent.destroy(new Error(`nothing came for ${headersMs} ms`)))
      sendOn(sent, body)
    })
  return { ask, close: async () => (agent ? agent.destroy() : undefined) }
}

function sendOn(request: http.ClientRequest, body: unknown): void {
  if (body === undefined) request.end()
  else if (typeof body === 'string' || body instanceof Uint8Array) request.end(body)
  else if (body instanceof Blob) Readable.fromWeb(body.stream() as never).pipe(request)
  else if (body instanceof FormData) request.destroy(new TypeError('no form'))
  else Readable.from(body as Iterable<unknown>).pipe(request)
}

function answeredBy(stream: Readable & { readonly rawHeaders?: readonly string[] }, status: number): Answered {
  const raw = stream.rawHeaders ?? []
  const headers = raw.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1] ?? ''] as const] : []))
  // An error that comes before anybody reads is kept for whoever does.
  let failed: Error | undefined
  stream.on('error', (error) => {
    failed ??= error
  })
  return { status, headers, about: {}, body: () => (failed ? Promise.reject(failed) : collected(stream)) }
}

function collected(stream: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    stream.on('data', (piece: Buffer) => pieces.push(piece))
    stream.on('end', () => resolve(Buffer.concat(pieces)))
    stream.on('error', reject)
  })
}

function onAxios({ headersMs }: Patience): HttpClient {
  return {
    ask: async (url, { method = 'GET', headers, body, signal, redirect = 'follow' } = {}) => {
      const settings: AxiosRequestConfig = {
        ...{ url, method, headers: { ...(headers as object) }, data: body, timeout: headersMs, responseType: 'stream' },
        ...{ validateStatus: () => true, proxy: false, ...(signal && { signal }) },
        ...(redirect !== 'follow' && { maxRedirects: 0 }),
      }
      const { status, headers: fields, data } = await axios.request<Readable>(settings)
      const pairs = Object.entries((fields as AxiosHeaders).toJSON()).flatMap(([name, value]) =>
        [value].flat().map((one) => [name, String(one)] as const),
      )
      return { ...answeredBy(data, status), headers: pairs }
    },
    close: async () => undefined,
  }
}

function onGot({ connectMs, headersMs, bodyMs }: Patience): HttpClient {
  return {
    ask: (url, { method = 'GET', headers, body, signal, redirect = 'follow' } = {}) =>
      new Promise((resolve, reject) => {
        const options = {
          ...{ method, headers, signal, followRedirect: redirect === 'follow', throwHttpErrors: false },
          ...{ retry: { limit: 0 }, timeout: { connect: connectMs, response: headersMs, read: bodyMs } },
          ...(body !== undefined && { body }),
        }
        const stream = got.stream(url, { ...options, isStream: true } as unknown as Options & { isStream: true })
        // Its streams wait for a body to be piped in, unless they are told that there is none.
        if (body === undefined && method !== 'GET' && method !== 'HEAD') stream.end()
        stream.on('error', reject)
        stream.on('response', (response: http.IncomingMessage) => {
          const { rawHeaders, statusCode = 0 } = response
          resolve({ ...answeredBy(Object.assign(stream, { rawHeaders }) as unknown as Readable, statusCode) })
        })
      }),
    close: async () => undefined,
  }
}
