import { format } from 'node:util'
import { place } from './context.ts'
import type { Replacements } from './replacements.ts'

const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const

/** Keeps what the subject logs: console lines, and what it writes to the standard streams. */
export function installLogs(
  replacements: Replacements,
  world: object,
  { pass, keep }: { readonly pass: boolean; readonly keep: (line: string) => void },
): void {
  const mine = (): boolean => place.getStore()?.world === world
  for (const method of methods) {
    const original = console[method]
    replacements.replace(console, method, (...args: unknown[]) => {
      if (!mine()) return original.apply(console, args)
      keep(format(...args))
      // Outside of the world: printing is not the subject's own work.
      if (pass) place.exit(() => original.apply(console, args))
    })
  }
  for (const stream of [process.stdout, process.stderr]) {
    const original = stream.write
    const write = (chunk: unknown, ...rest: unknown[]): boolean => {
      if (!mine()) return Reflect.apply(original, stream, [chunk, ...rest])
      keep(String(chunk).replace(/\n$/, ''))
      return pass ? place.exit(() => Reflect.apply(original, stream, [chunk, ...rest])) : true
    }
    replacements.replace(stream, 'write', write as typeof original)
  }
}
