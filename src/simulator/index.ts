/**
 * The kit that simulators are built with: `defineSimulator`, the types of what it takes, and the replies it gives.
 *
 * @module stuntdouble/simulator
 */
export type { Call, Exchange, Headers, Outcome, Reply } from '../http/exchange.ts'
export {
  bytesOf,
  type CallInit,
  callOf,
  type Fields,
  headerOf,
  jsonReply,
  textOf,
  textReply,
} from '../http/messages.ts'
export type {
  CallContext,
  Clock,
  EffectNote,
  Ids,
  OperationContext,
  OperationSpec,
  PathParams,
  SimulatorContext,
} from './context.ts'
export { defineSimulator, type SimulatorFactory } from './define-simulator.ts'
export type {
  Check,
  Effect,
  ErrorEntry,
  Handled,
  OperationBuilder,
  OperationDefinition,
  OperationInfo,
  Simulator,
  SimulatorDefinition,
  SimulatorHost,
  SimulatorInstance,
  SimulatorOptions,
  StateSeed,
} from './definition.ts'
export type { CallFaultName, DeliveryFaultName, FaultName, Refusal } from './fault-names.ts'
export type { UploadedFile } from './input.ts'
export type { LimitAlgorithm, LimitContext, LimitRule, LimitsOption, LimitVerdict } from './limits.ts'
export { createRandom, type Random, type RandomPosition } from './random.ts'
export type { DeliveryResult, Subscription, WebhookEvent, WebhooksDefinition } from './webhooks.ts'
