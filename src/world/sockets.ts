import net from 'node:net'
import { place } from './context.ts'
import { createPatchSet, type PatchSet } from './patches.ts'

/** Lets no socket of a subject open to where no simulator answers. */
export const sockets: PatchSet = createPatchSet((patch) => {
  patch(
    net.Socket.prototype,
    'connect',
    (original) =>
      function connect(...args) {
        const error = place.getStore()?.world.socketOpens(addressOf(args))
        if (!error) return Reflect.apply(original, this, args)
        const socket = this as net.Socket
        process.nextTick(() => socket.destroy(error))
        return socket
      },
  )
})

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
