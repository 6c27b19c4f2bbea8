import type { Headers, Reply } from '../http/exchange.ts'

/** A reply to `HEAD`, and one of these statuses, has no body, whatever it says of its length. */
export function hasBody(method: string, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304
}

/** About `count` pieces of about the same size; never more than there are bytes. */
export function piecesOf(body: Uint8Array, count: number): readonly Uint8Array[] {
  const size = Math.max(1, Math.ceil(body.length / count))
  const pieces: Uint8Array[] = []
  for (let at = 0; at < body.length; at += size) pieces.push(body.subarray(at, at + size))
  return pieces
}

/** The header fields as they go over the wire: a server adds the length of what it sends whole. */
export function withLength(reply: Reply, method: string): Headers {
  const { headers } = reply
  const isFramed = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
  if (isFramed || !hasBody(method, reply.status)) return headers
  return { ...reply.headers, 'content-length': String(reply.body.length) }
}
