import { callOf, textOf } from '../../src/http/messages.ts'
import type { Handled, SimulatorInstance } from '../../src/simulator/definition.ts'
import { shopHeaders, shopOrigin } from '../fixtures/acme-shop.ts'

interface Asked {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly origin?: string
}

/** Asks the shop: `ask(shop, 'POST /v1/orders', { body: { item: 'lamp' } })`. */
export async function ask(
  instance: Pick<SimulatorInstance, 'handle'>,
  line: string,
  { headers = shopHeaders, body, origin = shopOrigin }: Asked = {},
): Promise<Handled> {
  const [method = '', path = ''] = line.split(' ')
  const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array
  return instance.handle(
    callOf(`${origin}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
    }),
  )
}

/** A reply's body, parsed where it is JSON. */
export function bodyOf({ reply }: Handled): unknown {
  const text = textOf(reply.body)
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
