import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/**
 * Connections that stay open and carry one request after the other. Sockets and no more, since a whole HTTP client costs
 * more than the quickest of the servers, and would be what is measured.
 */
export class Load {
  readonly #port: number
  readonly #count: number
  #connections: readonly LoadConnection[] = []

  constructor(port: number, connections: number) {
    this.#port = port
    this.#count = connections
  }

  /** Opens its connections anew: a server closes those that lie idle while others have their turn. */
  async connect(): Promise<void> {
    this.close()
    this.#connections = Array.from({ length: this.#count }, () => new LoadConnection(this.#port))
    await Promise.all(this.#connections.map(({ connected }) => connected))
  }

  /**
   * Sends so many requests over each connection.
   *
   * @param requestOf  Request number `nth` of a connection, head and body.
   */
  async send(each: number, requestOf: (connection: number, nth: number) => string): Promise<void> {
    await Promise.all(this.#connections.map((connection, at) => connection.send(each, (nth) => requestOf(at, nth))))
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }
}

/** A request without a body, for a connection that stays open. */
export function requestHead(method: string, target: string): string {
  const fields = 'host: 127.0.0.1\r\nuser-agent: stuntdouble-bench\r\naccept: */*\r\ncontent-length: 0\r\n'
  return `${method} ${target} HTTP/1.1\r\n${fields}connection: keep-alive\r\n\r\n`
}

class LoadConnection {
  /** Settles when it can be used. */
  readonly connected: Promise<unknown>
  readonly #socket: Socket
  #text = ''
  #left = 0
  #nth = 0
  #requestOf: (nth: number) => string = () => ''
  #done: () => void = () => undefined
  #failed: (error: unknown) => void = () => undefined

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1').setNoDelay().setEncoding('latin1')
    this.connected = once(this.#socket, 'connect')
    this.#socket.on('data', (text: string) => this.#take(text))
    this.#socket.on('error', (error) => this.#failed(error))
    this.#socket.on('close', () => this.#failed(new TypeError('The server closed a connection.')))
  }

  send(count: number, requestOf: (nth: number) => string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#left = count
      this.#nth = 0
      this.#requestOf = requestOf
      this.#done = resolve
      this.#failed = reject
      this.#next()
    })
  }

  close(): void {
    this.#failed = () => undefined
    this.#socket.destroy()
  }

  #next(): void {
    if (this.#left-- > 0) this.#socket.write(this.#requestOf(this.#nth++), 'latin1')
    else this.#done()
  }

  #take(text: string): void {
    this.#text = this.#text === '' ? text : this.#text + text
    try {
      const end = endOfReply(this.#text)
      if (end < 0 || end > this.#text.length) return
      assert.equal(this.#text.slice(9, 12), '200', this.#text)
      assert.equal(this.#text.length, end)
    } catch (error) {
      this.#failed(error)
      return
    }
    this.#text = ''
    this.#next()
  }
}

/** Where a reply ends; -1 while that cannot be told. */
function endOfReply(text: string): number {
  const headEnd = text.indexOf('\r\n\r\n') + 4
  if (headEnd < 4) return -1
  const head = text.slice(0, headEnd)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) return headEnd + Number(length)
  assert.match(head, /\r\ntransfer-encoding: *chunked/i)
  return text.endsWith('\r\n0\r\n\r\n') ? text.length : -1
}
