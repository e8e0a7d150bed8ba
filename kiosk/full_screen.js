/** Fills the screen, where the browser was not started that way; only a touch may ask for it. */
export function fillScreen() {
  if (document.fullscreenElement || !matchMedia("(display-mode: browser)").matches) return;
  void document.documentElement.requestFullscreen?.({ navigationUI: "hide" }).catch(console.warn);
}

export function leaveFullScreen() {
  if (document.fullscreenElement) void document.exitFullscreen();
}
