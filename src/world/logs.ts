import { format } from 'node:util'
import { place } from './context.ts'
import { type AnyFunction, createPatchSet, type PatchSet } from './patches.ts'

/** Keeps what the subject logs: console lines, and what it writes to the standard streams. */
export const logs: PatchSet = createPatchSet((patch) => {
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace']) {
    patch(
      console,
      method,
      kept((args) => format(...args)),
    )
  }
  for (const stream of [process.stdout, process.stderr]) {
    patch(
      stream,
      'write',
      kept(([chunk]) => String(chunk).replace(/\n$/, '')),
    )
  }
})

/** Printing happens outside of the world: it is not the subject's own work. */
function kept(line: (args: readonly unknown[]) => string): (original: AnyFunction) => AnyFunction {
  return (original) =>
    function write(...args) {
      const here = place.getStore()
      const print = here?.world.logged(line(args)) ?? true
      return print ? place.exit(() => Reflect.apply(original, this, args)) : true
    }
}
