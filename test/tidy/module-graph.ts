import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** URLs of all modules that a fresh process has loaded once it has imported a door of the package. */
export function modulesLoadedBy(door: string): string[] {
  const program = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context) } })
    await import(${JSON.stringify(door)})
    console.log(JSON.stringify(loaded))
  `
  const flags = ['--conditions=stuntdouble-source', '--input-type=module', '--eval', program]
  return JSON.parse(execFileSync(process.execPath, flags, { cwd: root, encoding: 'utf8', timeout: 15_000 })) as string[]
}
