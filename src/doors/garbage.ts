/** What a door sends that is no HTTP, and what Node's parser says of it. */
interface Garbage {
  readonly bytes: string
  readonly says: string
}

/** In place of the head of a reply. */
export const noHttp: Garbage = {
  bytes: 'this is not HTTP\r\n\r\n',
  says: 'Expected HTTP/, RTSP/ or ICE/',
}

/** In place of the next chunk of a body. */
export const noChunk: Garbage = { bytes: 'this is no chunk\r\n', says: 'Invalid character in chunk size' }
