/** A copy of plain data: `Map`, `Set`, array, `Date`, bytes and plain objects, to any depth. */
export function clonePlain<Value>(value: Value): Value {
  return cloneAny(value) as Value
}

function cloneAny(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(cloneAny)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [cloneAny(key), cloneAny(item)]))
  if (value instanceof Set) return new Set([...value].map(cloneAny))
  if (value instanceof Uint8Array) return Uint8Array.from(value)
  if (value instanceof Date) return new Date(value)
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const member = cloneAny((value as Record<string, unknown>)[key])
    if (key !== '__proto__') copy[key] = member
    else Object.defineProperty(copy, key, { value: member, enumerable: true, configurable: true, writable: true })
  }
  return copy
}

/** Gives a state the members of another. The object stays the one that views and tests hold. */
export function becomeState(state: object, other: object): void {
  for (const name of Object.keys(state)) Reflect.deleteProperty(state, name)
  Object.assign(state, other)
}

/** Says whether a state has changed since a mark was taken. */
export interface StateWatch {
  mark(): readonly unknown[]
  changedSince(mark: readonly unknown[]): boolean
}

/**
 * Watches the members of a state: every change of its `Map`s and `Set`s, the length of its arrays, its plain values.
 * A record that is changed in place is not seen; that is why handlers replace records.
 */
export function watchState(state: object): StateWatch {
  let version = 0
  const loose: string[] = []
  for (const [name, member] of Object.entries(state)) {
    if (member instanceof Map || member instanceof Set) watchCollection(member, () => version++)
    else loose.push(name)
  }
  const looseNow = (): unknown[] =>
    loose.map((name) => {
      const member: unknown = (state as Record<string, unknown>)[name]
      return Array.isArray(member) ? member.length : member
    })
  return {
    mark: () => (loose.length === 0 ? [version] : [version, ...looseNow()]),
    changedSince: (mark) =>
      mark[0] !== version || (loose.length > 0 && looseNow().some((member, at) => member !== mark[at + 1])),
  }
}

/** Own methods over the prototype's: a `Map` stays a `Map` for whoever reads it. */
function watchCollection(collection: Map<unknown, unknown> | Set<unknown>, changed: () => void): void {
  if (collection instanceof Map) {
    const set = (key: unknown, value: unknown): typeof collection => {
      Map.prototype.set.call(collection, key, value)
      changed()
      return collection
    }
    Object.defineProperty(collection, 'set', { configurable: true, value: set })
  }
  const counted = (name: 'add' | 'delete' | 'clear'): void => {
    const original: unknown = Reflect.get(collection, name)
    if (typeof original !== 'function') return
    Object.defineProperty(collection, name, {
      configurable: true,
      value: (...args: unknown[]): unknown => {
        const { size } = collection
        const result: unknown = Reflect.apply(original, collection, args)
        if (collection.size !== size) changed()
        return result
      },
    })
  }
  for (const name of ['add', 'delete', 'clear'] as const) counted(name)
}
