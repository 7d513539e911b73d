import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DevelopmentAuthority } from "../../../../cli/dev/development-authority";
import { DevelopmentFiles } from "../../../../cli/dev/development-files";
import { systemClock } from "../../../../runtime/clock";
import type { ExchangeConfig } from "../../../../runtime/exchange/config";
import { PeerSvids } from "../../../../runtime/exchange/http/peer-svids";
import { OwnIdentity } from "../../../../runtime/exchange/server/own-identity";
import { ReplaceableTrustBundle } from "../../../../runtime/identity/trust-bundle";
import { Refusal } from "../../../../runtime/refusal/refusal";

const TRUST_DOMAIN = "prod.acme.example";
const AGENT = `spiffe://${TRUST_DOMAIN}/ns/a/sa/agent`;
const folder = mkdtempSync(join(tmpdir(), "ambit-identity-"));
afterAll(() => rmSync(folder, { recursive: true }));

const authority = new DevelopmentAuthority(TRUST_DOMAIN);
const files = new DevelopmentFiles(folder, authority, [{ name: "exchange", spiffeId: `spiffe://${TRUST_DOMAIN}/x` }]);
const config = {
  trustDomain: TRUST_DOMAIN,
  tls: { files: { certificate: files.certificate("exchange"), key: files.key("exchange"), bundle: files.bundle } },
} as unknown as ExchangeConfig;

const derOf = ({ certificate }: { readonly certificate: string }): Buffer => new X509Certificate(certificate).raw;
const rootOf = (one: DevelopmentAuthority): Buffer => new X509Certificate(one.bundle).raw;

test("a new SVID and a new bundle in the files are taken without a restart", async () => {
  files.renew();
  const logged: string[] = [];
  const identity = await OwnIdentity.of(config, systemClock, (event) => void logged.push(event));
  try {
    const peers = new PeerSvids(identity.bundle, systemClock);
    const connection = { certificates: [derOf(authority.x509Svid(AGENT))] };
    expect(peers.of(connection)?.spiffeId).toBe(AGENT);
    const renewed = new Promise<string>((resolve) => identity.follow(({ certificate }) => resolve(certificate)));

    const next = new DevelopmentAuthority(TRUST_DOMAIN);
    const later = new DevelopmentFiles(folder, next, [{ name: "exchange", spiffeId: `spiffe://${TRUST_DOMAIN}/x` }]);
    later.renew();

    expect(await renewed).toBe(readFileSync(later.certificate("exchange"), "utf8"));
    expect(identity.server.certificate).toBe(await renewed);
    expect(logged).toContain("identity.changed");
    // An open connection is verified again: its certificate has no trusted authority any more.
    expect(() => peers.of(connection)).toThrow("client.unauthenticated");
    expect(peers.of({ certificates: [derOf(next.x509Svid(AGENT))] })?.spiffeId).toBe(AGENT);
  } finally {
    identity.close();
  }
});

test("fails when the files hold no key of the certificate", async () => {
  files.renew();
  writeFileSync(files.key("exchange"), authority.x509Svid(AGENT).key);
  const source = OwnIdentity.of(config, systemClock, () => undefined);
  const first = await Promise.race([source.catch((error: Error) => error.message), pause(1_000)]);
  expect(first).toBe("waiting");
  files.renew();
  (await source).close();
});

describe("a peer's certificate", () => {
  const times = (seconds: { now: number }) => () => seconds.now;
  const present = () => ({ now: Math.floor(Date.now() / 1_000) });

  test("is verified once, and again after 30 s", () => {
    const clock = present();
    const bundle = new ReplaceableTrustBundle(TRUST_DOMAIN, [rootOf(authority)]);
    const peers = new PeerSvids(bundle, times(clock));
    const connection = { certificates: [derOf(authority.x509Svid(AGENT))] };
    const first = peers.of(connection);
    clock.now += 29;
    expect(peers.of(connection)).toBe(first);
    clock.now += 1;
    expect(peers.of(connection)).not.toBe(first);
    expect(peers.of(connection)).toEqual(first);
  });

  test("is refused once, again after 30 s, and as soon as the trust bundle is another one", () => {
    const clock = present();
    const bundle = new ReplaceableTrustBundle(TRUST_DOMAIN);
    const peers = new PeerSvids(bundle, times(clock));
    const connection = { certificates: [derOf(authority.x509Svid(AGENT))] };
    const refused = () => refusalOf(() => peers.of(connection));
    const first = refused();
    clock.now += 29;
    expect(refused()).toBe(first);
    clock.now += 1;
    const second = refused();
    expect(second).not.toBe(first);
    expect(second).toEqual(first);
    bundle.replace([rootOf(authority)]);
    expect(peers.of(connection)?.spiffeId).toBe(AGENT);
  });

  test("is undefined where the peer sent no certificate", () => {
    const peers = new PeerSvids(new ReplaceableTrustBundle(TRUST_DOMAIN), times(present()));
    expect(peers.of({ certificates: [] })).toBeUndefined();
  });

  test.each<readonly [what: string, change: (clock: { now: number }, bundle: ReplaceableTrustBundle) => void]>([
    ["it has expired since", (clock) => (clock.now += 20)],
    ["its authority was taken back", (_, bundle) => bundle.replace([])],
    [
      "another authority replaced its own",
      (_, bundle) => bundle.replace([rootOf(new DevelopmentAuthority(TRUST_DOMAIN))]),
    ],
    ["the clock went back", (clock) => (clock.now -= 100_000)],
  ])("fails when %s, on a connection that was good before", (_, change) => {
    const clock = present();
    const bundle = new ReplaceableTrustBundle(TRUST_DOMAIN, [rootOf(authority)]);
    const peers = new PeerSvids(bundle, times(clock));
    const connection = { certificates: [derOf(authority.x509Svid(AGENT, undefined, 15_000))] };
    expect(peers.of(connection)?.spiffeId).toBe(AGENT);
    change(clock, bundle);
    expect(() => peers.of(connection)).toThrow("client.unauthenticated");
  });
});

function refusalOf(attempt: () => unknown): unknown {
  try {
    return attempt();
  } catch (error) {
    expect(error).toEqual(Refusal.of("client.unauthenticated"));
    return error;
  }
}

function pause(milliseconds: number): Promise<string> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, "waiting"));
}
