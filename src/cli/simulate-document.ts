import * as z from 'zod'

/** What `stuntdouble simulate --json` prints once it is ready, in one line. */
export interface SimulateDocument {
  readonly format: 'stuntdouble-simulate/1'
  readonly version: string
  readonly pid: number
  /** `http://127.0.0.1:4010` */
  readonly origin: string
  /** Base URL of the control API; it asks for the token that the command was given, if any. */
  readonly control: string
  readonly openapi: string
  readonly host: string
  readonly port: number
  readonly seed: number | string
  readonly limits: 'documented' | 'off'
  /** Path of the certificate that clients have to trust, PEM; `null` for plain HTTP. */
  readonly certificate: string | null
  readonly providers: Readonly<
    Record<
      string,
      {
        /** Base URL, in place of the provider's own origin. */
        readonly url: string
        /** Origins that it stands for. */
        readonly origins: readonly string[]
        readonly credentials: Readonly<Record<string, string>>
        /** URL of a first call that answers something. */
        readonly firstCall: string
      }
    >
  >
}

/** Schema of what `stuntdouble simulate --json` prints. */
export const simulateDocument: z.ZodType<SimulateDocument> = z.strictObject({
  format: z.literal('stuntdouble-simulate/1'),
  version: z.string(),
  pid: z.int(),
  origin: z.url(),
  control: z.url(),
  openapi: z.url(),
  host: z.string(),
  port: z.int().min(1).max(65_535),
  seed: z.union([z.int(), z.string()]),
  limits: z.enum(['documented', 'off']),
  certificate: z.string().nullable(),
  providers: z.record(
    z.string(),
    z.strictObject({
      url: z.url(),
      origins: z.array(z.url()),
      credentials: z.record(z.string(), z.string()),
      firstCall: z.url(),
    }),
  ),
})
