import { cardMove } from '../servers/card.ts'

/** A card as Trello tells it, as far as it matters here. */
export interface ToldCard {
  readonly id: string
  readonly idList: string
}

/** What a test of today holds in the place of a Trello: cards in a map, here one of them, as large as Trello's own. */
export class OneCard {
  readonly #cards: Map<string, ToldCard>
  readonly cards: readonly string[]
  readonly lists = ['todo', 'done'] as const

  constructor() {
    const card = { ...(JSON.parse(cardMove().reply) as ToldCard), idList: 'todo' }
    this.#cards = new Map([[card.id, card]])
    this.cards = [card.id]
  }

  listOf = (id: string): string | undefined => this.#cards.get(id)?.idList

  /** By a URL or its path, with query or without. */
  get(url: string): ToldCard | undefined {
    return this.#cards.get(idIn(url))
  }

  move(url: string): ToldCard | undefined {
    const card = this.get(url)
    if (!card) return undefined
    const idList = new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('idList') ?? card.idList
    const moved = { ...card, idList }
    this.#cards.set(card.id, moved)
    return moved
  }
}

function idIn(url: string): string {
  return url.split('?')[0]?.split('/').at(-1) ?? ''
}
