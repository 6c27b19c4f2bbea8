import { expect } from 'vitest'
import { IntegrationError } from '../../src/core/index.ts'

/** How a call fails; a test fails when it does not, or fails with anything else. */
export async function failureOf(call: Promise<unknown>): Promise<IntegrationError> {
  const error: unknown = await call.then(
    (value) => ({ succeededWith: value }),
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(IntegrationError)
  return error as IntegrationError
}
