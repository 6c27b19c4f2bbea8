import net from 'node:net'
import { startServer } from '../../src/doors/server/start-server.ts'
import type { ServerOptions, SimulatorServer } from '../../src/doors/server/types.ts'
import { parrot } from './parrot.ts'

type Parrots = { readonly parrot: ReturnType<typeof parrot> }

/** A server of the parrot, which is closed with its block. */
export async function served(
  options: Partial<ServerOptions<Parrots>> = {},
): Promise<SimulatorServer<Parrots> & AsyncDisposable> {
  const server = await startServer({ simulators: { parrot: parrot() }, ...options })
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close(0) })
}

/** What comes back for bytes on a connection of their own, until the server closes it. */
export function rawly(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('data', (piece) => pieces.push(piece))
    socket.on('error', reject)
    socket.on('close', () => resolve(Buffer.concat(pieces).toString('latin1')))
  })
}

/** Waits, turn by turn, until something holds. */
export async function until(holds: () => boolean, turnsMax = 1_000_000): Promise<void> {
  for (let turn = 0; !holds(); turn++) {
    if (turn > turnsMax) throw new TypeError('It never came to hold.')
    await new Promise(setImmediate)
  }
}
