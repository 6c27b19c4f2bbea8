import type { Replacements } from './replacements.ts'

/** Any function of a built-in module, as a patch sees it. */
export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** Wrappers over functions of built-in modules. They are made once and put in place for each run: that is quick. */
export interface PatchSet {
  install(replacements: Replacements): void
}

interface Patch {
  readonly target: Record<string, unknown>
  readonly name: string
  readonly make: (original: AnyFunction) => AnyFunction
  original: unknown
  wrapper: unknown
  /** A plain assignment puts the wrapper in place, and the original back. */
  isPlain: boolean
}

/** Says which functions are wrapped, and how; called once, when the set is first installed. */
export type DefinePatches = (
  patch: (target: object, name: string, make: (original: AnyFunction) => AnyFunction) => void,
) => void

/** Makes a set of patches. A function that someone else has replaced meanwhile is wrapped as it then is. */
export function createPatchSet(define: DefinePatches): PatchSet {
  let patches: Patch[] | undefined
  const collect = (): Patch[] => {
    const found: Patch[] = []
    define((home, name, make) => {
      const target = home as Record<string, unknown>
      if (typeof target[name] === 'function')
        found.push({ target, name, make, original: undefined, wrapper: undefined, isPlain: false })
    })
    return found
  }
  return {
    install: (replacements) => {
      patches ??= collect()
      const all = patches
      for (const patch of all) put(patch, replacements)
      // One undo for all: there are a hundred and a half of them in every run.
      replacements.onRestore(() => {
        for (const { target, name, original, isPlain } of all) if (isPlain) target[name] = original
      })
    },
  }
}

function put(patch: Patch, replacements: Replacements): void {
  const { target, name, make } = patch
  const present = target[name]
  if (present !== patch.original) {
    patch.original = present
    patch.wrapper = withMembersOf(present as AnyFunction, make(present as AnyFunction))
    patch.isPlain = Object.getOwnPropertyDescriptor(target, name)?.writable === true
  }
  if (patch.isPlain) target[name] = patch.wrapper
  else replacements.replace(target, name, patch.wrapper)
}

/** Members of the original come along: `util.promisify` looks for some of them. */
function withMembersOf(original: AnyFunction, wrapper: AnyFunction): AnyFunction {
  return Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(original))
}
