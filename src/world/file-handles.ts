import fs from 'node:fs'
import { type AnyFunction, createPatchSet, type PatchSet } from './patches.ts'
import { gatedPromise } from './thread-pool.ts'

/** Methods of a `FileHandle` that work in the thread pool. */
const methods = [
  ...(['appendFile', 'chmod', 'chown', 'close', 'datasync', 'read', 'readFile', 'readv', 'stat', 'sync'] as const),
  ...(['truncate', 'utimes', 'write', 'writeFile', 'writev'] as const),
]

/**
 * Leads what file handles do through the world's gate. Their class is Node's own secret, so each handle that is opened
 * in a world gets methods of its own; outside of one they do what they always did.
 */
export const fileHandles: PatchSet = createPatchSet((patch) => {
  patch(fs.promises, 'open', (original) => {
    const opening = gatedPromise(original)
    return async function open(...args) {
      const handle = (await Reflect.apply(opening, this, args)) as Record<string, AnyFunction>
      for (const name of methods) {
        const method = handle[name]
        if (!method) continue
        const value = gatedPromise(method)
        Object.defineProperty(handle, name, { value, configurable: true, writable: true, enumerable: false })
      }
      return handle
    }
  })
})
