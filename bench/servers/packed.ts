import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** This package as users have it: what was built, and no sources. */
export interface Packed {
  /** The command. */
  readonly program: string
  remove(): void
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Builds the package beside the checkout, in which others may be at work. */
export function packed(): Packed {
  const folder = mkdtempSync(join(tmpdir(), 'stuntdouble-packed-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')]
    const { status, stdout } = spawnSync(process.execPath, [compiler, ...options], { encoding: 'utf8' })
    assert.equal(status, 0, stdout)
    for (const name of ['bin', 'package.json']) cpSync(join(root, name), join(folder, name), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  } catch (error) {
    remove()
    throw error
  }
  return { program: join(folder, 'bin/stuntdouble.js'), remove }
}
