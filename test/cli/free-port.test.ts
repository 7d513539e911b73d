import { once } from "node:events";
import { createServer } from "node:net";
import { freePort } from "../../cli/dev/free-port";

const MANY = 200;

test("ports are below those that systems give to outgoing connections, and none is given twice", async () => {
  const ports = await Promise.all(Array.from({ length: MANY }, () => freePort()));
  expect(Math.min(...ports)).toBeGreaterThanOrEqual(20_000);
  expect(Math.max(...ports)).toBeLessThan(30_000);
  if (process.platform === "linux") expect(new Set(ports).size).toBe(MANY);
});

test("a server may listen there at once", async () => {
  const server = createServer().listen(await freePort(), "127.0.0.1");
  await once(server, "listening");
  server.close();
});
