import { requirePeer } from './installed-peers.ts'

/** What is used of mockttp, whose types are there only once it is installed. */
interface Mockttp {
  getLocal(): {
    start(port: number): Promise<void>
    forPut(path: RegExp): {
      thenReply(status: number, body: string, headers: Readonly<Record<string, string>>): Promise<unknown>
    }
  }
}

const [port, reply = ''] = process.argv.slice(2)
const { getLocal } = requirePeer('mockttp') as Mockttp
const server = getLocal()
await server.start(Number(port))
await server.forPut(/\/1\/cards\/[^/?]+/).thenReply(200, reply, {
  'content-type': 'application/json; charset=utf-8',
  'content-length': String(Buffer.byteLength(reply)),
})
