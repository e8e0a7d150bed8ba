// A provider's SMPP server. Says on stdout, a line of JSON each, what comes in; hears on stdin how to behave.
//   {"answer": "ok" | "silent" | "late" | 88}   to what is submitted: a number is the status of a refusal; what
//       is late is taken when the next order comes
//   {"receipts": "DELIVRD" | "none" | "unreadable" | "data_sm" | "unmarked" | …}: "data_sm" by that command, with the id
//       in capitals; "unmarked" without the sign of a receipt
//   {"reply": {"from": "84912…", "text": "STOP"}}   what a citizen writes
//   {"prefix": "…"}   in front of the ids that it gives
//   {"garbage": true}   bytes that are no SMPP
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const smpp = createRequire(new URL("../../kiosk/package.json", import.meta.url))("smpp");
const [port, name] = [Number(process.argv[2]), process.argv[3]];
const behaviour = { answer: "ok", receipts: "DELIVRD", prefix: "" };
const sessions = new Set();
const late = [];
let submitted = 0;

const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);

function textOf(pdu) {
  const message = pdu.short_message.message;
  return Buffer.isBuffer(message) ? message.toString("utf16le") : message;
}

function receipt(id, pdu) {
  const state = behaviour.receipts;
  if (state === "none") return null;
  const date = state === "unreadable" ? "20261122T031500.5" : "2611220315";
  const error = state === "DELIVRD" ? "000" : state === "unreadable" ? "x0F" : "011";
  const said = state === "unreadable" || state === "unmarked" ? "DELIVRD" : state;
  return {
    source_addr: pdu.destination_addr,
    destination_addr: pdu.source_addr,
    esm_class: state === "unmarked" ? 0 : 4,
    short_message: `id:${id} sub:001 dlvrd:001 submit date:${date} done date:${date} stat:${said} err:${error} text:`,
  };
}

function submit(session, pdu) {
  const { answer, prefix } = behaviour;
  const id = `${prefix}${name}-${(submitted += 1)}`;
  const udh = pdu.short_message.udh ? Buffer.concat(pdu.short_message.udh).toString("hex") : null;
  const { destination_addr: to, source_addr: from, data_coding: coding, registered_delivery: registered } = pdu;
  say({ submit: { id, to, from, text: textOf(pdu), coding, registered, udh, answered: answer !== "silent", validity: pdu.validity_period } });
  if (answer === "silent") return;
  if (typeof answer === "number") return void session.send(pdu.response({ command_status: answer }));
  if (answer === "late") late.push(() => take(session, pdu, id));
  else take(session, pdu, id);
}

function take(session, pdu, id) {
  session.send(pdu.response({ message_id: id }));
  if (behaviour.receipts === "data_sm") {
    const { destination_addr: source_addr, source_addr: destination_addr } = pdu;
    const state = { receipted_message_id: `00${id.toUpperCase()}`, message_state: 2 };
    const back = { source_addr, destination_addr, esm_class: 4, ...state };
    return void session.data_sm(back, (response) => say({ receipted: { id, status: response.command_status } }));
  }
  const back = pdu.registered_delivery ? receipt(id, pdu) : null;
  if (back) session.deliver_sm(back, (response) => say({ receipted: { id, status: response.command_status } }));
}

const server = smpp.createServer({}, (session) => {
  sessions.add(session);
  session.on("close", () => sessions.delete(session));
  session.on("error", () => session.destroy());
  session.on("bind_transceiver", (pdu) => {
    const welcome = pdu.password === "secret";
    session.send(pdu.response({ command_status: welcome ? 0 : smpp.ESME_RINVPASWD }));
    if (welcome) say({ bound: pdu.system_id });
  });
  session.on("submit_sm", (pdu) => submit(session, pdu));
  session.on("enquire_link", (pdu) => session.send(pdu.response()));
  session.on("unbind", (pdu) => {
    session.send(pdu.response());
    session.close();
  });
});

function hear(order) {
  Object.assign(behaviour, order);
  for (const answer of late.splice(0)) answer();
  const [session] = sessions;
  if (order.reply && session) {
    const { from, text } = order.reply;
    const message = { source_addr: from, destination_addr: "HANOI", short_message: text };
    session.deliver_sm(message, (response) => say({ replied: { status: response.command_status } }));
  }
  if (order.garbage && session) session.socket.write("HTTP/1.1 400 Bad Request\r\n\r\n");
}

createInterface({ input: process.stdin }).on("line", (line) => hear(JSON.parse(line)));
process.stdin.on("end", () => process.exit());
server.listen(port, "127.0.0.1", () => say({ listening: server.address().port }));
