/** Requests full screen, unless the browser was started that way. Browsers allow it only after a touch. */
export function fillScreen() {
  if (document.fullscreenElement || !matchMedia("(display-mode: browser)").matches) return;
  void document.documentElement.requestFullscreen?.({ navigationUI: "hide" }).catch(console.warn);
}

export function leaveFullScreen() {
  if (document.fullscreenElement) void document.exitFullscreen();
}
