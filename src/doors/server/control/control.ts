import type { ServerResponse } from 'node:http'
import { toolkitVersion } from '../../toolkit-version.ts'
import type { ControlHandler, ServedWorld } from '../types.ts'
import { admit } from './guard.ts'
import { ControlProblem } from './problem.ts'
import type { Answer, ControlFacts } from './route.ts'

/** How the control API of a server is set up. */
export interface ControlOptions {
  /** Version that its health and its document tell. @defaultValue the toolkit's own */
  readonly version?: string
  /** What whoever calls it must have. @defaultValue none on loopback; anywhere else nobody gets in */
  readonly token?: string | undefined
  /** Told of each world that is opened by it. @defaultValue nobody is */
  readonly opened?: (served: ServedWorld) => void
}

/** The control API of a server. */
export interface Control {
  /** For the option `control` of the server. */
  readonly handle: ControlHandler
  /** Ends every stream of records: a server that closes would wait for them. */
  close(): void
}

/**
 * Makes the control API of a server: what stands under `/__stuntdouble/`.
 *
 * @example
 * import { createControl, startServer } from 'stuntdouble/server'
 * import { trello } from 'stuntdouble/simulators/trello'
 *
 * const control = createControl()
 * const server = await startServer({ simulators: { trello: trello() }, control: control.handle })
 * const health = await fetch(`${server.origin}/__stuntdouble/health`)
 * console.log(health.status) // 200
 *
 * control.close()
 * await server.close()
 */
export function createControl(options: ControlOptions = {}): Control {
  const { version = toolkitVersion(), token, opened = () => undefined } = options
  const streams = new Map<ServerResponse, ServedWorld>()
  const end = (of?: ServedWorld): void => {
    for (const [response, served] of streams) if (of === undefined || of === served) response.end()
  }
  const facts: ControlFacts = { version, opened, closed: end }
  const begin = (response: ServerResponse, served: ServedWorld): void => {
    streams.set(response, served)
    response.on('close', () => streams.delete(response))
  }
  const handle: ControlHandler = async (request, response, control) => {
    try {
      admit(request, control.server.host, token)
      // Who only calls simulators does not wait for it.
      const { answerTo } = await import('./router.ts')
      const answer = await answerTo(request, control, facts)
      if ('stream' in answer) follow(response, answer.stream, () => begin(response, control.served))
      else send(response, answer)
    } catch (error) {
      if (!request.complete && response.destroyed) return
      sendProblem(response, error)
    }
  }
  return { handle, close: () => end() }
}

const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

function send(response: ServerResponse, answer: Exclude<Answer, { readonly stream: unknown }>): void {
  if (answer.status === 204) {
    response.writeHead(204, always).end()
    return
  }
  const body = `${JSON.stringify(answer.json)}\n`
  const length = Buffer.byteLength(body)
  const headers = { 'content-type': 'application/json', 'content-length': length, ...always, ...answer.headers }
  response.writeHead(answer.status, headers).end(body)
}

function follow(response: ServerResponse, stream: (response: ServerResponse) => void, begun: () => void): void {
  // To a request for the headers alone, nothing follows.
  if (response.req.method === 'HEAD') {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...always }).end()
    return
  }
  begun()
  stream(response)
}

function sendProblem(response: ServerResponse, error: unknown): void {
  const isOurs = error instanceof ControlProblem
  const problem = isOurs ? error : new ControlProblem('failed', `A defect of the control API: ${String(error)}`)
  if (response.headersSent) {
    response.destroy()
    return
  }
  const body = `${JSON.stringify(problem)}\n`
  const length = Buffer.byteLength(body)
  const headers = { 'content-type': 'application/problem+json', 'content-length': length, ...always }
  response.writeHead(problem.status, { ...headers, ...problem.headers }).end(body)
}
