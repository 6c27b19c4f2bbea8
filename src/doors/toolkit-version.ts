import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Version of the toolkit: of its `package.json`, above the sources in a checkout and above `dist` in a package. */
export function toolkitVersion(): string {
  for (const up of ['../..', '../../..']) {
    try {
      const text = readFileSync(join(import.meta.dirname, up, 'package.json'), 'utf8')
      const { name, version } = JSON.parse(text) as { readonly name?: unknown; readonly version?: unknown }
      if (name === 'stuntdouble' && typeof version === 'string') return version
    } catch {
      // Not here: one directory up, then.
    }
  }
  return 'unknown'
}
