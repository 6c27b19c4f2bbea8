import type { Simulator } from '../simulator/definition.ts'
import { didYouMean } from '../simulator/did-you-mean.ts'
import { UsageError } from './usage-error.ts'

/** Limits that simulators keep in a server. */
export type LimitsFlag = 'documented' | 'off'

/** A simulator as the command serves it, and what one needs to call it. */
export interface ServedProvider {
  readonly simulator: Simulator
  /** Credentials that work there. */
  readonly credentials: Readonly<Record<string, string>>
  /** Path and query of a first call, below the base URL, that answers something. */
  readonly firstCall: string
}

/** A server may run for days, and each write of a client makes an action that takes about 1 kB. */
const actionsMaxServed = 100_000

/** Each is loaded when it is asked for, and without what only its users need. */
const providers: Readonly<Record<string, (limits: LimitsFlag) => Promise<ServedProvider>>> = {
  trello: async (limits) => {
    const [{ trello }, { kanban, trelloCredentials }] = await Promise.all([
      import('../../simulators/trello/simulator.ts'),
      import('../../simulators/trello/options.ts'),
    ])
    const { key, token } = trelloCredentials
    return {
      simulator: trello({ limits, boards: [kanban], actionsMax: actionsMaxServed }),
      credentials: { ...trelloCredentials },
      firstCall: `/1/members/me/boards?fields=name,url&lists=open&key=${key}&token=${token}`,
    }
  },
}

/** Names of providers that can be simulated. */
export const providerNames: readonly string[] = Object.keys(providers)

/**
 * Loads the simulators of providers.
 *
 * @throws UsageError  `provider_unknown`, with the nearest name · `flags_invalid` for one that stands there twice
 */
export async function loadProviders(
  names: readonly string[],
  limits: LimitsFlag,
): Promise<Readonly<Record<string, ServedProvider>>> {
  const loaded: Record<string, ServedProvider> = {}
  for (const name of names) {
    const load = Object.hasOwn(providers, name) ? providers[name] : undefined
    if (!load) {
      throw new UsageError('provider_unknown', `There is no provider "${name}". ${didYouMean(name, providerNames)}`)
    }
    if (Object.hasOwn(loaded, name)) throw new UsageError('flags_invalid', `The provider ${name} is named twice.`)
    loaded[name] = await load(limits)
  }
  return loaded
}
