import dgram from 'node:dgram'
import dns from 'node:dns'
import net from 'node:net'
import { place } from './context.ts'
import { type AnyFunction, createPatchSet, type PatchSet } from './patches.ts'

/** Lets no socket of a subject open, and no name be asked for, where no simulator answers. */
export const sockets: PatchSet = createPatchSet((patch) => {
  patch(net.Socket.prototype, 'connect', connecting)
  for (const name of ['send', 'connect']) patch(dgram.Socket.prototype, name, sending)
  for (const home of [dns, dns.Resolver.prototype]) {
    for (const name of asking(home)) patch(home, name, (original) => resolving(original, false))
  }
  for (const home of [dns.promises, dns.promises.Resolver.prototype]) {
    for (const name of asking(home)) patch(home, name, (original) => resolving(original, true))
  }
})

/** `lookup`, which asks the system, and all that asks a name server. */
function asking(home: object): readonly string[] {
  return Object.getOwnPropertyNames(home).filter((name) => /^(lookup|resolve|reverse)/.test(name))
}

function connecting(original: AnyFunction): AnyFunction {
  return function connect(...args) {
    const error = place.getStore()?.world.socketOpens(addressOf(args))
    if (!error) return Reflect.apply(original, this, args)
    const socket = this as net.Socket
    process.nextTick(() => socket.destroy(error))
    return socket
  }
}

/** A datagram has its port and host somewhere among its arguments, the callback last. */
function sending(original: AnyFunction): AnyFunction {
  return function send(...args) {
    const port = args.findLast((arg) => typeof arg === 'number')
    const host = args.slice(1).find((arg) => typeof arg === 'string' && Number.isNaN(Number(arg))) ?? 'localhost'
    const error = place.getStore()?.world.socketOpens(`${String(host)}:${String(port)}`)
    if (!error) return Reflect.apply(original, this, args)
    const callback = args.at(-1)
    const socket = this as dgram.Socket
    process.nextTick(() => (typeof callback === 'function' ? callback(error) : socket.emit('error', error)))
    return undefined
  }
}

function resolving(original: AnyFunction, promises: boolean): AnyFunction {
  return function resolve(...args) {
    const verdict = place.getStore()?.world.nameIsAsked(String(args[0]))
    if (!verdict) return Reflect.apply(original, this, args)
    const [error, address] = 'address' in verdict ? [null, verdict.address] : [verdict.error, undefined]
    const all = (args[1] as { readonly all?: boolean } | undefined)?.all
    if (promises) {
      if (error) return Promise.reject(error)
      return Promise.resolve(all ? [{ address, family: 4 }] : { address, family: 4 })
    }
    const callback = args.at(-1)
    if (typeof callback !== 'function')
      throw error ?? new TypeError('The callback of a name look-up must be a function.')
    if (error) process.nextTick(callback, error)
    else if (all) process.nextTick(callback, null, [{ address, family: 4 }])
    else process.nextTick(callback, null, address, 4)
    return undefined
  }
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
