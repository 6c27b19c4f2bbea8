/**
 * Scenarios, worlds, faults and invariants: what tests of an integration import.
 *
 * @module stuntdouble
 */
export type { Receiver } from './doors/network-parts.ts'
export type { Explorable } from './explore/explorable.ts'
export { explore } from './explore/explore.ts'
export type {
  Counterexample,
  CoverageCell,
  ExploreOptions,
  ExploreResult,
  Phase,
  Progress,
  RunRequest,
  RunResult,
  Violation,
} from './explore/types.ts'
export type { CallFault, DeliveryFault, Fault, When } from './faults/fault.ts'
export {
  badRequest,
  burst,
  callDuplicated,
  certificateExpired,
  conflict,
  connectionRefused,
  connectionReset,
  connectionTimeout,
  delayed,
  dnsFailure,
  duplicated,
  forbidden,
  garbledReply,
  hang,
  latency,
  lost,
  malformedBody,
  notFound,
  rateLimited,
  reordered,
  replayedLate,
  replyLost,
  schemaDrift,
  serverError,
  slowBody,
  staleRead,
  tampered,
  truncatedBody,
  unauthorized,
  wrongContentType,
} from './faults/faults.ts'
export { type FaultPlan, type Injection, type PlannedFault, parsePlan } from './faults/plan.ts'
export { PlanError } from './faults/plan-error.ts'
export { type BuiltInName, builtInInvariants, type InvariantTuning, type Off } from './invariants/built-in.ts'
export type { Invariant, SettledInvariant } from './invariants/invariant.ts'
export {
  assertExchanged,
  assertNoUnusedFaults,
  assertReusedConnections,
  assertSettled,
} from './scenario/assertions.ts'
export type { ExchangeQuery } from './scenario/exchange-query.ts'
export type { Judgeable } from './scenario/judgeable.ts'
export type { Judgement, ReuseOptions } from './scenario/judgements.ts'
export { type Matcher, worldMatchers } from './scenario/matchers.ts'
export { scenario } from './scenario/scenario.ts'
export { ScenarioError } from './scenario/scenario-error.ts'
export type { All, JudgingContext, PlayContext, Scenario, ScenarioContext, ScenarioOptions } from './scenario/types.ts'
export type {
  DeliveryRecord,
  ExchangeRecord,
  Journal,
  JournalRecord,
  NoteRecord,
  StrikePoint,
} from './simulator/journal.ts'
export type {
  IntentRecord,
  IntentResult,
  Reproducibility,
  SimulatorHandle,
  Simulators,
  World,
  WorldOptions,
} from './world/types.ts'
export { createWorld } from './world/world.ts'
export { WorldError } from './world/world-error.ts'
