import { describe, expect, test } from 'vitest'
import { callFaultNames, completeFault, deliveryFaultNames, schemaNamed } from '../../src/faults/catalogue.ts'
import { callVariants, deliveryVariants, variantsAt, variantsOfDeliveries } from '../../src/faults/variants.ts'
import type { OperationInfo } from '../../src/simulator/definition.ts'

const operation = (over: Partial<OperationInfo> = {}): OperationInfo => ({
  name: 'read',
  method: 'GET',
  template: '/v1',
  ...over,
})
const reads = operation()
const posts = operation({ method: 'POST', effect: 'create' })
const puts = operation({ method: 'PUT', effect: 'update' })

describe('the forms of a fault at an operation', () => {
  test('are complete faults, each of them once', () => {
    for (const info of [reads, posts, puts]) {
      for (const name of callFaultNames) {
        const forms = callVariants(info, name)
        for (const form of forms) expect(schemaNamed(name).parse(form)).toEqual(form)
        expect(new Set(forms.map((form) => JSON.stringify(form))).size, name).toBe(forms.length)
      }
    }
    for (const name of deliveryFaultNames) expect(deliveryVariants(name)).toEqual([completeFault({ fault: name })])
  })

  test('strike before and after the effect where there is one', () => {
    expect(callVariants(reads, 'server-error')).toHaveLength(4)
    expect(callVariants(posts, 'server-error')).toHaveLength(8)
    expect(callVariants(reads, 'hang')).toEqual([{ fault: 'hang', when: 'before' }])
    expect(callVariants(posts, 'hang')).toHaveLength(2)
  })

  test('are none where the fault makes no sense', () => {
    expect(callVariants(posts, 'stale-read')).toEqual([])
    expect(callVariants(reads, 'stale-read')).toHaveLength(1)
    expect(callVariants(posts, 'call-duplicated')).toEqual([])
    expect(callVariants(puts, 'call-duplicated')).toHaveLength(1)
    expect(callVariants(operation({ method: 'PATCH', effect: 'update' }), 'call-duplicated')).toEqual([])
  })

  test('include a wait that the provider asks for, a deadline that passes, and every drift', () => {
    expect(callVariants(reads, 'rate-limited')).toContainEqual({ fault: 'rate-limited', retryAfterS: 7 })
    expect(Math.max(...callVariants(reads, 'latency').map((form) => ('ms' in form ? form.ms : 0)))).toBeGreaterThan(
      30_000,
    )
    expect(callVariants(reads, 'schema-drift')).toHaveLength(5)
  })
})

test('the faults of a provider part into those on calls and those on deliveries', () => {
  const names = ['lost', 'hang', 'duplicated', 'latency'] as const
  expect(variantsAt(reads, names).map(({ fault }) => fault)).toEqual(['hang', 'latency', 'latency'])
  expect(variantsOfDeliveries(names).map(({ fault }) => fault)).toEqual(['lost', 'duplicated'])
})
