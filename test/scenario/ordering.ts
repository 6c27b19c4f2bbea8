import type { RunResult } from '../../src/explore/types.ts'
import type { PlannedFault } from '../../src/faults/plan.ts'
import { scenario } from '../../src/scenario/scenario.ts'
import type { ScenarioOptions } from '../../src/scenario/types.ts'
import { acmeShop, shopHeaders, shopOrigin } from '../fixtures/acme-shop.ts'

type Sims = { readonly shop: ReturnType<typeof acmeShop> }
export type Options<Subject, Given> = Partial<ScenarioOptions<Sims, Subject, Given>>

export const order = async (item: string): Promise<void> => {
  const reply = await fetch(`${shopOrigin}/v1/orders`, {
    method: 'POST',
    headers: shopHeaders,
    body: JSON.stringify({ item }),
  })
  if (!reply.ok) throw new TypeError(`The shop answered ${reply.status}.`)
}
export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A scenario that orders one lamp, with what a test says differently. */
export const ordering = <Subject = undefined, Given = undefined>(over: Options<Subject, Given> = {}) =>
  scenario<Sims, Subject, Given>('Test_AnOrderIsMadeOnce', {
    simulators: { shop: acmeShop({ limits: 'off' }) },
    subject: () => undefined as Subject,
    play: ({ intent }) => intent('order a lamp', () => order('lamp')),
    ...over,
  })
export const run = <Subject = undefined, Given = undefined>(
  over: Options<Subject, Given> = {},
  faults: readonly PlannedFault[] = [],
  given?: Given,
): Promise<RunResult> => ordering(over).run({ seed: 1, given, plan: { faults } })

export const on = { provider: 'shop', operation: 'createOrder', nth: 1 }
export const down = { fault: 'server-error', status: 503, when: 'before', on } as const satisfies PlannedFault
