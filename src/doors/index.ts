/**
 * Simulators in real time, outside of worlds, for any test runner.
 *
 * @module stuntdouble/live
 */
export { type Interception, intercept } from './intercept.ts'
export {
  type Live,
  type LiveInstance,
  type LiveOperations,
  type LiveOptions,
  type LiveSimulators,
  openLive,
} from './live.ts'
export type { LiveClock } from './live-clock.ts'
