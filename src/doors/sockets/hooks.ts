import http from 'node:http'
import net from 'node:net'
import tls from 'node:tls'
import type { ConnectOptions, SecureOptions, SocketDoor } from './socket-door.ts'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** A function of Node's that is to be wrapped, and how. */
export interface SocketHook {
  readonly target: object
  readonly name: string
  make(original: AnyFunction): AnyFunction
}

/**
 * Where Node's own clients make their connections. All of them end in these three, whatever agent, `createConnection` or
 * client stands above: a plain socket connects, a TLS socket is made, an agent is given a request.
 *
 * @param doorHere  The door of the running code; without one everything is as it was.
 */
export function socketHooks(doorHere: () => SocketDoor | undefined): readonly SocketHook[] {
  return [
    { target: net.Socket.prototype, name: 'connect', make: (original) => connecting(original, doorHere) },
    { target: tls, name: 'connect', make: (original) => securing(original, doorHere) },
    { target: http.Agent.prototype, name: 'addRequest', make: (original) => adding(original, doorHere) },
  ]
}

function connecting(original: AnyFunction, doorHere: () => SocketDoor | undefined): AnyFunction {
  return function connect(...args) {
    const socket = this as net.Socket
    const { options, listener } = connectArguments(args)
    if (!doorHere()?.connect(socket, options)) return Reflect.apply(original, this, args)
    if (listener) socket.once('connect', listener)
    return socket
  }
}

function securing(original: AnyFunction, doorHere: () => SocketDoor | undefined): AnyFunction {
  return function connect(...args) {
    const { options, listener } = connectArguments(args)
    const socket = doorHere()?.secure(options)
    if (!socket) return Reflect.apply(original, this, args)
    if (listener) socket.once('secureConnect', listener)
    return socket
  }
}

function adding(original: AnyFunction, doorHere: () => SocketDoor | undefined): AnyFunction {
  return function addRequest(...args) {
    doorHere()?.enlist(this as http.Agent, args[0] as http.ClientRequest, args[1])
    return Reflect.apply(original, this, args)
  }
}

interface ConnectArguments {
  readonly options: ConnectOptions & SecureOptions
  readonly listener: (() => void) | undefined
}

/** `connect(options)`, `connect(port, host, options)`, `connect(path)`, or what `net` has made of one of them. */
function connectArguments(given: readonly unknown[]): ConnectArguments {
  const args = Array.isArray(given[0]) ? (given[0] as unknown[]) : given
  const [first, second] = args
  const last = args.at(-1)
  const listener = typeof last === 'function' ? (last as () => void) : undefined
  const object = args.find((arg) => typeof arg === 'object' && arg !== null) as
    | (ConnectOptions & SecureOptions)
    | undefined
  if (typeof first === 'object' && first !== null) return { options: object ?? {}, listener }
  if (typeof first === 'string' && Number.isNaN(Number(first))) return { options: { ...object, path: first }, listener }
  const host = typeof second === 'string' ? second : object?.host
  return { options: { ...object, port: first as number, host }, listener }
}
