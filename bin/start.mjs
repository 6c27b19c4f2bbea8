import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'

/** Runs the command, and leaves its exit code with the process. */
export async function start(argv) {
  // Reading the sources anew each time takes most of the time to the first answer.
  enableCompileCache()
  // A checkout runs its source; a package holds only what was built from it.
  const source = new URL('../src/cli/main.ts', import.meta.url)
  const built = new URL('../dist/src/cli/main.js', import.meta.url)
  const { main } = await import(existsSync(source) ? source.href : built.href)
  process.exitCode = await main(argv)
}
