// Text as it may stand in markup. The stand-ins draw with strings, as their sites' servers once did; nothing here is served to anybody
// but a test's own browser.

/** @param {string} text */
export const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
