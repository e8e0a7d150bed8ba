/** Starts the app. Where it does not come whole, or does not start, this says so and begins anew. */
const RELOAD = 30_000; // ms

import("./app.js").then((app) => app.boot()).catch(async (problem) => {
  console.error(problem);
  const broken = /** @type {HTMLTemplateElement} */ (document.getElementById("broken"));
  document.getElementById("kiosk")?.replaceChildren(broken.content.cloneNode(true));
  setTimeout(() => location.reload(), RELOAD);
  const { renew } = await import("./updates.js");
  await renew(() => true);
});
