import { STATUS_CODES } from 'node:http'
import type { Reply } from '../../http/exchange.ts'
import { withLength } from '../reply-body.ts'

/** The head of a reply as bytes of HTTP/1.1, up to its body. */
export function headBytes(reply: Reply, method: string, keepAlive: boolean): Buffer {
  let head = `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}\r\n`
  const headers = withLength(reply, method)
  for (const name in headers) {
    const value = headers[name] ?? []
    if (typeof value === 'string') head += `${name}: ${value}\r\n`
    else for (const one of value) head += `${name}: ${one}\r\n`
  }
  if (headers['connection'] === undefined) head += `connection: ${keepAlive ? 'keep-alive' : 'close'}\r\n`
  return Buffer.from(`${head}\r\n`, 'latin1')
}

/** A piece of a body as one chunk; no bytes make none, since an empty chunk is the end. */
export function chunkOf(piece: Uint8Array): Buffer {
  if (piece.length === 0) return Buffer.alloc(0)
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
}
