import { emptyBody, type Headers } from '../../http/exchange.ts'
import { appendHeader } from '../../http/messages.ts'

/** The head of a request, as its bytes say it. */
export interface RequestHead {
  readonly method: string
  /** As it stands in the request line: `/1/cards?a=b`. */
  readonly target: string
  readonly headers: Headers
  /** False when the client wants the connection closed after the reply. */
  readonly keepAlive: boolean
  /** The client sends the body once it is told to. */
  readonly expectsContinue: boolean
}

/** What is told of the requests in a stream of bytes. */
export interface RequestListener {
  head(head: RequestHead): void
  whole(head: RequestHead, body: Uint8Array): void
  /** What came is no HTTP/1.1 request; nothing more is read. */
  malformed(why: string): void
}

/** Longest head of a request: what Node's own server takes. */
const headBytesMax = 16_384

const requestLine = /^(?<method>[!#$%&'*+.^_`|~\w-]+) (?<target>\S+) HTTP\/1\.(?<minor>[01])$/
const field = /^(?<name>[!#$%&'*+.^_`|~\w-]+):[ \t]*(?<value>.*?)[ \t]*$/

/** Reads HTTP/1.1 requests, one after the other, out of whatever pieces their bytes come in. */
export class RequestParser {
  readonly #listener: RequestListener
  #rest: Buffer = Buffer.alloc(0)
  #head: RequestHead | undefined
  #length: number | 'chunked' = 0
  #chunks: Uint8Array[] = []
  #isDead = false

  constructor(listener: RequestListener) {
    this.#listener = listener
  }

  /** True between requests: nothing has come of a next one. */
  get isIdle(): boolean {
    return !this.#head && this.#rest.length === 0
  }

  read(bytes: Buffer): void {
    if (this.#isDead) return
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    while (!this.#isDead && this.#rest.length > 0 && this.#step());
  }

  /** True when it came on. */
  #step(): boolean {
    if (!this.#head) return this.#readHead()
    return this.#length === 'chunked' ? this.#readChunk() : this.#readBody(this.#length)
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf('\r\n\r\n')
    if (end < 0) {
      if (!isUpperCase(this.#rest[0])) this.#die('it begins with no method')
      else if (this.#rest.length > headBytesMax) this.#die(`its head is longer than ${headBytesMax} bytes`)
      return false
    }
    const text = this.#rest.toString('latin1', 0, end)
    this.#rest = this.#rest.subarray(end + 4)
    const head = this.#headOf(text)
    if (!head) return false
    this.#head = head
    this.#listener.head(head)
    if (this.#length === 0) this.#finish(emptyBody)
    return true
  }

  #headOf(text: string): RequestHead | undefined {
    const [first = '', ...lines] = text.split('\r\n')
    const line = requestLine.exec(first)?.groups
    if (!line) return this.#die(`it begins with ${JSON.stringify(first.slice(0, 40))}`)
    const headers: Record<string, string | readonly string[]> = {}
    for (const each of lines) {
      const parsed = field.exec(each)?.groups
      if (!parsed) return this.#die(`${JSON.stringify(each.slice(0, 40))} is no header field`)
      appendHeader(headers, (parsed['name'] as string).toLowerCase(), parsed['value'] as string)
    }
    const coding = wordsOf(headers['transfer-encoding'])
    const length = headers['content-length']
    if (coding.includes('chunked')) this.#length = 'chunked'
    else if (length === undefined) this.#length = 0
    else if (typeof length === 'string' && /^\d+$/.test(length)) this.#length = Number(length)
    else return this.#die(`content-length is ${JSON.stringify(length)}`)
    const connection = wordsOf(headers['connection'])
    return {
      method: line['method'] as string,
      target: line['target'] as string,
      headers,
      keepAlive: line['minor'] === '1' ? !connection.includes('close') : connection.includes('keep-alive'),
      expectsContinue: wordsOf(headers['expect']).includes('100-continue') && this.#length !== 0,
    }
  }

  #readBody(length: number): boolean {
    if (this.#rest.length < length) return false
    const body = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    this.#finish(body)
    return true
  }

  /** One chunk, or the last one, which is empty, and the trailers after it. */
  #readChunk(): boolean {
    const line = this.#rest.indexOf('\r\n')
    if (line < 0) return false
    const size = /^[\da-f]+/i.exec(this.#rest.toString('latin1', 0, line))?.[0]
    if (size === undefined) {
      this.#die('a chunk has no size')
      return false
    }
    const length = Number.parseInt(size, 16)
    if (length === 0) {
      const end = this.#rest.indexOf('\r\n\r\n', line)
      if (end < 0) return false
      this.#rest = this.#rest.subarray(end + 4)
      this.#finish(Buffer.concat(this.#chunks))
      return true
    }
    const start = line + 2
    if (this.#rest.length < start + length + 2) return false
    this.#chunks.push(this.#rest.subarray(start, start + length))
    this.#rest = this.#rest.subarray(start + length + 2)
    return true
  }

  #finish(body: Uint8Array): void {
    const head = this.#head as RequestHead
    this.#head = undefined
    this.#chunks = []
    this.#listener.whole(head, body)
  }

  #die(why: string): undefined {
    this.#isDead = true
    this.#listener.malformed(why)
  }
}

/** What follows a request without being one is told by its first byte: nothing waits for more of it. */
function isUpperCase(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x41 && byte <= 0x5a
}

function wordsOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return []
  return String(value)
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
}
