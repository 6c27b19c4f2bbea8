import { createServer } from 'node:http'

/** The floor: `node:http` that answers every request with the same bytes. Started with a port and the reply. */
const [port, reply = ''] = process.argv.slice(2)
const body = Buffer.from(reply)

createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length })
  response.end(body)
}).listen(Number(port), '127.0.0.1')
