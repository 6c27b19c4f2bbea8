import { STATUS_CODES } from 'node:http'
import * as z from 'zod'

/** Why the control API did not do what it was asked. Stable: programs branch on it. */
export type ProblemCode =
  | 'json_malformed'
  | 'body_invalid'
  | 'body_too_large'
  | 'encoding_unknown'
  | 'query_invalid'
  | 'route_unknown'
  | 'method_unknown'
  | 'fault_unknown'
  | 'world_unknown'
  | 'world_exists'
  | 'world_is_first'
  | 'worlds_too_many'
  | 'token_missing'
  | 'token_wrong'
  | 'host_foreign'
  | 'origin_foreign'
  | 'failed'

const statuses: Readonly<Record<ProblemCode, number>> = {
  json_malformed: 400,
  query_invalid: 400,
  token_missing: 401,
  token_wrong: 401,
  origin_foreign: 403,
  route_unknown: 404,
  fault_unknown: 404,
  world_unknown: 404,
  method_unknown: 405,
  world_exists: 409,
  world_is_first: 409,
  body_too_large: 413,
  encoding_unknown: 415,
  host_foreign: 421,
  body_invalid: 422,
  failed: 500,
  worlds_too_many: 503,
}

/** One thing that does not fit, and where. */
export interface Misfit {
  /** Where it stands: `faults[0].on.provider`; the name of the whole when it is about that. */
  readonly path: string
  /** What was given, and what would be right. */
  readonly message: string
}

/** What a refused request is answered with: RFC 9457, where `about:blank` says that the status tells the kind. */
export interface ProblemDocument {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly code: ProblemCode
  readonly detail: string
  readonly errors?: readonly Misfit[] | undefined
}

/** A request that the control API does not carry out. Nothing of it has been applied. */
export class ControlProblem extends Error {
  override readonly name = 'ControlProblem'
  readonly code: ProblemCode
  readonly misfits: readonly Misfit[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: ProblemCode,
    detail: string,
    more: { readonly misfits?: readonly Misfit[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail)
    this.code = code
    this.misfits = more.misfits ?? []
    this.headers = more.headers ?? {}
  }

  /** HTTP status that goes with the code. */
  get status(): number {
    return statuses[this.code]
  }

  /** What goes over the wire. */
  toJSON(): ProblemDocument {
    const title = STATUS_CODES[this.status] ?? 'Error'
    const errors = this.misfits.length > 0 ? { errors: this.misfits } : {}
    return { type: 'about:blank', title, status: this.status, code: this.code, detail: this.message, ...errors }
  }
}

/** Codes that go with a status, in the order of the catalogue. */
export function codesOf(status: number): readonly ProblemCode[] {
  return (Object.keys(statuses) as ProblemCode[]).filter((code) => statuses[code] === status)
}

/** Makes a problem of complaints such as `faults[0].fault: got "lost-reply", which is no fault.` */
export function misfitProblem(
  code: 'body_invalid' | 'query_invalid',
  what: string,
  complaints: readonly string[],
): ControlProblem {
  const misfits = complaints.map((complaint): Misfit => {
    const [, path = what, message = complaint] = /^(\S+): (.*)$/s.exec(complaint) ?? []
    return { path, message }
  })
  return new ControlProblem(code, `The ${what} does not fit. Nothing has been changed.`, { misfits })
}

/** Schema of what a refused request is answered with. */
export const problemDocument: z.ZodType<ProblemDocument> = z.strictObject({
  type: z.literal('about:blank'),
  title: z.string().describe('The phrase of the status.'),
  status: z.int(),
  code: z.enum(Object.keys(statuses) as [ProblemCode, ...ProblemCode[]]).describe('Stable: programs branch on it.'),
  detail: z.string().describe('What went wrong and what to do, for people.'),
  errors: z
    .array(
      z.strictObject({
        path: z.string().describe('Where it stands: faults[0].on.provider'),
        message: z.string().describe('What was given, and what would be right.'),
      }),
    )
    .optional()
    .describe('Each thing that does not fit.'),
})
