import type { Provider } from '../doors/network.ts'
import type { SimulatorInstance } from '../simulator/definition.ts'
import type { SimulatorHandle } from './types.ts'

/** What a world shows of its simulators: a member each, by the name the world knows it by. */
export function handlesOf(providers: readonly Provider[]): PropertyDescriptorMap {
  return Object.fromEntries(
    providers.map(({ name, instance }) => [
      name,
      { value: new (handleFor(instance.view))(instance), enumerable: true },
    ]),
  )
}

class Handle implements SimulatorHandle {
  readonly instance: SimulatorInstance

  constructor(instance: SimulatorInstance) {
    this.instance = instance
  }

  get state(): object {
    return this.instance.state
  }

  snapshot = (): unknown => this.instance.snapshot()
  restore = (snapshot: unknown): void => this.instance.restore(snapshot)
  reset = (): void => this.instance.reset()
}

const handles = new Map<string, typeof Handle>()

/**
 * A handle with the members of a view, made once for each set of them: were they defined on each handle anew, V8 would
 * keep every one, and the world that it belongs to, for its next full collection.
 */
function handleFor(view: object): typeof Handle {
  const members = membersOf(view)
  const key = members.join()
  const known = handles.get(key)
  if (known) return known
  const made = class extends Handle {}
  for (const member of members) {
    Object.defineProperty(made.prototype, member, {
      enumerable: true,
      get(this: Handle): unknown {
        const { view: own } = this.instance
        const value: unknown = Reflect.get(own, member)
        return typeof value === 'function' ? value.bind(own) : value
      },
    })
  }
  handles.set(key, made)
  return made
}

/** Names of an object's own members and of those of its classes. */
function membersOf(view: object): readonly string[] {
  const names = new Set<string>()
  for (let at: object | null = view; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) if (name !== 'constructor') names.add(name)
  }
  return [...names]
}
