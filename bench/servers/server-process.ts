import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServerKind } from './server-kinds.ts'

/** A server that has answered its first request. */
export interface ServerProcess {
  readonly port: number
  /** From the start of its process to the end of its first answer. */
  readonly startMs: number
  /** Processor time that it has used, all threads; NaN where the system does not tell. */
  cpuMicros(): number
  stop(): Promise<void>
}

/** What is asked of a server to see whether it is there. */
export interface FirstCall {
  readonly method: string
  /** Path and query. */
  readonly target: string
}

const waitMsMax = 30_000
const pauseMs = 2
/** Time to end by itself: what has been compiled is kept at the end of a process. */
const stopMsMax = 3_000

/**
 * Starts a server, and waits until it answers 200.
 *
 * @param env  Beside the environment of this process.
 */
export async function startServerProcess(
  kind: ServerKind,
  call: FirstCall,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'stuntdouble-bench-'))
  const [program, ...args] = kind.command(port, folder)
  const before = performance.now()
  const child = spawn(program, args, { stdio: 'ignore', cwd: folder, env: { ...process.env, ...env } })
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      const ended = once(child, 'exit')
      child.kill()
      const patience = setTimeout(() => child.kill('SIGKILL'), stopMsMax)
      await ended
      clearTimeout(patience)
    }
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await answered(child, port, call, before + waitMsMax)
  } catch (error) {
    await stop()
    throw error
  }
  const startMs = performance.now() - before
  return { port, startMs, cpuMicros: () => cpuMicrosOf(child.pid ?? 0), stop }
}

async function answered(child: ChildProcess, port: number, call: FirstCall, until: number): Promise<void> {
  let failed: unknown
  child.on('error', (error) => {
    failed = error
  })
  for (let status: number | undefined; status !== 200; ) {
    assert(child.exitCode === null, `it ended with exit code ${child.exitCode} before it answered`)
    assert(failed === undefined, String(failed))
    assert(performance.now() < until, `it did not answer 200 within ${waitMsMax} ms, last ${status ?? 'nothing'}`)
    status = await statusOf(port, call)
    if (status !== 200) await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

function statusOf(port: number, { method, target }: FirstCall): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = http.request({ port, host: '127.0.0.1', method, path: target, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
    request.on('error', () => resolve(undefined)).end()
  })
}

/** One that nobody listened at a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Linux counts in ticks of a hundredth of a second. */
const tickMicros = 10_000

function cpuMicrosOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name of the program, in brackets, may hold spaces; user and system time are the 12th and 13th field after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * tickMicros
  } catch {
    return Number.NaN
  }
}
