import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

const manifest = z.object({ name: z.literal('stuntdouble'), version: z.string() })

/** Version of the toolkit: of its `package.json`, above the sources in a checkout and above `dist` in a package. */
export function toolkitVersion(): string {
  for (const up of ['../..', '../../..']) {
    try {
      const found = manifest.safeParse(JSON.parse(readFileSync(join(import.meta.dirname, up, 'package.json'), 'utf8')))
      if (found.success) return found.data.version
    } catch {
      // Not here: one directory up, then.
    }
  }
  return 'unknown'
}
