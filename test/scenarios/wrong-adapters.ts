import type { NewWorkItem, ProceedOptions, WorkItem } from 'stuntdouble/providers/trello'
import { trelloCredentials } from 'stuntdouble/simulators/trello'
import { type Asked, again, CallFailed, HandMade } from './hand-made.ts'

const busy = ({ status }: CallFailed): boolean => status === undefined || status === 429 || status >= 500

/** Repeats whatever failed, creations too. */
export class RetriesBlindly extends HandMade {
  protected override send(asked: Asked): Promise<unknown> {
    return again({ callsMax: 3, waitMs: 1_000, isTransient: busy }, () => super.send(asked))
  }
}

/** Waits for as long as the transport does. */
export class HasNoDeadline extends HandMade {
  protected override request(asked: Asked): RequestInit {
    return { ...super.request(asked), signal: null }
  }
}

/** Comes back after a second, whatever it was told. */
export class IgnoresRetryAfter extends HandMade {
  protected override send(asked: Asked): Promise<unknown> {
    const isTransient = ({ status }: CallFailed): boolean => status === 429
    return again({ callsMax: 3, waitMs: 1_000, isTransient, obeys: false }, () => super.send(asked))
  }
}

/** Reads every card anew, all at once, when one move has failed. */
export class FloodsAfterFailure extends HandMade {
  override async proceedTo(from: string, to: string, options: ProceedOptions): Promise<WorkItem> {
    try {
      return await super.proceedTo(from, to, options)
    } catch (error) {
      const cards = await this.cardsOfBoard()
      await Promise.all(cards.map(({ id }) => this.send({ method: 'GET', path: `/cards/${id}` })))
      throw error
    }
  }
}

/** Takes every move for done. */
export class SwallowsErrors extends HandMade {
  override async proceedTo(from: string, to: string, options: ProceedOptions): Promise<WorkItem> {
    return super.proceedTo(from, to, options).catch(() => ({ id: options.item, name: '', description: '', stage: to }))
  }
}

/** Knows no end of a failure that may pass. */
export class RetriesForEver extends HandMade {
  protected override send(asked: Asked): Promise<unknown> {
    return again({ callsMax: Number.POSITIVE_INFINITY, waitMs: 5_000, isTransient: busy }, () => super.send(asked))
  }
}

/** Hopes that credentials which are refused will be accepted later. */
export class TakesRefusedCredentialsForTransient extends HandMade {
  protected override send(asked: Asked): Promise<unknown> {
    const isTransient = ({ status }: CallFailed): boolean => status === 401
    return again({ callsMax: 20, waitMs: 2_000, isTransient }, () => super.send(asked))
  }
}

/** Reads as much of a list as came, and takes it for the whole. */
export class TrustsTruncatedBodies extends HandMade {
  protected override async parsed(asked: Asked, reply: Response): Promise<unknown> {
    let text = ''
    const decoder = new TextDecoder()
    try {
      for await (const chunk of reply.body ?? []) text += decoder.decode(chunk, { stream: true })
      return JSON.parse(text)
    } catch (error) {
      if (asked.method !== 'GET') throw new CallFailed(asked, String(error))
      // Some of it is better than nothing.
      return []
    }
  }
}

/** Makes a new key for each further try, which then does not find the card of the one before. */
export class ChangesTheKey extends HandMade {
  protected override findOrCreate(stage: string, item: NewWorkItem): Promise<WorkItem> {
    let tries = 0
    return again({ callsMax: 3, waitMs: 1_000, isTransient: busy }, () => {
      const key = tries++ === 0 ? (item.key ?? '') : `${item.key}-try-${tries}`
      return super.findOrCreate(stage, { ...item, key })
    })
  }
}

/** Puts credentials into addresses, and addresses into errors. */
export class LeaksCredentials extends HandMade {
  protected override send(asked: Asked): Promise<unknown> {
    const { key, token } = trelloCredentials
    const path = `${asked.path}?key=${key}&token=${token}`
    return super.send({ ...asked, path })
  }
}

/** Throws what is no error. */
export class ThrowsText extends HandMade {
  protected override send(asked: Asked): Promise<unknown> {
    return super.send(asked).catch(({ message }: Error) => {
      throw message
    })
  }
}

/** Does not wait for what it starts. */
export class StartsAndForgets extends HandMade {
  override async proceedTo(from: string, to: string, options: ProceedOptions): Promise<WorkItem> {
    void super.proceedTo(from, to, options)
    return { id: options.item, name: '', description: '', stage: to }
  }
}

/** Looks whether the card is there, then makes it: two who look at once both make one. */
export class LooksThenLeaps extends HandMade {
  override add(stage: string, item: NewWorkItem): Promise<WorkItem> {
    return this.findOrCreate(stage, item)
  }
}
