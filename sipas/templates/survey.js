// Inlined into the survey behind a link; written for browsers of 2015. Keeps what was answered as it is given, and
// shows the next question. Without it the page is whole all the same.
(function () {
  "use strict";
  var form = document.forms[0];
  /** @type {XMLHttpRequest | null} */
  var sending = null;
  var changed = false, showing = 0;

  function answers() {
    var chosen = form.querySelectorAll("input:checked"), pairs = ["Draft=1"];
    for (var i = 0; i < chosen.length; i++) {
      var input = /** @type {HTMLInputElement} */ (chosen[i]);
      pairs.push(encodeURIComponent(input.name) + "=" + encodeURIComponent(input.value));
    }
    return pairs.join("&");
  }

  function save() {
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
  form.addEventListener("click", function (event) {
    var place = pageYOffset;
    clearTimeout(showing);
    showing = setTimeout(function () { if (pageYOffset === place) showNext(event); }, 120); // who has moved on stays there
  });
  form.addEventListener("submit", function () { if (sending) sending.abort(); changed = false; });
  form.addEventListener("keydown", function (event) {
    var target = /** @type {Element} */ (event.target);
    if (event.key === "Enter" && target.tagName === "INPUT") event.preventDefault(); // it would press the first button
  });
  addEventListener("online", function () { if (changed) save(); });
})();
