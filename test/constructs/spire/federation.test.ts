import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { Federation, type FederationProps } from "../../../constructs/spire";
import { fails, TOKEN } from "../../support/domain";
import { newStack, Template } from "../../support/synth";

const WEB: FederationProps = {
  trustDomain: "partner.example",
  bundleEndpointUrl: "https://spire.partner.example",
  endpoint: { profile: "https_web" },
};
const BUNDLE = JSON.stringify({ keys: [{ use: "x509-svid", kty: "EC" }] });
const spiffe = (changes = {}): FederationProps => ({
  ...WEB,
  endpoint: {
    profile: "https_spiffe",
    spiffeId: "spiffe://partner.example/spire/server",
    bundle: BUNDLE,
    ...changes,
  },
});
const make = (props: FederationProps, stack = newStack()) => new Federation(stack, "Federation", props);
const made = (props: FederationProps) => {
  const stack = newStack();
  make(props, stack);
  return Template.of(stack).only(Manifest).manifest;
};

test("Federation by a certificate of the web", () => {
  expect(made(WEB)).toEqual({
    apiVersion: "spire.spiffe.io/v1alpha1",
    kind: "ClusterFederatedTrustDomain",
    metadata: { name: "partner.example" },
    spec: {
      className: "ambit",
      trustDomain: "partner.example",
      bundleEndpointURL: "https://spire.partner.example",
      bundleEndpointProfile: { type: "https_web" },
    },
  });
});

test("by an SVID, with the bundle that was handed over", () => {
  expect(made({ ...spiffe(), bundleEndpointUrl: "https://spire.partner.example:8443/bundle" })).toMatchObject({
    spec: {
      bundleEndpointURL: "https://spire.partner.example:8443/bundle",
      bundleEndpointProfile: {
        type: "https_spiffe",
        endpointSPIFFEID: "spiffe://partner.example/spire/server",
      },
      trustDomainBundle: BUNDLE,
    },
  });
});

test("what Kubernetes takes as no name gets one that no other trust domain has", () => {
  const nameOf = (trustDomain: string) =>
    (made({ ...WEB, trustDomain }) as { metadata: { name: string } }).metadata.name;
  const odd = ["partner_one.example", "partner-one.example", "-partner-one.example.", "a..b", "a.-.b", "x".repeat(255)];
  const names = odd.map(nameOf);
  expect(new Set(names).size).toBe(odd.length);
  expect(nameOf("partner-one.example")).toBe("partner-one.example");
  for (const name of names) {
    expect(name.length).toBeLessThanOrEqual(253);
    expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
  }
});

fails(
  "it is with oneself",
  () => make({ ...WEB, trustDomain: "prod.acme.example" }),
  "federation.self",
  '[test/Federation]: trustDomain "prod.acme.example" is the platform\'s own: ' +
    "leave it out: its own bundle is trusted anyway",
);
fails(
  "the trust domain has capitals and a port",
  () => make({ ...WEB, trustDomain: "Partner.example:8443" }),
  "trust-domain.malformed",
  "[test/Federation]: trustDomain must be a bare lower-case name without scheme, port or path, " +
    'got "Partner.example:8443": write "partner.example"',
);
for (const url of [
  "http://spire.partner.example",
  "spire.partner.example",
  "https://admin@spire.partner.example",
  "https://spire.partner.example?next=1",
  "https://spire.partner.example#keys",
  "https://SPIRE.partner.example",
  "https://spire.partner.example:",
  "https://spire.partner.example:8444",
  "https://spire.partner.example/a b",
  "",
]) {
  fails(
    `the endpoint is "${url}"`,
    () => make({ ...WEB, bundleEndpointUrl: url }),
    "spire.malformed",
    `[test/Federation]: bundleEndpointUrl must be an https address on port 443 or 8443, without query and user, got "${url}"`,
  );
}
for (const spiffeId of [
  "spiffe://prod.acme.example/spire/server",
  "spiffe://partner.example.evil.example/spire/server",
]) {
  fails(
    `the endpoint proves itself as ${spiffeId}`,
    () => make(spiffe({ spiffeId })),
    "spire.malformed",
    `[test/Federation]: endpoint.spiffeId must be an ID of partner.example, got "${spiffeId}"`,
  );
}
for (const spiffeId of ["spiffe://partner.example", "https://partner.example/spire/server"]) {
  fails(
    `the endpoint proves itself as ${spiffeId}`,
    () => make(spiffe({ spiffeId })),
    "spiffe-id.malformed",
    "[test/Federation]: endpoint.spiffeId must be spiffe://<trust domain>/<path> with segments of letters, digits, dot, " +
      `dash and underscore, at most 2048 bytes, got "${spiffeId}"`,
  );
}
for (const bundle of ["", "none", "null", "[]", "{}", '{"keys":{}}', '{"keys":[{"use":"jwt-svid"}]}']) {
  fails(
    `the first bundle is '${bundle}'`,
    () => make(spiffe({ bundle })),
    "spire.malformed",
    "[test/Federation]: endpoint.bundle must be a SPIFFE bundle (JSON) with a key of use x509-svid, " +
      `got ${JSON.stringify(bundle)}: ask the owners of the trust domain`,
  );
}
test("fails when the trust domain is known at apply only", () => {
  expect(() => make({ ...WEB, trustDomain: TOKEN })).toThrow("[test/Federation]: trustDomain");
});
