import assert from 'node:assert/strict'
import type { SimulatorContext } from '../../src/simulator/index.ts'
import { type Board, type Card, inOrder, type List, type TrelloState, type Webhook } from './state.ts'

/** A list with the open cards in it, from top to bottom. */
export interface ListView extends List {
  readonly cards: readonly Card[]
}

/** A board with its open lists, from left to right. */
export interface BoardView extends Board {
  readonly lists: readonly ListView[]
}

/** What tests read of a Trello. */
export interface TrelloView {
  /** Cards of all boards, archived ones included, in order of their making. */
  readonly cards: readonly Card[]
  readonly webhooks: readonly Webhook[]
  /**
   * An open board, by name, id or short link; without one, the first.
   *
   * @throws AssertionError  when there is none
   */
  board(name?: string): BoardView
  /**
   * The first list of this name on any board.
   *
   * @throws AssertionError  when there is none
   */
  list(name: string): ListView
  /** The first card of this name, archived or not; `undefined` when there is none. */
  card(name: string): Card | undefined
}

/** Reads a Trello in the words of its users. */
export function viewOf(ctx: SimulatorContext<TrelloState>): TrelloView {
  return new StateView(ctx)
}

class StateView implements TrelloView {
  readonly #ctx: SimulatorContext<TrelloState>

  constructor(ctx: SimulatorContext<TrelloState>) {
    this.#ctx = ctx
  }

  get cards(): readonly Card[] {
    return [...this.#ctx.state.cards.values()]
  }

  get webhooks(): readonly Webhook[] {
    return [...this.#ctx.state.webhooks.values()]
  }

  board(name?: string): BoardView {
    const open = [...this.#ctx.state.boards.values()].filter(({ closed }) => !closed)
    const board = open.find((one) => name === undefined || [one.name, one.id, one.shortLink].includes(name))
    assert(
      board,
      `There is no open board${name === undefined ? '' : ` ${name}`}: there are ${open.map((one) => one.name).join(', ') || 'none'}.`,
    )
    const lists = inOrder(this.#ctx.state.lists.values(), ({ idBoard, closed }) => idBoard === board.id && !closed)
    return { ...board, lists: lists.map((list) => this.#withCards(list)) }
  }

  list(name: string): ListView {
    const lists = [...this.#ctx.state.lists.values()]
    const list = lists.find((one) => one.name === name)
    assert(list, `There is no list ${name}: there are ${lists.map((one) => one.name).join(', ') || 'none'}.`)
    return this.#withCards(list)
  }

  card(name: string): Card | undefined {
    return this.cards.find((card) => card.name === name)
  }

  #withCards(list: List): ListView {
    const cards = inOrder(this.#ctx.state.cards.values(), ({ idList, closed }) => idList === list.id && !closed)
    return { ...list, cards }
  }
}
