import { execFile, spawn } from 'node:child_process'
import crypto from 'node:crypto'
import fs from 'node:fs'
import { setTimeout as later } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import type { WorldBounds } from '../../src/world/types.ts'
import { createWorld } from '../../src/world/world.ts'
import { parrot } from '../doors/parrot.ts'

const made = (bounds: WorldBounds = {}) => createWorld({ simulators: { parrot: parrot() }, bounds })

describe('work that no gate holds', () => {
  const marking: Readonly<Record<string, readonly [RegExp, () => Promise<unknown>]>> = {
    'a child process': [
      /PROCESSWRAP/,
      () => new Promise((resolve) => execFile(process.execPath, ['-p', '1'], (_error, out) => resolve(out))),
    ],
    'a key': [/generateKeyPairSync draws/, async () => crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    'an elliptic signature': [
      /subtle\.generateKey draws|subtle\.sign draws/,
      async () => {
        const settings = { name: 'ECDSA', namedCurve: 'P-256' }
        const { privateKey } = await crypto.subtle.generateKey(settings, false, ['sign'])
        return crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, new Uint8Array(1))
      },
    ],
  }

  test.for(Object.entries(marking))(
    'is waited for, and marks the run with its reason and place: %s',
    async ([, [reason, work]]) => {
      const world = made()
      let fired = false
      await world.run(async () => {
        setTimeout(() => {
          fired = true
        }, 60_000)
        await work()
      })
      const { reproducible, reasons } = world.reproducibility
      expect(reproducible).toBe(false)
      expect(reasons.join('\n')).toMatch(reason)
      expect(reasons.join('\n')).toContain('watch.test.ts')
      expect(fired).toBe(false)
    },
  )

  test('is waited for beside a child process from before, whenever that one ends', async () => {
    const before = spawn(process.execPath, ['-e', 'process.stdin.resume()'])
    let fired = false
    await made().run(async () => {
      setTimeout(() => {
        fired = true
      }, 60_000)
      const another = 'require("node:child_process").execFileSync(process.execPath, ["-p", "1"])'
      const here = spawn(process.execPath, ['-e', `process.stdin.resume().on("end", () => ${another})`])
      before.on('close', () => here.stdin.end())
      before.stdin.end()
      await new Promise((resolve) => here.on('close', resolve))
    })
    expect(fired).toBe(false)
  })

  test('is not waited for where the subject itself lets it go: a child process without a reference', async () => {
    let child: ReturnType<typeof spawn> | undefined
    await made({ realMsMax: 2_000 }).run(async () => {
      child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
      child.unref()
      await later(60_000)
    })
    child?.kill()
  })

  test('keeps no virtual time from passing while it only watches: a file', async () => {
    const world = made({ realMsMax: 2_000 })
    await world.run(async () => {
      const watcher = fs.watch(import.meta.filename)
      await later(60_000)
      watcher.close()
    })
    expect(world.reproducibility.reasons.join('\n')).toMatch(/FSEVENTWRAP .*watch.test.ts/)
  })

  test('is waited for once there is nothing else to do: a worker, which may never end', async () => {
    const world = made()
    await world.run(
      () =>
        new Promise((resolve) => {
          const worker = new Worker('require("node:worker_threads").parentPort.postMessage(1)', { eval: true })
          worker.once('message', resolve)
        }),
    )
    expect(world.reproducibility.reasons.join('\n')).toMatch(/WORKER .*watch.test.ts/)
  })
})

test('work of the thread pool that is done at once marks nothing', async () => {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 512 })
  const world = made()
  await world.run(() => {
    crypto.pbkdf2Sync('secret', 'salt', 1, 8, 'sha256')
    crypto.scryptSync('secret', 'salt', 8)
    crypto.hkdfSync('sha256', 'secret', 'salt', 'info', 8)
    crypto.checkPrimeSync(7n)
    const signature = crypto.sign('sha256', Buffer.from('words'), privateKey)
    expect(crypto.verify('sha256', Buffer.from('words'), publicKey, signature)).toBe(true)
  })
  expect(world.reproducibility).toEqual({ reproducible: true, reasons: [] })
})
