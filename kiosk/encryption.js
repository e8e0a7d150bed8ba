/**
 * Encrypts answers while they wait on disk (AES-256-GCM). All waiting answers share one key. When nothing waits
 * any more, the key is overwritten and replaced, so that remnants of sent answers stay unreadable.
 *
 * @typedef {import("./survey.js").Submission} Submission
 * @typedef {{number: number, key: CryptoKey}} Key
 * @typedef {object} EncryptedSubmission a row as stored; its first fields are readable without the key
 * @property {string} id
 * @property {string} started_at
 * @property {string} submitted_at
 * @property {number} [sequence]
 * @property {import("./dating.js").Mark} [undated]
 * @property {number} key the number of its key
 * @property {Uint8Array<ArrayBuffer>} iv
 * @property {ArrayBuffer} sealed the encrypted rest
 */
const ALGORITHM = "AES-GCM";

/** The file that holds the key; see key_file.js. */
export class KeyFile {
  #address;
  #name;
  /** @type {Worker | null} */
  #worker = null;
  #calls = 0;
  /** @type {Map<number, {resolve: (found: any) => void, reject: (problem: Error) => void}>} */
  #waiting = new Map();

  /**
   * @param {URL} [address] of the worker key_file.js
   * @param {string} [name] of the file
   */
  constructor(address = new URL("key_file.js", import.meta.url), name = "sipas-key") {
    this.#address = address;
    this.#name = name;
  }

  /**
   * @param {number} number
   * @returns {Promise<Key | null>} null: there is no key with this number
   */
  async read(number) {
    const raw = await this.#call("read", number);
    return raw && { number, key: await imported(raw) };
  }

  /**
   * Creates a key. It is on disk before it is used.
   * @param {number} number
   * @returns {Promise<Key>}
   */
  async write(number) {
    const raw = crypto.getRandomValues(new Uint8Array(32));
    const key = await imported(raw);
    await this.#call("write", number, raw);
    return { number, key };
  }

  /** @param {number} number */
  async erase(number) {
    await this.#call("erase", number);
  }

  /**
   * @param {"read" | "write" | "erase"} act
   * @param {number} number
   * @param {Uint8Array} [key]
   * @returns {Promise<any>}
   */
  #call(act, number, key) {
    this.#worker ??= this.#start();
    const call = (this.#calls += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#worker?.postMessage({ call, act, number, key });
    });
  }

  #start() {
    const worker = new Worker(this.#address, { name: this.#name });
    worker.onmessage = ({ data: { call, found, problem } }) => {
      const caller = this.#waiting.get(call);
      this.#waiting.delete(call);
      if (problem) caller?.reject(new Error(problem));
      else caller?.resolve(found);
    };
    worker.onerror = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the key file cannot be used"));
      this.#waiting.clear();
      this.#worker = null;
    };
    return worker;
  }
}

/** @param {Uint8Array<ArrayBuffer>} raw */
function imported(raw) {
  return crypto.subtle.importKey("raw", raw, ALGORITHM, false, ["encrypt", "decrypt"]);
}

/**
 * @param {Submission} submission
 * @param {Key} key
 * @returns {Promise<EncryptedSubmission>}
 */
export async function encrypt(submission, { number, key }) {
  const { id, started_at, submitted_at, sequence, undated, ...rest } = submission;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(rest));
  const sealed = await crypto.subtle.encrypt({ name: ALGORITHM, iv, additionalData: bytes(id) }, key, text);
  const open = { id, started_at, submitted_at, ...(sequence && { sequence }), ...(undated && { undated }) };
  return { ...open, key: number, iv, sealed };
}

/**
 * Decrypts a row. Rejects if it was encrypted with another key.
 * @param {EncryptedSubmission} row
 * @param {Key} key
 * @returns {Promise<Submission>}
 */
export async function decrypt({ key: _, iv, sealed, ...open }, { key }) {
  const text = await crypto.subtle.decrypt({ name: ALGORITHM, iv, additionalData: bytes(open.id) }, key, sealed);
  return { ...JSON.parse(new TextDecoder().decode(text)), ...open };
}

/** @param {string} text */
function bytes(text) {
  return new TextEncoder().encode(text);
}
