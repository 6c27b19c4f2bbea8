/**
 * Trello behind the ports of a product.
 *
 * @module stuntdouble/providers/trello
 */
export type { NewWorkItem, ProceedOptions, StepOptions, WorkflowProvider, WorkItem } from '../workflow.ts'
export type { TrelloCredentials } from './provider.ts'
export { createTrelloWorkflow, type TrelloWorkflowOptions } from './workflow.ts'
