import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FilesSource } from "../../../runtime/workload-api/files-source";
import type { Certified } from "../../support/certificate";
import { AGENT, Authority, thumbprintOf, TRUST_DOMAIN } from "../../support/companion/trust";

const authority = new Authority();
const now = (): number => Math.floor(Date.now() / 1000);

const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0).reverse()) close();
});

function filesOf(svid: Certified, bundle = authority.own.cert) {
  const folder = mkdtempSync(join(tmpdir(), "ambit-svid-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  const files = {
    cert: join(folder, "svid.pem"),
    key: join(folder, "svid_key.pem"),
    bundle: join(folder, "bundle.pem"),
  };
  writeFileSync(files.cert, svid.cert);
  writeFileSync(files.key, svid.key);
  writeFileSync(files.bundle, bundle);
  return files;
}

function source(files: ReturnType<typeof filesOf>, clock = now): FilesSource {
  const made = new FilesSource({ ...files, clock, reloadMs: 10 });
  closing.push(() => made.close());
  return made;
}

test("an SVID in files is there at once", () => {
  const svid = authority.svid(AGENT);
  const held = source(filesOf(svid)).current();
  expect(held).toMatchObject({ spiffeId: AGENT, trustDomain: TRUST_DOMAIN, ca: authority.own.cert });
  expect(held?.thumbprint).toBe(thumbprintOf(svid));
});

test("files that were replaced are read again, once they fit each other", async () => {
  const files = filesOf(authority.svid(AGENT));
  const made = source(files);
  const before = made.current();
  const next = authority.svid(AGENT);
  const changed = new Promise<string | undefined>((resolve) => made.onChange((svid) => resolve(svid?.thumbprint)));
  writeFileSync(files.cert, next.cert);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(made.current()).toBe(before);
  expect(made.lastProblem).toMatch(/^the key must be that of the certificate of spiffe:/);
  writeFileSync(files.key, next.key);
  expect(await changed).toBe(thumbprintOf(next));
});

test("a bundle that was replaced is told", async () => {
  const files = filesOf(authority.svid(AGENT));
  const made = source(files);
  const changed = new Promise<string | undefined>((resolve) => made.onChange((svid) => resolve(svid?.ca)));
  const both = authority.own.cert + new Authority("next").own.cert;
  writeFileSync(files.bundle, both);
  expect(await changed).toBe(both);
});

test("fails when the SVID has expired", () => {
  const files = filesOf(authority.svid(AGENT));
  expect(source(files, () => now() + 2 * 86_400).current()).toBeUndefined();
});

test.each([
  ["there is no file", "cert", undefined, /ENOENT/],
  ["the chain is empty", "cert", "", /must have a certificate, got none/],
  ["the chain is no certificate", "cert", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", /./],
  ["the key is none", "key", "hello", /./],
  ["the bundle is empty", "bundle", "", /the bundle of prod.acme.example must have an authority, got none/],
] as const)("fails when %s, by the deadline and with the reason", async (_, file, content, why) => {
  const files = filesOf(authority.svid(AGENT));
  if (content === undefined) rmSync(files[file]);
  else writeFileSync(files[file], content);
  const made = source(files);
  expect(made.current()).toBeUndefined();
  await expect(made.ready(50)).rejects.toThrow(/^no SVID within 50 ms: ./);
  expect(made.lastProblem).toMatch(why);
});
