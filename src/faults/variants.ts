import type { OperationInfo } from '../simulator/definition.ts'
import type { CallFaultName, DeliveryFaultName, FaultName } from '../simulator/fault-names.ts'
import { completeFault, deliveryFaultNames } from './catalogue.ts'
import type { CallFault, DeliveryFault, Fault } from './fault.ts'

/** Methods that whatever lies between client and server may repeat by itself (RFC 9110, section 9.2.2). */
const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])

const statuses = [500, 502, 503, 504] as const
const whens = ['before', 'after'] as const
const changes = ['missing', 'null', 'type', 'enum', 'extra'] as const

/**
 * Every form of a fault that makes sense at an operation; none where it makes no sense: a read is never too late for
 * an effect, and only a read can be stale.
 */
export function callVariants(operation: OperationInfo, name: CallFaultName): readonly CallFault[] {
  const reads = operation.effect === undefined
  const moments = reads ? (['before'] as const) : whens
  const complete = (given: object): CallFault => completeFault({ fault: name, ...given } as Fault) as CallFault
  switch (name) {
    case 'rate-limited':
      return [complete({}), complete({ retryAfterS: 7 })]
    case 'server-error':
      return statuses.flatMap((status) => moments.map((when) => complete({ status, when })))
    case 'hang':
      return moments.map((when) => complete({ when }))
    case 'latency':
      return [complete({ ms: 2_000 }), complete({ ms: 45_000 })]
    case 'slow-body':
      return [complete({ chunks: 4, intervalMs: 500 }), complete({ chunks: 10, intervalMs: 20_000 })]
    case 'truncated-body':
      return [complete({ keep: 0 }), complete({ keep: 0.5 })]
    case 'garbled-reply':
      return [complete({ where: 'head' }), complete({ where: 'body' })]
    case 'schema-drift':
      return changes.map((change) => complete({ change }))
    case 'stale-read':
      return reads ? [complete({})] : []
    case 'call-duplicated':
      return repeatable.has(operation.method) ? [complete({})] : []
    default:
      return [complete({})]
  }
}

/** Every form of a fault on a delivery. */
export function deliveryVariants(name: DeliveryFaultName): readonly DeliveryFault[] {
  return [completeFault({ fault: name }) as DeliveryFault]
}

/** Every form of every named fault that strikes calls of an operation. */
export function variantsAt(operation: OperationInfo, names: readonly FaultName[]): readonly CallFault[] {
  return names.flatMap((name) => (isDeliveryFault(name) ? [] : callVariants(operation, name)))
}

/** Every form of every named fault that strikes deliveries. */
export function variantsOfDeliveries(names: readonly FaultName[]): readonly DeliveryFault[] {
  return names.flatMap((name) => (isDeliveryFault(name) ? deliveryVariants(name) : []))
}

const onDeliveries: ReadonlySet<string> = new Set(deliveryFaultNames)

function isDeliveryFault(name: FaultName): name is DeliveryFaultName {
  return onDeliveries.has(name)
}
