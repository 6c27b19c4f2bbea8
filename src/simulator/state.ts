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

/** True when two pieces of plain data say the same: what `clonePlain` copies is the same as its copy. */
export function samePlain(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one)) return Array.isArray(other) && sameItems(one, other)
  if (one instanceof Map) return other instanceof Map && one.size === other.size && sameItems([...one], [...other])
  if (one instanceof Set) return other instanceof Set && one.size === other.size && sameItems([...one], [...other])
  if (one instanceof Uint8Array) return other instanceof Uint8Array && sameItems(one, other)
  if (one instanceof Date) return other instanceof Date && Object.is(one.getTime(), other.getTime())
  const keys = Object.keys(one)
  const member = (record: object, key: string): unknown => (record as Record<string, unknown>)[key]
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && samePlain(member(one, key), member(other, key)))
  )
}

function sameItems(some: ArrayLike<unknown>, others: ArrayLike<unknown>): boolean {
  if (some.length !== others.length) return false
  for (let at = 0; at < some.length; at++) if (!samePlain(some[at], others[at])) return false
  return true
}

/** Gives a state the members of another. The object stays the one that views and tests hold. */
export function becomeState(state: object, other: object): void {
  for (const name of Object.keys(state)) Reflect.deleteProperty(state, name)
  Object.assign(state, other)
}
