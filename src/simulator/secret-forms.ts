/** Inner pieces of Base64 that are shorter than this are found by chance. */
const base64LengthMin = 8

/** Every form in which a secret may stand in a message: as it is, percent-encoded, escaped in JSON, within Base64. */
export function secretForms(secret: string): readonly string[] {
  const whole = secret.toWellFormed()
  const encoded = [encodeURIComponent(whole), encodeURI(whole), new URLSearchParams({ '': whole }).toString().slice(1)]
  const lowerCased = encoded.map((form) => form.replace(/%[0-9A-F]{2}/g, (triple) => triple.toLowerCase()))
  const forms = [secret, ...encoded, ...lowerCased, JSON.stringify(secret).slice(1, -1), ...base64Forms(whole)]
  return [...new Set(forms)]
}

/**
 * What Base64 of any text around the secret holds of it, wherever in a group of three bytes it starts: the characters
 * that the secret alone decides. `Basic` credentials are `user:secret` in Base64, for one.
 */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    const inner = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
    if (inner.length < base64LengthMin) return []
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')]
  })
}
