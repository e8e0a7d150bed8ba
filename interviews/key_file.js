/** Stores the key of waiting answers. A worker of this app must lie in its folder, or it is missing without a network. */
importScripts("../kiosk/key_file.js");
