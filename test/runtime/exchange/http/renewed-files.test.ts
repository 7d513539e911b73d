import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import type { ServerIdentity } from "../../../../runtime/exchange/http/node-server";
import { RenewedFiles } from "../../../../runtime/exchange/server/renewed-files";
import { certificate } from "../../../support/certificate";

const folder = mkdtempSync(join(tmpdir(), "ambit-renewed-"));
const files = { certificate: join(folder, "tls.crt"), key: join(folder, "tls.key") };
const opened: RenewedFiles[] = [];

afterEach(() => opened.splice(0).forEach((each) => each.close()));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put({ cert, key }: { readonly cert: string; readonly key: string }): void {
  writeFileSync(files.certificate, cert);
  writeFileSync(files.key, key);
}

function followed() {
  const logged: string[] = [];
  const renewed: ServerIdentity[] = [];
  const source = new RenewedFiles(files, "approverPage.tls", (event) => void logged.push(event), 5);
  opened.push(source);
  source.follow((identity) => renewed.push(identity));
  return { source, logged, renewed };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await after(2);
}

test("a pair that is replaced is taken", async () => {
  put(certificate({ commonName: "one" }));
  const { source, renewed } = followed();
  const next = certificate({ commonName: "next" });
  put(next);
  await until(() => renewed.length > 0);
  expect(renewed).toEqual([{ certificate: next.cert, key: next.key }]);
  expect(source.current.certificate).toBe(next.cert);
});

test("a certificate that comes before its key takes effect with the key, and is logged once", async () => {
  put(certificate({ commonName: "one" }));
  const { source, renewed, logged } = followed();
  const before = source.current;
  const next = certificate({ commonName: "next" });
  writeFileSync(files.certificate, next.cert);
  await until(() => logged.includes("certificate.refused"));
  await after(30);
  expect([renewed.length, source.current, logged]).toEqual([0, before, ["certificate.refused"]]);
  writeFileSync(files.key, next.key);
  await until(() => renewed.length > 0);
  expect(source.current.key).toBe(next.key);
});

test.each([
  [
    "the key is another one's",
    () => ({ cert: certificate({ commonName: "a" }).cert, key: certificate({ commonName: "b" }).key }),
  ],
  ["the certificate is none", () => ({ ...certificate({ commonName: "a" }), cert: "none" })],
  ["the key is none", () => ({ ...certificate({ commonName: "a" }), key: "none" })],
])("fails when %s", (_, pair) => {
  put(pair());
  expect(() => new RenewedFiles(files, "approverPage.tls", () => undefined)).toThrow(
    "approverPage.tls.key must be the private key of approverPage.tls.certificate: write the files of one pair",
  );
});

test("fails when there is no file", () => {
  const none = { ...files, key: join(folder, "none") };
  expect(() => new RenewedFiles(none, "approverPage.tls", () => undefined)).toThrow(
    /^approverPage\.tls\.key must name a file that can be read: /,
  );
});
