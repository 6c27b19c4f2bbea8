/** Properties that were put in place of others, and how to put the others back. */
export interface Replacements {
  /** Puts `value` where `target[name]` was. A property that `target` only inherited is added. */
  replace<Target extends object, Name extends keyof Target>(target: Target, name: Name, value: Target[Name]): void
  /** Runs `undo` when all is put back, in its turn. */
  onRestore(undo: () => void): void
  /** Puts everything back, the latest first. A second call does nothing. */
  restore(): void
}

/** Starts with nothing replaced. */
export function createReplacements(): Replacements {
  let undos: (() => void)[] = []
  return {
    replace: (target, name, value) => {
      const before = Object.getOwnPropertyDescriptor(target, name)
      if (before?.writable) {
        // A plain assignment keeps the property's other traits, and is many times as quick.
        target[name] = value
        undos.push(() => {
          target[name] = before.value
        })
        return
      }
      Object.defineProperty(target, name, { configurable: true, enumerable: true, writable: true, value })
      undos.push(() => {
        if (before) Object.defineProperty(target, name, before)
        else delete target[name]
      })
    },
    onRestore: (undo) => {
      undos.push(undo)
    },
    restore: () => {
      const all = undos.reverse()
      undos = []
      for (const undo of all) undo()
    },
  }
}
