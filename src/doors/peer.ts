/** A package that a door of this one needs, and that is not installed. */
export class MissingPeerError extends Error {
  override readonly name = 'MissingPeerError'
  readonly code = 'peer_missing'
}

/**
 * Loads what needs an optional peer. A static import would fail before any of our code ran, and only name the package.
 *
 * @param door  What somebody imported: `stuntdouble/msw`.
 * @param peer  Name of the package, and its major version.
 * @throws MissingPeerError  when it is not installed, with the command that installs it
 */
export async function withPeer<Module>(
  door: string,
  peer: { readonly name: string; readonly major: number },
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    if (!isMissing(error, peer.name)) throw error
    const install = `npm install --save-dev ${peer.name}@${peer.major}`
    throw new MissingPeerError(`${door} needs the package ${peer.name}, which is not installed: ${install}`, {
      cause: error,
    })
  }
}

/** Not so when the peer itself misses something: that is for its own error to say. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message = '' } = error as { readonly code?: unknown; readonly message?: string }
  return /^(?:ERR_)?MODULE_NOT_FOUND$/.test(String(code)) && new RegExp(`Cannot find \\w+ '${name}'`).test(message)
}
