import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hono } from "hono";
import { NodeServer } from "../../../../runtime/exchange/http/node-server";
import type { Environment } from "../../../../runtime/exchange/http/parts";
import { type ServedPage, servePage } from "../../../../runtime/exchange/server/approver-page-server";
import { ORIGIN, VisitedPage } from "../../../support/approver-page/visited-page";
import { certificate } from "../../../support/certificate";
import { tlsFetch } from "../../../support/exchange/tls-fetch";

const LOOPBACK: readonly [number, number, number, number] = [127, 0, 0, 1];
const folder = mkdtempSync(join(tmpdir(), "ambit-page-"));
const tls = { certificate: join(folder, "tls.crt"), key: join(folder, "tls.key") };
const own = certificate({ commonName: "page", ipAddress: LOOPBACK, dnsNames: [new URL(ORIGIN).host] });
const page = new VisitedPage();
let served: ServedPage;

beforeAll(async () => {
  writeFileSync(tls.certificate, own.cert);
  writeFileSync(tls.key, own.key);
  served = await servePage({ listen: { host: "127.0.0.1", port: 0 }, tls }, page.parts, page.log);
});
afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (path: string) => `https://127.0.0.1:${served.port}${path}`;
const host = new URL(ORIGIN).host;

test("the page is served over TLS, by its own name alone", async () => {
  const ask = tlsFetch({ ca: own.cert, at: { host: "127.0.0.1", port: served.port } });
  const asked = await ask(`${ORIGIN}/requests`, { redirect: "manual" });
  expect([asked.status, asked.headers.get("location")]).toEqual([303, "/sign-in?to=%2Frequests"]);
  expect((await tlsFetch({ ca: own.cert })(at("/requests"))).status).toBe(421);
  expect(await (await tlsFetch({ ca: own.cert })(at("/live"))).text()).toBe("ok");
});

test("a browser is asked for no certificate, and one that it shows counts for nothing", async () => {
  const client = certificate({ commonName: "client" });
  const certificates: number[] = [];
  const app = new Hono<Environment>();
  app.get("/", ({ env, text }) => {
    certificates.push(env.connection.certificates.length);
    return text("ok");
  });
  for (const asks of [true, false]) {
    const server = new NodeServer(app, { certificate: own.cert, key: own.key }, () => undefined, undefined, asks);
    const port = await server.listen("127.0.0.1", 0);
    const ask = tlsFetch({ ca: own.cert, cert: client.cert, key: client.key });
    await ask(`https://127.0.0.1:${port}/`);
    await server.close();
  }
  expect(certificates).toEqual([1, 0]);
});

test("fails when certificate and key do not fit each other", async () => {
  const key = join(folder, "other.key");
  writeFileSync(key, certificate({ commonName: "other" }).key);
  const listen = { host, port: 0 };
  await expect(servePage({ listen, tls: { ...tls, key } }, page.parts, page.log)).rejects.toThrow(
    "approverPage.tls.key must be the private key of approverPage.tls.certificate",
  );
});
