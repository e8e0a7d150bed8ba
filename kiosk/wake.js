/** Keeps the screen on, where the browser can: a dark screen does not invite. It lets go whenever the page is hidden. */
export function stayAwake() {
  const ask = () => {
    if (document.visibilityState === "visible") void navigator.wakeLock?.request("screen").catch(console.warn);
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
