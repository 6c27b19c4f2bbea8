/**
 * Simulators in real time, outside of worlds, for any test runner.
 *
 * @module stuntdouble/live
 */
export { type Interception, intercept } from './intercept.ts'
export { openLive } from './live.ts'
export type {
  ClientConnections,
  ConnectionCounts,
  ConnectionReport,
  LiveClock,
  LiveFault,
  LiveInstance,
  LiveJournal,
  LiveOperations,
  LiveOptions,
  LiveSimulators,
  LiveSnapshot,
  LiveWorld,
} from './live-types.ts'
