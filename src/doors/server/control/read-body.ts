import type { IncomingMessage } from 'node:http'
import { ControlProblem } from './problem.ts'

/** Bytes beyond the limit that are still read, so that the client gets to hear why. */
const discardedMax = 64 * 1_048_576

/** Levels of objects and arrays within each other. */
const levelsMax = 100

/**
 * Reads a body as JSON, whatever its content-type says.
 *
 * @returns  `undefined` when there is none.
 * @throws ControlProblem  `body_too_large` · `encoding_unknown` · `json_malformed`
 */
export async function readJson(request: IncomingMessage, bytesMax: number): Promise<unknown> {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') {
    request.resume()
    throw new ControlProblem('encoding_unknown', `The body is encoded as ${encoding}: send it as it is.`)
  }
  const bytes = await readBytes(request, bytesMax)
  if (bytes.length === 0) return undefined
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ControlProblem('json_malformed', 'The body is no UTF-8 text.')
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new ControlProblem('json_malformed', `The body is no JSON: ${(error as Error).message}.`)
  }
  if (!isShallow(json))
    throw new ControlProblem('json_malformed', `The body is nested deeper than ${levelsMax} levels.`)
  return json
}

/** Whoever walks a deeper one by recursion may run out of stack. */
function isShallow(json: unknown): boolean {
  let level = [json]
  for (let levels = 0; levels <= levelsMax && level.length > 0; levels++) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []))
  }
  return level.length === 0
}

async function readBytes(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length <= bytesMax) chunks.push(chunk)
    else chunks.length = 0
    if (length > bytesMax + discardedMax) break
  }
  if (length <= bytesMax) return Buffer.concat(chunks)
  throw new ControlProblem('body_too_large', `The body is longer than the ${bytesMax} bytes that are read here.`, {
    headers: { connection: 'close' },
  })
}
