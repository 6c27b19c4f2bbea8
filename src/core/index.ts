/**
 * The runtime integration core: what production code calls a provider through.
 *
 * @module stuntdouble/core
 */
export type { Headers } from '../http/exchange.ts'
export { headerOf } from '../http/messages.ts'
export type { CallOptions, CallResult } from './caller.ts'
export { type Client, type ClientOptions, createClient, type SharedWork } from './client.ts'
export { Deadline } from './deadline.ts'
export {
  type Applied,
  IntegrationError,
  type IntegrationErrorCode,
  type IntegrationErrorInit,
} from './errors.ts'
export {
  type Ask,
  type CallInput,
  type Operation,
  type OperationEffect,
  operation,
  type QueryValues,
  type Reconcile,
  type Reconciled,
  type Schema,
} from './operation.ts'
export type { Provider, RateWindow, ReplyFacts, Verdict, WindowTold } from './provider.ts'
export { type ClientSettings, clientDefaults, type SettledSettings } from './settings.ts'
