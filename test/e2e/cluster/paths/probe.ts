/** One connection that is tried */
export interface Probe {
  /** As it is told: from, to and port */
  readonly path: string;
  /** Own address, where a network has several */
  readonly from?: string;
  readonly host: string;
  readonly port: number;
  readonly udp: boolean;
  readonly opens: boolean;
}

/** What one process does in one network */
export interface ProbeTask {
  /** Of the files by which all processes wait for each other */
  readonly folder: string;
  readonly name: string;
  /** How many processes there are */
  readonly parties: number;
  /** Where it listens while all probe, so that every path leads to something: where a program of the pod has the port, that answers */
  readonly listen: readonly { readonly address: string; readonly ports: readonly number[] }[];
  /** The port that is listened at by UDP too */
  readonly udpPort: number;
  readonly probes: readonly Probe[];
}

/**
 * Listens, waits until all others listen, probes, says which paths are other than expected, and waits until all have probed. What should
 * pass is tried until it does, as a busy machine is slow; what should not is tried once more where it passed, as policies hold a
 * moment after a pod is there.
 */
export const PROBE = `
const { createServer, connect } = require("node:net");
const { createSocket } = require("node:dgram");
const { readdirSync, readFileSync, writeFileSync } = require("node:fs");
const { setTimeout: sleep } = require("node:timers/promises");
const [file] = process.argv.slice(1);
const { folder, name, parties, listen, udpPort, probes } = JSON.parse(readFileSync(file, "utf8"));
const ONCE = 3000, PATIENCE = 20000, SETTLED = 5000, ALL = 60000;
// A query for the name servers of the root: answered by a name server, and by what sends back what it gets.
const QUERY = Buffer.from("abcd01000001000000000000" + "00" + "00020001", "hex");

async function together(step) {
  writeFileSync(folder + "/" + name + "." + step, "");
  const begin = Date.now();
  while (readdirSync(folder).filter((one) => one.endsWith("." + step)).length < parties) {
    if (Date.now() - begin > ALL) throw new Error("the others do not come to " + step);
    await sleep(50);
  }
}

function listening(address, port) {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on("error", () => undefined).end());
    server.once("error", ({ code }) => (code === "EADDRINUSE" ? resolve() : reject(new Error(code + " at " + address + ":" + port))));
    server.listen({ host: address, port, backlog: 4096 }, resolve);
  });
}

function echoing(address, port) {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", ({ code }) => (code === "EADDRINUSE" ? resolve() : reject(new Error(code + " at " + address))));
    socket.on("message", (message, { address, port }) => socket.send(message, port, address));
    socket.bind(port, address, resolve);
  });
}

function overTcp({ from, host, port }) {
  return new Promise((resolve) => {
    const socket = connect({ host, port, ...(from && { localAddress: from }) });
    const end = (passed) => (clearTimeout(timer), socket.destroy(), resolve(passed));
    const timer = setTimeout(end, ONCE, false);
    socket.once("connect", () => end(true)).on("error", () => end(false));
  });
}

function overUdp({ from, host, port }) {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    const end = (passed) => (clearTimeout(timer), socket.close(), resolve(passed));
    const timer = setTimeout(end, ONCE, false);
    socket.once("message", () => end(true)).on("error", () => end(false));
    socket.bind(0, from, () => socket.send(QUERY, port, host, (error) => error && end(false)));
  });
}

async function asExpected(probe) {
  const tried = () => (probe.udp ? overUdp(probe) : overTcp(probe));
  if (!probe.opens) return !(await tried()) || (await sleep(SETTLED), !(await tried()));
  for (const begin = Date.now(); Date.now() - begin < PATIENCE; await sleep(200)) if (await tried()) return true;
  return false;
}

async function main() {
  for (const { address, ports } of listen) {
    await Promise.all(ports.map((port) => listening(address, port)));
    await echoing(address, udpPort);
  }
  await together("listens");
  const found = await Promise.all(probes.map(async (probe) => ((await asExpected(probe)) ? [] : [probe])));
  await together("asked");
  console.log(JSON.stringify(found.flat()));
  process.exit(0);
}
main();
`;
