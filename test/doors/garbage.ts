/** What is no HTTP, and what Node's parser says of it. */
export const garbage = {
  garbled: { bytes: 'this is not HTTP\r\n\r\n', says: 'Expected HTTP/, RTSP/ or ICE/' },
  'garbled-body': { bytes: 'this is no chunk\r\n', says: 'Invalid character in chunk size' },
} as const
