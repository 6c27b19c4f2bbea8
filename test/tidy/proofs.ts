import { docstringProofs } from './proofs/docstrings.ts'
import { itselfProofs } from './proofs/itself.ts'
import { layoutProofs } from './proofs/layout.ts'
import type { Proof } from './proofs/proof.ts'
import { shapeProofs } from './proofs/shape.ts'
import { testProofs } from './proofs/tests.ts'
import { timeAndChanceProofs } from './proofs/time-and-chance.ts'
import type { rules } from './rules.ts'

/** A proof for every rule, so that none can be green because it sees nothing. */
export const proofs: { readonly [Name in keyof typeof rules]: Proof } = {
  ...layoutProofs,
  ...shapeProofs,
  ...timeAndChanceProofs,
  ...docstringProofs,
  ...testProofs,
  ...itselfProofs,
}
