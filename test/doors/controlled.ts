import http from 'node:http'
import { kanban, trello, trelloCredentials } from '../../simulators/trello/index.ts'
import { type Control, type ControlOptions, createControl } from '../../src/doors/server/control/control.ts'
import { startServer } from '../../src/doors/server/start-server.ts'
import type { ServerOptions, SimulatorServer } from '../../src/doors/server/types.ts'

/** What the control API answered. */
export interface Told {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  /** Of the body; `undefined` without one. */
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into is what it claims.
  readonly json: any
  readonly text: string
}

/** How a request is sent beside its method, path and body. */
export interface Asking {
  readonly headers?: http.OutgoingHttpHeaders
  /** Base URL of the world that is asked. @defaultValue the first one */
  readonly at?: string
}

/** A server of Trello with its control API. */
export interface Controlled {
  readonly server: SimulatorServer
  readonly control: Control
  /** Asks the control API; a body that is no text is sent as JSON. */
  ask(method: string, path: string, body?: unknown, how?: Asking): Promise<Told>
  /** Calls the simulated Trello with credentials, and gives the status. */
  call(method: string, path: string, at?: string): Promise<number>
  close(): Promise<void>
}

/** Starts a server of Trello with one board. */
export async function openControlled(
  options: Partial<ServerOptions> & Partial<ControlOptions> = {},
): Promise<Controlled> {
  const { version = '1.2.3', token, opened, ...rest } = options
  const control = createControl({ version, token, ...(opened && { opened }) })
  const server = await startServer({
    simulators: { trello: trello({ boards: [kanban], limits: 'off' }) },
    control: control.handle,
    ...rest,
  })
  // A connection for each request: none is left open that the server would have to wait for.
  const agent = new http.Agent({ keepAlive: false })
  return {
    server,
    control,
    ask: (method, path, body, { headers = {}, at = server.main.url } = {}) =>
      asked(`${at}/__stuntdouble${path}`, { method, headers, agent }, body),
    call: async (method, path, at = server.main.url) => {
      const { key, token: with_ } = trelloCredentials
      const credentials = `${path.includes('?') ? '&' : '?'}key=${key}&token=${with_}`
      return (await asked(`${at}/trello${path}${credentials}`, { method, agent }, undefined)).status
    },
    close: async () => {
      control.close()
      await server.close()
    },
  }
}

function asked(url: string, options: http.RequestOptions, body: unknown): Promise<Told> {
  const text =
    body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    // Node frames a body of DELETE only when its length is said.
    const length = text === undefined ? undefined : { 'content-length': Buffer.byteLength(text) }
    const framed = { ...options, headers: { ...length, ...options.headers } }
    const request = http.request(url, framed, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const answer = Buffer.concat(chunks).toString()
        const isJson = /json/.test(response.headers['content-type'] ?? '')
        const json = isJson && answer !== '' ? JSON.parse(answer) : undefined
        resolve({ status: response.statusCode ?? 0, headers: response.headers, json, text: answer })
      })
    })
    request.on('error', reject)
    request.end(text)
  })
}
