/** Something between `fetch` and the network that answers as a Trello with one card, or as a whole one. */
export interface StandIn {
  /** Ids of cards that can be read and moved. */
  readonly cards: readonly string[]
  /** Lists that cards are moved to and fro between. */
  readonly lists: readonly [string, string]
  /** Where a card stands now, as the stand-in holds it. */
  listOf(card: string): string | undefined
  stop(): void
}
