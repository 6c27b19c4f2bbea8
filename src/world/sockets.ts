import net from 'node:net'
import { place } from './context.ts'
import type { Replacements } from './replacements.ts'

/** What the socket guard tells its world. */
export interface SocketGuardParts {
  readonly world: object
  /** `host:port` pairs that may be opened. */
  readonly allowed: readonly string[]
  readonly escaped: (address: string) => Error
  readonly allowedOpened: (address: string) => void
}

/** Lets no socket open to where no simulator answers. */
export function installSocketGuard(replacements: Replacements, parts: SocketGuardParts): void {
  const original = net.Socket.prototype.connect
  const guarded = function connect(this: net.Socket, ...args: unknown[]): net.Socket {
    const address = addressOf(args)
    const mine = place.getStore()?.world === parts.world
    if (parts.allowed.includes(address)) {
      if (mine) parts.allowedOpened(address)
    } else if (mine || !isLocal(address)) {
      const error = parts.escaped(address)
      process.nextTick(() => this.destroy(error))
      return this
    }
    return Reflect.apply(original, this, args)
  }
  replacements.replace(net.Socket.prototype, 'connect', guarded as typeof original)
}

/** `connect(options)`, `connect(port, host)`, `connect(path)`, or what `net` has made of one of them. */
function addressOf(args: readonly unknown[]): string {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args
  if (typeof first === 'object' && first !== null) {
    const { path, host, port } = first as { readonly path?: string; readonly host?: string; readonly port?: number }
    return path ?? `${host ?? 'localhost'}:${port}`
  }
  if (typeof first === 'string' && Number.isNaN(Number(first))) return first
  return `${typeof second === 'string' ? second : 'localhost'}:${String(first)}`
}

/** Pipes and loopback: what is not the subject's may use them, as test runners do. */
function isLocal(address: string): boolean {
  return !/:\d+$/.test(address) || /^(localhost|127\.|\[?::1)/.test(address)
}
