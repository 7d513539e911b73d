import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { PodServer } from "../../runtime/pod-server";
import { until } from "../e2e/harness/until";

const READY = { "/ready": async () => ({ status: 200, body: { status: "ok" } }) as const };
const SECONDS = 20;

let server: PodServer;
let port: number;
const open: Socket[] = [];

beforeEach(async () => {
  server = new PodServer(READY);
  port = await server.listen({ host: "0.0.0.0", port: 0 });
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await server.close();
});

const ready = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/ready`)).status;

/** A connection from an address of its own, which says nothing */
async function silent(localAddress: string): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port, localAddress });
  socket.on("error", () => undefined);
  socket.resume();
  open.push(socket);
  await once(socket, "connect");
  return socket;
}

test("an answer ends its connection, so that none is kept from the kubelet", async () => {
  const { headers } = await fetch(`http://127.0.0.1:${port}/ready`);
  expect(headers.get("connection")).toBe("close");
});

// Elsewhere 127.0.0.1 is the only address of the loopback.
const testOnLinux = process.platform === "linux" ? test : test.skip;

testOnLinux("fails for what one address opens beyond its share, and others are answered", async () => {
  const ends: Promise<unknown>[] = [];
  for (let count = 0; count < 20; count++) ends.push(once(await silent("127.0.0.2"), "close"));
  expect(await ready()).toBe(200);
  await Promise.all(ends.slice(16));
});

test("fails for a connection that stays silent: it ends soon", async () => {
  const socket = await silent("127.0.0.1");
  await until(
    () => socket.closed,
    SECONDS,
    () => "it is open",
  );
  expect(await ready()).toBe(200);
});
