// Inlined into surveys behind links and posters; written for browsers of 2015. Keeps what was answered as it is given,
// shows how much that is, the next question, and that answers are being sent. Without it the page is whole all the same.
(function () {
  "use strict";
  var form = document.forms[0];
  /** @type {XMLHttpRequest | null} */
  var sending = null;
  var changed = false, showing = 0;
  var send = /** @type {HTMLElement} */ (document.getElementById("Send")), label = send.textContent;
  /** @type {EventTarget | null} */
  var pressed = null;
  var busy = 0;

  function answers() {
    var given = form.querySelectorAll("input:checked,.box,textarea,[name=Page]"), pairs = ["Draft=1"];
    for (var i = 0; i < given.length; i++) {
      var input = /** @type {HTMLInputElement} */ (given[i]);
      if (input.value) pairs.push(encodeURIComponent(input.name) + "=" + encodeURIComponent(input.value));
    }
    return pairs.join("&");
  }

  function save() {
    if (form.className !== "drafts") return; // what is begun on a poster stays on the page
    changed = true;
    if (sending) return;
    changed = false;
    sending = new XMLHttpRequest();
    sending.open("POST", form.getAttribute("action") || ""); // form.action may be an item
    sending.setRequestHeader("content-type", "application/x-www-form-urlencoded");
    sending.onerror = function () { changed = true; };
    sending.onloadend = function () {
      var failed = sending && !sending.status;
      sending = null;
      if (changed && !failed) save();
    };
    sending.send(answers());
  }

  function showProgress() {
    var line = /** @type {HTMLElement} */ (document.getElementById("Progress"));
    var questions = form.querySelectorAll("fieldset"), all = questions.length, done = 0;
    for (var i = 0; i < all; i++) {
      var box = /** @type {HTMLInputElement | null} */ (questions[i].querySelector(".box,textarea"));
      if (questions[i].querySelector(":checked") || (box && box.value)) done++;
    }
    line.hidden = false;
    line.setAttribute("aria-valuemax", String(all));
    line.setAttribute("aria-valuenow", String(done));
    /** @type {HTMLElement} */ (line.firstChild).style.width = 100 * done / all + "%";
  }

  /** @param {boolean} is */
  function showSending(is) {
    send.setAttribute("aria-busy", String(is));
    send.textContent = is ? /** @type {any} */ (window).SENDING : label;
  }

  function release() {
    clearTimeout(busy);
    busy = 0;
    showSending(false);
  }

  /** @param {Event} event */
  function hold(event) { // a second tap while the first is on its way sends nothing
    if (busy) return event.preventDefault();
    if (sending) sending.abort();
    changed = false;
    busy = setTimeout(release, 15000);
    if (pressed === send) showSending(true);
  }

  /** @param {Element | null} element */
  function question(element) {
    while (element && element.tagName !== "FIELDSET") element = element.parentElement;
    return element;
  }

  /** @param {MouseEvent} event */
  function showNext(event) {
    var here = question(/** @type {Element} */ (event.target)), all = form.querySelectorAll("fieldset");
    if (!here || !event.detail) return; // arrow keys click as well, with nothing pressed
    for (var i = 0; i < all.length - 1; i++) {
      if (all[i] === here && !all[i + 1].querySelector(":checked")) all[i + 1].scrollIntoView({ block: "nearest" });
    }
  }

  form.addEventListener("change", save);
  form.addEventListener("change", showProgress);
  form.addEventListener("click", function (event) {
    pressed = event.target;
    var place = pageYOffset;
    clearTimeout(showing);
    showing = setTimeout(function () { if (pageYOffset === place) showNext(event); }, 120); // who has moved on stays there
  });
  form.addEventListener("submit", hold);
  form.addEventListener("keydown", function (event) {
    var target = /** @type {Element} */ (event.target);
    if (event.key === "Enter" && target.tagName === "INPUT") event.preventDefault(); // it would press the first button
  });
  addEventListener("online", function () { if (changed) save(); });
  addEventListener("pageshow", function () { release(); showProgress(); });
})();
