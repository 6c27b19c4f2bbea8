import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError } from './usage-error.ts'

/** Vitest's programmatic side. */
export type VitestNode = typeof import('vitest/node')

const majorMin = 5

/**
 * Loads the Vitest of the project at `root`, which is the one that its scenario files will import, or else ours.
 *
 * @throws UsageError  `vitest_missing`: none, or one that is too old
 */
export async function loadVitest(root: string): Promise<VitestNode> {
  const loaded = await projectVitest(root)
  const found = loaded.version
  if (Number.parseInt(found, 10) < majorMin) {
    throw new UsageError(
      'vitest_missing',
      `stuntdouble run needs Vitest ${majorMin} or newer and found ${found}: npm install --save-dev vitest@${majorMin}`,
    )
  }
  return loaded
}

async function projectVitest(root: string): Promise<VitestNode> {
  try {
    const path = createRequire(join(root, 'package.json')).resolve('vitest/node')
    return await import(pathToFileURL(path).href)
  } catch (error) {
    if (!isMissing(error)) throw error
    return await ownVitest()
  }
}

async function ownVitest(): Promise<VitestNode> {
  try {
    return await import('vitest/node')
  } catch (error) {
    if (!isMissing(error)) throw error
    throw new UsageError(
      'vitest_missing',
      `stuntdouble run needs Vitest, which is not installed: npm install --save-dev vitest@${majorMin}`,
      { cause: error },
    )
  }
}

function isMissing(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException
  return (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && message.includes('vitest')
}
