import { type Client, type Deadline, IntegrationError } from '../../core/index.ts'
import { listsOfBoard } from './operations.ts'

/** A stage: one of a board's lists. */
export interface Stage {
  readonly id: string
  readonly name: string
}

/** The lists of a board by name. They are read when they are needed, and taken to stay as they are for a while. */
export class Stages {
  readonly #client: Client
  readonly #board: string
  readonly #freshMsMax: number
  #lists: readonly (Stage & { readonly closed: boolean })[] = []
  #readAt = Number.NEGATIVE_INFINITY

  constructor(client: Client, board: string, freshMsMax: number) {
    this.#client = client
    this.#board = board
    this.#freshMsMax = freshMsMax
  }

  /**
   * The open list of a name.
   *
   * @throws IntegrationError  `not_found`, with the names that there are · `conflict` when two lists have the name
   */
  async named(name: string, deadline: Deadline): Promise<Stage> {
    const isFresh = performance.now() - this.#readAt < this.#freshMsMax
    // One that is not known yet may be new on the board.
    if (!isFresh || this.#open(name).length === 0) await this.#read(deadline)
    const [found, other] = this.#open(name)
    const what = `Stage "${name}" of board ${this.#board}`
    if (found && other)
      throw new IntegrationError('conflict', { provider: 'trello', what, why: 'two lists are named so' })
    if (found) return found
    const names = this.#lists.filter(({ closed }) => !closed).map((stage) => stage.name)
    const why = `its stages are ${names.join(', ') || 'none'}`
    throw new IntegrationError('not_found', { provider: 'trello', what, why })
  }

  /** The name of a list, archived or not; `undefined` when the board has none of this id. */
  nameOf(id: string): string | undefined {
    return this.#lists.find((list) => list.id === id)?.name
  }

  /** Has them read anew when they are next needed. */
  forget(): void {
    this.#readAt = Number.NEGATIVE_INFINITY
  }

  #open(name: string): readonly Stage[] {
    return this.#lists.filter((list) => list.name === name && !list.closed)
  }

  #read(deadline: Deadline): Promise<void> {
    const run = async (own: Deadline): Promise<void> => {
      const input = { params: { id: this.#board }, query: { filter: 'all' } } as const
      const { value: lists } = await this.#client.call(listsOfBoard, input, { deadline: own })
      this.#lists = lists
      this.#readAt = performance.now()
    }
    return this.#client.share({ what: `Reading the stages of board ${this.#board}`, effect: 'none', run }, deadline)
  }
}
