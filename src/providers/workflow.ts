/** Something that is worked on, and that moves from stage to stage. */
export interface WorkItem {
  /** The provider's name for it; callers only hand it back. */
  readonly id: string
  readonly name: string
  readonly description: string
  /** Where it stands. */
  readonly stage: string
}

/** What a new item is made from. */
export interface NewWorkItem {
  /** Its title: not empty. Two items may have the same one. */
  readonly name: string
  /** @defaultValue empty */
  readonly description?: string
  /**
   * What tells this item from every other, such as the number of an order: the same key makes no second one, however
   * often it is added, also after a restart. Two processes that add it at the same instant are beyond what a provider
   * without idempotency keys can rule out. Up to 64 letters, digits and `. _ : -`.
   *
   * @defaultValue a new one for each call, which still keeps its own retries from making twins
   */
  readonly key?: string
}

/** What every step of a workflow may be told. */
export interface StepOptions {
  /** Ends the step at once, wherever it is. */
  readonly signal?: AbortSignal
}

/** Which item moves. */
export interface ProceedOptions extends StepOptions {
  /** Id of the item. */
  readonly item: string
}

/**
 * A workflow: items that move through named stages. What a product needs of a board, whoever offers it.
 *
 * Every step ends within its deadline, and fails with an `IntegrationError` whose `applied` says whether it may have
 * happened all the same.
 */
export interface WorkflowProvider {
  /** Items of a stage, in the provider's order. */
  items(stage: string, options?: StepOptions): Promise<readonly WorkItem[]>
  /**
   * Adds an item to a stage, exactly once. One that is known by its key already is given as it stands.
   *
   * @throws IntegrationError  `input_invalid` for a name, description or key that does not fit · `not_found`
   */
  add(stage: string, item: NewWorkItem, options?: StepOptions): Promise<WorkItem>
  /**
   * Moves an item on, exactly once. An item that stands at `to` already has arrived.
   *
   * @throws IntegrationError  `conflict` when it stands neither at `from` nor at `to`, or is archived · `not_found`
   */
  proceedTo(from: string, to: string, options: ProceedOptions): Promise<WorkItem>
  /** Refuses further steps, lets those under way end, then closes all connections. */
  close(): Promise<void>
}
