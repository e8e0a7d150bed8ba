/** The mark of a preview, in each language. It covers nothing that can be touched, and moves nothing. */
import { h } from "./dom.js";

const ID = "preview";

/**
 * Shows the mark, or removes it.
 * @param {import("./messages.js").Messages} messages
 * @param {boolean} shown
 */
export function markPreview(messages, shown) {
  document.getElementById(ID)?.remove();
  if (!shown) return;
  const words = messages.languages.map((language) => h("span", { lang: language }, messages.text(language, "preview.banner")));
  document.body.append(h("aside", { id: ID }, ...words));
}
