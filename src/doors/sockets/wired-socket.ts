import net from 'node:net'
import tls from 'node:tls'
import type { Wire } from './wire.ts'

/** Where a wired socket keeps its wire. */
const wireOf: unique symbol = Symbol('stuntdouble.wire')

interface Wired extends net.Socket {
  [wireOf]: Wire
}

type Done = (error?: Error | null) => void

/** True for a socket that leads to a simulator. */
export function isWired(socket: unknown): boolean {
  return typeof socket === 'object' && socket !== null && wireOf in socket
}

/** The wire of a socket that leads to a simulator. */
export function wireAt(socket: net.Socket): Wire | undefined {
  return (socket as Partial<Wired>)[wireOf]
}

/**
 * Turns a socket that has not connected yet into one that leads to a simulator. It stays what it was to its holder, an
 * instance of `net.Socket` with Node's own streams; only what would have gone to the operating system goes elsewhere.
 */
export function wireUp(socket: net.Socket, makeWire: () => Wire): void {
  const { timeout } = socket
  // A time-out that was set before runs in real time, inside Node.
  if (timeout) net.Socket.prototype.setTimeout.call(socket, 0)
  Object.setPrototypeOf(socket, wiredPrototype(Object.getPrototypeOf(socket)))
  Object.assign(socket, { connecting: true })
  const wire = makeWire()
  Object.defineProperty(socket, wireOf, { value: wire })
  const { address, port, secure } = wire.to
  Object.assign(socket, {
    _peername: { address, port, family: 'IPv4' },
    _sockname: { address: '192.0.2.2', port: 49_152, family: 'IPv4' },
  })
  if (timeout) socket.setTimeout(timeout)
  if (secure) Object.assign(socket, securityOf(wire.to.host))
}

/** A socket for TLS to a simulator, before it is wired up. */
export function secureSocket(options: net.SocketConstructorOpts): net.Socket {
  return Object.setPrototypeOf(new net.Socket(options), securePrototype)
}

const prototypes = new WeakMap<object, object>()

/** A class of someone's own, derived from `net.Socket`, keeps its own methods. */
function wiredPrototype(base: object): object {
  const known = prototypes.get(base)
  if (known) return known
  const made = Object.create(base, wiredMembers)
  prototypes.set(base, made)
  return made
}

const members: ThisType<Wired> & Record<string, (...args: never[]) => unknown> = {
  _write(chunk: Buffer | string, encoding: BufferEncoding, done: Done) {
    this[wireOf].write(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk, done)
  },
  _writev(chunks: readonly { readonly chunk: Buffer | string; readonly encoding: BufferEncoding }[], done: Done) {
    const bytes = chunks.map(({ chunk, encoding }) =>
      typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk,
    )
    this[wireOf].write(Buffer.concat(bytes), done)
  },
  _final(done: Done) {
    const end = (): void => {
      this[wireOf].end()
      done()
    }
    if (this.connecting) this.once('connect', end)
    else end()
  },
  _read() {
    // What comes is pushed as it comes.
  },
  _destroy(error: Error | null, done: Done) {
    Object.assign(this, { connecting: false })
    this[wireOf].close()
    done(error)
    // As late as the operating system tells of it: what the error set off has come to rest by then.
    setImmediate(() => this.emit('close', error !== null))
  },
  _unrefTimer() {
    this[wireOf].touch()
  },
  setTimeout(ms: number, listener?: () => void) {
    if (this.destroyed) return this
    Object.assign(this, { timeout: ms })
    this[wireOf].setTimeout(ms)
    if (listener && ms === 0) this.removeListener('timeout', listener)
    else if (listener) this.once('timeout', listener)
    return this
  },
  resetAndDestroy() {
    return this.destroy()
  },
  setNoDelay() {
    return this
  },
  setKeepAlive() {
    return this
  },
  ref() {
    return this
  },
  unref() {
    return this
  },
}

const wiredMembers: PropertyDescriptorMap = {
  ...Object.getOwnPropertyDescriptors(members),
  pending: getter((socket) => socket.connecting),
  bytesRead: getter((socket) => socket[wireOf].bytesRead),
  bytesWritten: getter((socket) => socket[wireOf].bytesWritten),
}

function getter(read: (socket: Wired) => unknown): PropertyDescriptor {
  return {
    configurable: true,
    get(this: Wired) {
      return read(this)
    },
  }
}

const cipher = { name: 'TLS_AES_256_GCM_SHA384', standardName: 'TLS_AES_256_GCM_SHA384', version: 'TLSv1.3' } as const

/** What `TLSSocket` would ask OpenSSL. */
const secureMembers: ThisType<Wired> & Record<string, (...args: never[]) => unknown> = {
  getPeerCertificate() {
    const { host } = this[wireOf].to
    return {
      subject: { CN: host },
      issuer: { CN: 'stuntdouble' },
      subjectaltname: `DNS:${host}`,
      valid_from: 'Jan  1 00:00:00 2000 GMT',
      valid_to: 'Jan  1 00:00:00 2100 GMT',
      serialNumber: '01',
    }
  },
  getProtocol: () => cipher.version,
  getCipher: () => cipher,
  getSession: () => undefined,
  isSessionReused: () => false,
  setServername: () => undefined,
  setSession: () => undefined,
  getFinished: () => undefined,
  getPeerFinished: () => undefined,
  getEphemeralKeyInfo: () => ({}),
  disableRenegotiation: () => undefined,
  enableTrace: () => undefined,
}

const securePrototype: object = Object.create(tls.TLSSocket.prototype, Object.getOwnPropertyDescriptors(secureMembers))

function securityOf(servername: string): object {
  const verdict = { encrypted: true, authorized: true, authorizationError: null, secureConnecting: true }
  return { ...verdict, alpnProtocol: false, servername }
}
