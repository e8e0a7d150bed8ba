/**
 * The operator's PIN as a slow hash: the terminal must check it without a network.
 *
 * @typedef {{salt: string, rounds: number, hash: string}} Pin salt and hash in hexadecimal; PBKDF2 with SHA-256
 */

/**
 * @param {Pin} pin
 * @param {string} typed
 * @returns {Promise<boolean>}
 */
export async function fits(pin, typed) {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(typed), "PBKDF2", false, ["deriveBits"]);
  const slow = { name: "PBKDF2", hash: "SHA-256", salt: bytes(pin.salt), iterations: pin.rounds };
  const derived = new Uint8Array(await crypto.subtle.deriveBits(slow, key, 256));
  return Array.from(derived, (byte) => byte.toString(16).padStart(2, "0")).join("") === pin.hash;
}

/** @param {string} hexadecimal */
function bytes(hexadecimal) {
  return Uint8Array.from(hexadecimal.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
