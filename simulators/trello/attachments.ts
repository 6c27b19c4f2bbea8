import * as z from 'zod'
import { jsonReply, type OperationDefinition, type UploadedFile } from '../../src/simulator/index.ts'
import { type TrelloOperation, withCard } from './access.ts'
import { cardData, type Historian, happened, storeCard } from './history.ts'
import * as input from './input.ts'
import { attachmentModel } from './models.ts'
import { type Attachment, type Card, posStep } from './state.ts'

/** Names of the operations on files and links of a card. */
export type AttachmentOperation = 'cards.attach'

const attachmentsMax = 1_000

const AttachInput = z.object({
  url: z.url().optional(),
  file: input.file.optional(),
  name: z.string().max(256).optional(),
  mimeType: z.string().max(256).optional(),
  setCover: input.flag.optional(),
})

/** Operations on files and links of a card. */
export function attachmentOperations(
  operation: TrelloOperation,
): Readonly<Record<AttachmentOperation, OperationDefinition>> {
  return {
    'cards.attach': operation(
      'POST /1/cards/:id/attachments',
      { params: { id: input.boardOrCardId }, input: AttachInput, effect: 'create' },
      (ctx) =>
        withCard(ctx, (card) => {
          if (!ctx.input.url && !ctx.input.file) return ctx.fail('value_invalid', 'url')
          if (card.idAttachments.length >= attachmentsMax) return ctx.fail('too_many', 'attachments')
          return jsonReply(200, attachmentModel(attach(ctx, card, ctx.input)))
        }),
    ),
  }
}

/** What is put on a card: a file, or a link. */
export interface AttachmentWishes {
  readonly url?: string | undefined
  readonly file?: UploadedFile | undefined
  /** @defaultValue the file's name, else the link */
  readonly name?: string | undefined
  readonly mimeType?: string | undefined
  readonly setCover?: boolean | undefined
}

/** Puts a file or a link on a card. */
export function attach(ctx: Historian, card: Card, wishes: AttachmentWishes): Attachment {
  const { state, ids, clock, principal } = ctx
  const { file, url = '' } = wishes
  const id = ids.next()
  const name = wishes.name ?? file?.name ?? url
  const attachment: Attachment = {
    id,
    idCard: card.id,
    idMember: principal.idMember ?? '',
    name,
    url: file ? `https://trello.com/1/cards/${card.id}/attachments/${id}/download/${encodeURIComponent(name)}` : url,
    mimeType: wishes.mimeType ?? file?.type ?? '',
    fileName: file ? file.name : null,
    bytes: file ? file.bytes.length : null,
    isUpload: file !== undefined,
    date: new Date(clock.now()).toISOString(),
    pos: (card.idAttachments.length + 1) * posStep,
  }
  state.attachments.set(id, attachment)
  const idAttachmentCover = wishes.setCover ? id : card.idAttachmentCover
  const after = storeCard(ctx, { ...card, idAttachments: [...card.idAttachments, id], idAttachmentCover })
  const data = { ...cardData(state, after), attachment: { id, name, url: attachment.url } }
  happened(ctx, { type: 'addAttachmentToCard', data })
  ctx.effect({ what: 'attachment added', key: `${name} on ${card.name}` })
  return attachment
}
