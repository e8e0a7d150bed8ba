/** Stores this app on the tablet's disk, as the kiosk's worker does with its own. shell.js lists this app's files. */
importScripts("../kiosk/worker.js");
