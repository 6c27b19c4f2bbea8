import {
  ask,
  boardIn,
  given,
  type Received,
  type ReceiverBook,
  receiverOf,
  type TrelloWorld,
  trelloWorld,
} from './asking.ts'

/** Where deliveries go; Trello signs it as it was written. */
export const callbackURL = 'https://hooks.example/trello?tenant=7&note=a%20b'

/** A Trello without latency, and what listens to its webhooks. */
export interface Stage {
  readonly world: TrelloWorld
  readonly receiver: ReceiverBook
}

/** Runs without latency, so that times are those of Trello alone. */
export function within(
  body: (stage: Stage) => Promise<void>,
  statusOf?: Parameters<typeof receiverOf>[0],
): Promise<void> {
  const receiver = receiverOf(statusOf)
  const world = trelloWorld(
    {},
    { receivers: { 'https://hooks.example': receiver.receive }, latency: { minMs: 0, maxMs: 0 } },
  )
  return world.run(() => body({ world, receiver }))
}

/** Renames a card, which is an event. */
export const rename = (world: TrelloWorld, name = 'renamed'): Promise<unknown> =>
  given(`PUT /cards/${world.trello.card('ship it')?.id ?? world.trello.cards[0]?.id}`, { json: { name } })

/** Asks for a webhook on the board. */
export const create = (world: TrelloWorld, more: object = {}): ReturnType<typeof ask> =>
  ask('POST /webhooks/', { json: { callbackURL, idModel: boardIn(world).id, ...more } })

/** The first webhook there is. */
export const only = (world: TrelloWorld): TrelloWorld['trello']['webhooks'][number] | undefined =>
  world.trello.webhooks[0]
/** The body of a delivery. */
export const parsed = ({ text }: Received): Record<string, Record<string, never>> => JSON.parse(text)
/** Types of the actions that have arrived. */
export const typesOf = (book: ReceiverBook): unknown[] => book.deliveries.map((one) => parsed(one)['action']?.['type'])
