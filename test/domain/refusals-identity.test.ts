import { SpiffeId, TrustDomain } from "../../domain";
import { fails, TOKEN } from "../support/domain";

const PLAIN = "must be a plain string known at synth, got the Terraform token";
const shownToken = `${JSON.stringify(TOKEN)}: write the string itself`;

describe("names of the platform", () => {
  const BARE = "trustDomain must be a bare lower-case name without scheme, port or path";
  const mended: readonly [string, string][] = [
    ["spiffe://prod.acme.example", "prod.acme.example"],
    ["https://prod.acme.example:8443/x", "prod.acme.example"],
    ["Prod.Acme.Example", "prod.acme.example"],
    ["prod.acme.example/ns", "prod.acme.example"],
  ];
  for (const [name, bare] of mended) {
    fails(
      `the trust domain is ${name}`,
      () => TrustDomain.of(name, "platform"),
      "trust-domain.malformed",
      `platform: ${BARE}, got "${name}": write "${bare}"`,
    );
  }
  for (const name of ["acme example", "spiffe://", "ü.example", "a".repeat(256)]) {
    fails(
      `the trust domain is ${name}`,
      () => TrustDomain.of(name, "platform"),
      "trust-domain.malformed",
      `platform: ${BARE}, got "${name}"`,
    );
  }
  fails(
    "the trust domain is missing",
    () => TrustDomain.of(undefined, "platform"),
    "trust-domain.malformed",
    "platform: trustDomain must be a non-empty string, got nothing",
  );
  fails(
    "the trust domain is a token",
    () => TrustDomain.of(TOKEN, "platform"),
    "token",
    `platform: trustDomain ${PLAIN} ${shownToken}`,
  );

  const SHAPE =
    "value must be spiffe://<trust domain>/<path> with segments of letters, digits, dot, dash and underscore, at most 2048 bytes";
  for (const id of [
    "prod.acme.example/ns/a/sa/b",
    "https://prod.acme.example/ns/a",
    "SPIFFE://prod.acme.example/ns/a",
    "spiffe://prod.acme.example",
    "spiffe://prod.acme.example/",
    "spiffe:///ns/a",
    "spiffe://prod.acme.example/ns//a",
    "spiffe://prod.acme.example/ns/a/",
    "spiffe://prod.acme.example/ns/../a",
    "spiffe://prod.acme.example/./a",
    "spiffe://prod.acme.example/ns/*",
    "spiffe://prod.acme.example/ns/a?x=1",
    "spiffe://prod.acme.example/ns/a#x",
    "spiffe://prod.acme.example/ns/%61",
    `spiffe://prod.acme.example/${"a".repeat(2022)}`,
  ]) {
    const shown = JSON.stringify(id);
    fails(
      `the SPIFFE ID is ${shown}`,
      () => SpiffeId.parse(id, "peer"),
      "spiffe-id.malformed",
      `peer: ${SHAPE}, got ${shown}`,
    );
  }
  test("accepts a SPIFFE ID of 2048 bytes", () => {
    expect(SpiffeId.parse(`spiffe://prod.acme.example/${"a".repeat(2021)}`, "peer").toString()).toHaveLength(2048);
  });
  for (const domain of ["user@prod.acme.example", "prod.acme.example:8443", "Prod.acme.example"]) {
    test(`fails when a SPIFFE ID names the trust domain ${domain}`, () => {
      expect(() => SpiffeId.parse(`spiffe://${domain}/ns/a`, "peer")).toThrow(
        "peer: value must be a bare lower-case name",
      );
    });
  }
  fails(
    "the SPIFFE ID is empty",
    () => SpiffeId.parse("", "peer"),
    "spiffe-id.malformed",
    'peer: value must be a non-empty string, got ""',
  );
  fails("the SPIFFE ID is a token", () => SpiffeId.parse(TOKEN, "peer"), "token", `peer: value ${PLAIN} ${shownToken}`);
});
