// What makes a stand-in look like one site: strings of markup, and the few moments at which they change.

/**
 * @typedef {object} Site
 * @property {string} host
 * @property {string} newChat The path of a new chat.
 * @property {string} path The path of a conversation, before its id.
 * @property {string} chat The page.
 * @property {string} composer Finds the editor.
 * @property {string} send
 * @property {boolean} sendWhenEmpty Whether there is a send button without a text.
 * @property {string} stop
 * @property {string} list Finds the list of messages.
 * @property {string} body Finds the place of an answer's text.
 * @property {number} settleMs How long an answer is busy after its last word.
 * @property {(id: number, text: string) => string} question
 * @property {(id: number) => string} answer
 * @property {(id: number) => string} [within] Finds the row that an answer goes into; else it is a row of its own.
 * @property {(answer: Element, id: number) => void} [named] Gives an answer its own name, once some of it is there.
 * @property {(answer: Element) => void} ended
 * @property {(text: string, language: string, growing: boolean) => string} fence Drawn by the server; it may look otherwise once the answer is at rest.
 */
export {};
