import type { RunResult } from '../../src/explore/types.ts'
import type { PlannedFault } from '../../src/faults/plan.ts'
import { scenario } from '../../src/scenario/scenario.ts'
import type { PlayContext, ScenarioOptions } from '../../src/scenario/types.ts'
import { acmeShop, shopHeaders, shopOrigin } from '../fixtures/acme-shop.ts'

type Sims = { readonly shop: ReturnType<typeof acmeShop> }
export type Context = PlayContext<Sims, undefined, undefined>
export type Play = (ctx: Context) => unknown

export const send = (method: string, path: string, body?: object, signal?: AbortSignal): Promise<Response> =>
  fetch(`${shopOrigin}${path}`, {
    method,
    headers: shopHeaders,
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  })
export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
export const within = (ms: number): AbortSignal => AbortSignal.timeout(ms)

export class Refused extends Error {
  readonly status: number
  constructor(status: number) {
    super(`The shop answered ${status}.`)
    this.status = status
  }
}

export async function ordered(item: string, signal?: AbortSignal): Promise<unknown> {
  const reply = await send('POST', '/v1/orders', { item }, signal)
  if (!reply.ok) throw new Refused(reply.status)
  return reply.json()
}

export async function isOrdered(item: string): Promise<boolean> {
  const orders = (await (await send('GET', '/v1/orders')).json()) as { readonly item: string }[]
  return orders.some((order) => order.item === item)
}

/** Orders at most once: asks before it repeats. */
export async function orderOnce(item: string): Promise<void> {
  for (let calls = 1; calls <= 3; calls++) {
    try {
      if (calls === 1 || !(await isOrdered(item))) await ordered(item)
      return
    } catch (error) {
      if (calls === 3) throw error
      await wait(8_000)
    }
  }
}

export const on = { provider: 'shop', operation: 'createOrder', nth: 1 }
export const replyLost = { fault: 'reply-lost', on } as const satisfies PlannedFault
export const busy = { fault: 'rate-limited', retryAfterS: 7, on } as const satisfies PlannedFault
export const down = { fault: 'server-error', status: 503, when: 'before', on } as const satisfies PlannedFault
export const hung = { fault: 'hang', when: 'before', on } as const satisfies PlannedFault

/** Plays once, with these faults. */
export function played(
  play: Play,
  faults: readonly PlannedFault[] = [],
  invariants: ScenarioOptions<Sims, undefined, undefined>['invariants'] = {},
): Promise<RunResult> {
  return scenario('Test_ShopIsUsedWell', {
    simulators: { shop: acmeShop({ limits: 'off' }) },
    subject: () => undefined,
    play,
    invariants,
  }).run({ seed: 1, given: undefined, plan: { faults } })
}

export const broken = ({ violations }: RunResult): readonly string[] => [
  ...new Set(violations.map(({ invariant }) => invariant)),
]

/** Plays one intent. */
export const one =
  (task: () => unknown): Play =>
  ({ intent }) =>
    intent('order a lamp', task)
