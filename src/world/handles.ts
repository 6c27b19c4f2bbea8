import type { Provider } from '../doors/network.ts'
import type { SimulatorHandle } from './types.ts'

/** What a world shows of its simulators: a member each, by the name the world knows it by. */
export function handlesOf(providers: readonly Provider[]): PropertyDescriptorMap {
  return Object.fromEntries(
    providers.map((provider) => [provider.name, { value: handleOf(provider), enumerable: true }]),
  )
}

function handleOf({ instance }: Provider): SimulatorHandle {
  const handle: SimulatorHandle = {
    get state() {
      return instance.state
    },
    snapshot: () => instance.snapshot(),
    restore: (snapshot) => instance.restore(snapshot),
    reset: () => instance.reset(),
    instance,
  }
  return Object.defineProperties(handle, Object.getOwnPropertyDescriptors(instance.view)) as SimulatorHandle
}
