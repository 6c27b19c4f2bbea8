/**
 * Simulators over real sockets, for every language.
 *
 * @module stuntdouble/server
 */
export type {
  ClientConnections,
  ConnectionCounts,
  ConnectionReport,
  LiveClock,
  LiveFault,
  LiveInstance,
  LiveJournal,
  LiveOptions,
  LiveSimulators,
  LiveSnapshot,
  LiveWorld,
} from '../live-types.ts'
export { type Control, type ControlOptions, createControl } from './control/control.ts'
export { ServerError, type ServerErrorCode } from './server-error.ts'
export { startServer } from './start-server.ts'
export type {
  ControlHandler,
  ControlRequest,
  OpenWorldOptions,
  ServedWorld,
  ServerOptions,
  SimulatorServer,
} from './types.ts'
