import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** Folder of the private package whose dependencies are the peers. */
export const peersFolder: string = fileURLToPath(new URL('../peers', import.meta.url))

const lock = `${peersFolder}/package-lock.json`
const installedLock = `${peersFolder}/node_modules/.package-lock.json`

/**
 * Installs the peers where that has not been done yet: they are heavy, so nothing but this benchmark brings them in.
 *
 * @returns  Why they could not be installed; `undefined` when they are there.
 */
export function installPeers(tell: (text: string) => void): string | undefined {
  if (existsSync(installedLock) && statSync(installedLock).mtimeMs >= statSync(lock).mtimeMs) return undefined
  tell('Installing what it is measured beside, into bench/peers/node_modules …')
  // Their install scripts only build what they can do without.
  const { status, stderr, error } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: peersFolder,
    encoding: 'utf8',
    timeout: 600_000,
    shell: process.platform === 'win32',
  })
  if (status === 0) return undefined
  const [why = ''] = (error?.message ?? stderr).split('\n').filter((line) => line !== '')
  return `npm ci failed in bench/peers: ${why}`
}

/** Loads a module as the package of the peers sees it. */
export const requirePeer: NodeJS.Require = createRequire(`${peersFolder}/package.json`)
