import { setTimeout as wait } from 'node:timers/promises'
import axios from 'axios'

const callsMax = 3

/** Leaves a note on a card, once: a call whose reply was lost is not made again before Trello was asked. */
export async function leaveNote({ key, token }, card, text) {
  const trello = axios.create({ baseURL: 'https://api.trello.com/1', timeout: 10_000, params: { key, token } })
  const notes = async () => {
    const { data } = await trello.get(`/cards/${card}/actions`, { params: { filter: 'commentCard' } })
    return data
  }
  for (let call = 1; ; call++) {
    try {
      const { data } = await trello.post(`/cards/${card}/actions/comments`, undefined, { params: { text } })
      return data.id
    } catch (error) {
      // Trello has answered: it means what it says.
      if (error.response || call === callsMax) throw error
      await wait(1_000 * call)
      const left = (await notes()).find((note) => note.data.text === text)
      if (left) return left.id
    }
  }
}
