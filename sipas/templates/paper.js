// Inlined into the page on which a paper form is typed. Enter goes to the next field, codes show what they mean, and
// what was typed is kept on the server while it is typed. Without it the page is whole all the same.
(function () {
  "use strict";
  const KEEP_EVERY_MS = 10000;
  const form = /** @type {HTMLFormElement} */ (document.querySelector("form.entry"));
  const state = /** @type {HTMLElement} */ (document.getElementById("page:state"));
  const typed = /** @type {HTMLElement} */ (document.getElementById("page:typed"));
  const said = form.dataset;
  let changed = false, sending = false, sure = false;

  /** @returns {(HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[]} */
  function fields() {
    return Array.from(form.querySelectorAll("input:not([type=hidden]),textarea,select"));
  }

  /** @param {HTMLInputElement} input */
  function showMeaning(input) {
    const block = /** @type {HTMLElement | null} */ (input.closest(".block"));
    const meaning = input.closest(".question")?.querySelector(".meaning");
    if (!block || !meaning || input.closest(".beside")) return;
    /** @type {Record<string, string>} */
    const words = JSON.parse(block.dataset.codes || "{}");
    const codes = codesOf(input.value.trim(), block, words);
    const unknown = codes.filter((code) => !(code in words));
    const isPlain = !Object.keys(words).length || /^([.,/-]|x|na)$/i.test(input.value.trim());
    const fault = !isPlain && unknown.length > 0;
    meaning.textContent = isPlain ? "" : fault ? `${said.unknown} ${unknown[0]}` : codes.map((code) => words[code]).join("; ");
    meaning.classList.toggle("unknown", fault);
  }

  /**
   * @param {string} value
   * @param {HTMLElement} block
   * @param {Record<string, string>} words
   */
  function codesOf(value, block, words) {
    if (!value) return [];
    if (!("several" in block.dataset)) return [value];
    const parts = value.split(/[\s,;+]+/).filter(Boolean);
    return Object.keys(words).length < 10 ? parts.join("").split("") : parts;
  }

  function showProgress() {
    const questions = Array.from(form.querySelectorAll(".question > input, .question > textarea"));
    const done = questions.filter((one) => /** @type {HTMLInputElement} */ (one).value.trim()).length;
    typed.textContent = (said.typed || "").replace("%n", String(done)).replace("%m", typed.dataset.total || "");
  }

  /** @param {string} text */
  function show(text) { state.textContent = text; }

  /** Keeps a draft on the server. @returns {Promise<number>} the status; 0: no connection */
  async function keep() {
    sending = true;
    changed = false;
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    body.set("do:", "draft");
    const status = await fetch(form.getAttribute("action") || "", { method: "POST", body }).then((answer) => answer.status, () => 0);
    sending = false;
    if (status !== 204) changed = true;
    show(status === 204 ? "" : status === 401 ? said.over || "" : status === 409 ? said.elsewhere || "" : said.away || "");
    return status;
  }

  function keepIfChanged() { if (changed && !sending) keep(); }

  /** @param {KeyboardEvent} event */
  function goOn(event) {
    const here = /** @type {HTMLElement} */ (event.target);
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || here.tagName === "BUTTON") return;
    if (here.tagName === "TEXTAREA" && event.shiftKey) return; // a new line
    const all = fields(), place = all.indexOf(/** @type {HTMLInputElement} */ (here));
    if (place < 0) return;
    event.preventDefault();
    const next = all[place + (event.shiftKey ? -1 : 1)];
    if (!next) {
      /** @type {HTMLElement} */ (form.querySelector(".bar .button")).focus();
      return;
    }
    next.focus();
    if ("select" in next) next.select();
  }

  /** The page is left only when the server has what was typed. @param {SubmitEvent} event */
  async function send(event) {
    if (sure) return;
    event.preventDefault();
    const status = await keep();
    if (status === 0 || status >= 500) return show(said.away || "");
    sure = true;
    changed = false;
    form.requestSubmit(/** @type {HTMLElement | null} */ (event.submitter));
  }

  form.addEventListener("input", (event) => {
    changed = true;
    showProgress();
    if (event.target instanceof HTMLInputElement) showMeaning(event.target);
  });
  form.addEventListener("keydown", goOn);
  form.addEventListener("submit", send);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keepIfChanged(); });
  addEventListener("online", keepIfChanged);
  addEventListener("pageshow", () => { sure = false; showProgress(); });
  addEventListener("beforeunload", (event) => { if (changed && !sure) event.preventDefault(); });
  setInterval(keepIfChanged, KEEP_EVERY_MS);
  form.querySelectorAll(".question > input").forEach((one) => showMeaning(/** @type {HTMLInputElement} */ (one)));
  showProgress();
  /** @type {HTMLElement} */ (document.getElementById("page:kept")).hidden = false;
})();
