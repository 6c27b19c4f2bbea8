import assert from 'node:assert/strict'
import type { OperationContext } from './context.ts'
import type {
  OperationBuilder,
  OperationDefinition,
  OperationInfo,
  Simulator,
  SimulatorDefinition,
  SimulatorOptions,
} from './definition.ts'
import { openInstance } from './instance.ts'
import { compileRoutes } from './routes.ts'

/** Makes a simulator from its options. Each call gives a value of its own; each world opens it anew. */
export type SimulatorFactory<
  Name extends string,
  State extends object,
  OperationName extends string,
  View extends object,
  Options,
> = (options?: Options & SimulatorOptions) => Simulator<Name, State, OperationName, View>

/**
 * Defines the double of a provider. What it returns is called with options and gives the simulator:
 * `const acme = acmePromotions({ limits: 'off' })`.
 *
 * @throws AssertionError  when an operation's route is not `METHOD /path`, or an origin is no origin
 *
 * @example
 * import { defineSimulator, jsonReply } from 'stuntdouble/simulator'
 *
 * export const speakingClock = defineSimulator({
 *   name: 'speaking-clock',
 *   version: '1',
 *   origins: ['https://clock.example'],
 *   state: () => ({}),
 *   errors: {},
 *   faults: ['hang'],
 *   operations: (operation) => ({
 *     tell: operation('GET /time', {}, ({ clock }) => jsonReply(200, { time: clock.now() })),
 *   }),
 * })
 */
export function defineSimulator<
  const Name extends string,
  State extends object,
  ErrorName extends string,
  OperationName extends string,
  Principal = undefined,
  View extends object = Record<never, never>,
  Options = unknown,
>(
  definition: SimulatorDefinition<Name, State, ErrorName, OperationName, Principal, View, Options>,
): SimulatorFactory<Name, State, OperationName, View, Options> {
  const { name, version, origins, faults } = definition
  for (const origin of origins) {
    assert(
      URL.canParse(origin) && new URL(origin).origin === origin,
      `Simulator ${name}: "${origin}" is no origin; write scheme and host only.`,
    )
  }
  const declared = definition.operations(buildOperation as OperationBuilder<State, ErrorName, Principal>)
  const operations = {} as Record<OperationName, OperationInfo>
  const routed = Object.entries<OperationDefinition>(declared).map(([operationName, operation]) => {
    const { method, template, spec } = operation
    const info: OperationInfo = { name: operationName, method, template, ...(spec.effect && { effect: spec.effect }) }
    operations[operationName as OperationName] = info
    return { ...operation, name: operationName, info }
  })
  const routes = compileRoutes(routed)
  const topics = definition.webhooks ? definition.webhooks.topics : []

  return (options) => {
    const simulator: Simulator<Name, State, OperationName, View> = {
      name,
      version,
      origins,
      faults,
      operations,
      ...(topics && { topics }),
      open: (host) => openInstance({ simulator, definition: erased(definition), routes, options: options ?? {}, host }),
    }
    return simulator
  }
}

/** An instance works on any definition: what it hands to a hook is what the same definition made. */
function erased<State extends object, View extends object>(
  definition: unknown,
): SimulatorDefinition<string, State, string, string, unknown, View, unknown> {
  return definition as SimulatorDefinition<string, State, string, string, unknown, View, unknown>
}

function buildOperation(
  route: string,
  spec: OperationDefinition['spec'],
  handle: (
    ctx: OperationContext<unknown, string, unknown, unknown, unknown, unknown, unknown>,
  ) => ReturnType<OperationDefinition['handle']>,
): OperationDefinition {
  const { method, template } = /^(?<method>[A-Z]+) (?<template>\/\S*)$/.exec(route)?.groups ?? {}
  assert(method !== undefined && template !== undefined, `An operation's route is "METHOD /path"; got "${route}".`)
  return { method, template, spec, handle: handle as OperationDefinition['handle'] }
}
