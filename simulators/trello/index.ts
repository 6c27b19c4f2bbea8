/**
 * A stateful double of Trello's REST API.
 *
 * @module stuntdouble/simulators/trello
 */
export {
  type BoardSpec,
  type CardSpec,
  kanban,
  type LabelSpec,
  type ListSpec,
  type MemberSpec,
  type TrelloOptions,
  trelloCredentials,
} from './options.ts'
export { type SampleBoardOptions, sampleBoard } from './sample-board.ts'
export { type TrelloOperationName, trello } from './simulator.ts'
export type {
  Action,
  App,
  Attachment,
  Board,
  Card,
  CheckItem,
  Checklist,
  Cover,
  Label,
  List,
  Member,
  Organization,
  Token,
  TrelloState,
  Webhook,
} from './state.ts'
export type { BoardView, ListView, TrelloView } from './view.ts'
