/** Starts the app. If files are missing or the start fails, shows a message and reloads. */
const TABLET_RELOAD_MS = 30_000;

import("./app.js").then((app) => app.boot()).catch(async (problem) => {
  console.error(problem);
  const broken = /** @type {HTMLTemplateElement} */ (document.getElementById("broken"));
  document.getElementById("app")?.replaceChildren(broken.content.cloneNode(true));
  setTimeout(() => location.reload(), TABLET_RELOAD_MS);
  const { renew } = await import("../kiosk/updates.js");
  await renew(() => true);
});
