import { SPIRE_VERSIONS, SpireAgent, SpiffeCsiDriver, SpireServer } from "../../../constructs/spire";
import { OidcDiscoveryProvider } from "../../../constructs/spire/oidc-discovery-provider";
import { images } from "../../../fleet/images";
import { fails } from "../../support/domain";
import { newStack, platformWith, Template } from "../../support/synth";

const DIGEST = `@sha256:${"a".repeat(64)}`;
const named = (name: string, version: string) => ({ [name]: `r.acme.example/spiffe/${name}:${version}${DIGEST}` });
const stackWith = (...changes: readonly Record<string, string>[]) =>
  newStack(platformWith({ images: Object.assign({}, images, ...changes) }));
const SERVER = { address: "spire-server.spire-server.svc", port: 8081, ready: [] };

const server =
  (...changes: Record<string, string>[]) =>
  () =>
    SpireServer.embedded(stackWith(...changes), "Server");
const agent =
  (...changes: Record<string, string>[]) =>
  () =>
    new SpireAgent(stackWith(...changes), "Agent", { server: SERVER });
const oidc =
  (...changes: Record<string, string>[]) =>
  () =>
    new OidcDiscoveryProvider(stackWith(...changes), "Oidc", { certificateSecret: "oidc" });

test("the versions that were proven are written in one place", () => {
  expect(SPIRE_VERSIONS).toEqual({
    "spire-server": "1.15.3",
    "spire-agent": "1.15.3",
    "spire-oidc-discovery-provider": "1.15.3",
    "spire-controller-manager": "0.7.0",
    "spiffe-csi-driver": "0.2.12",
    "csi-node-driver-registrar": "2.15.0",
  });
});

test("servers and agents of the same version are accepted, and agents one minor behind", () => {
  expect(agent()).not.toThrow();
  expect(agent(named("spire-agent", "1.15.9"))).not.toThrow();
  expect(agent(named("spire-agent", "1.14.0"))).not.toThrow();
  expect(oidc(named("spire-oidc-discovery-provider", "1.14.6"))).not.toThrow();
});

test("servers one minor from what was proven are accepted, so that an upgrade can begin with them", () => {
  expect(server(named("spire-server", "1.16.0"))).not.toThrow();
  expect(server(named("spire-server", "v1.14.2"))).not.toThrow();
  expect(agent(named("spire-server", "1.16.0"), named("spire-agent", "1.15.3"))).not.toThrow();
});

test("images that are not of SPIRE's own release need no version", () => {
  const driver = { "spiffe-csi-driver": `r.acme.example/csi${DIGEST}` };
  expect(() => new SpiffeCsiDriver(stackWith(driver), "Csi")).not.toThrow();
});

describe("images", () => {
  const within = "stay within one minor, and upgrade one at a time";
  for (const version of ["1.13.9", "1.17.0", "2.15.3", "0.15.3"]) {
    fails(
      `the server is of ${version}`,
      server(named("spire-server", version)),
      "spire.version-skew",
      `[test/Server]: images.spire-server is ${version}, and this version of Ambit was proven on 1.15.3: ${within}`,
    );
  }
  fails(
    "the agent is newer than the server",
    agent(named("spire-agent", "1.16.0")),
    "spire.version-skew",
    "[test/Agent]: images.spire-agent is 1.16.0, newer than the server's 1.15.3: upgrade the server first",
  );
  fails(
    "the agent is two minors behind",
    agent(named("spire-agent", "1.13.5")),
    "spire.version-skew",
    "[test/Agent]: images.spire-agent is 1.13.5, more than one minor behind the server's 1.15.3: upgrade it first",
  );
  fails(
    "the agent is two minors behind a server that was upgraded",
    agent(named("spire-server", "1.16.0"), named("spire-agent", "1.14.0")),
    "spire.version-skew",
    "[test/Agent]: images.spire-agent is 1.14.0, more than one minor behind the server's 1.16.0: upgrade it first",
  );
  fails(
    "the provider is of another major",
    oidc(named("spire-oidc-discovery-provider", "0.15.3")),
    "spire.version-skew",
    "[test/Oidc]: images.spire-oidc-discovery-provider is 0.15.3, more than one minor behind the server's 1.15.3: " +
      "upgrade it first",
  );
  for (const [tag, image] of [
    ["no tag", `r.acme.example/spire-agent${DIGEST}`],
    ["a port for a tag", `r.acme.example:1.15.3/spire-agent${DIGEST}`],
    ["a tag without patch", `r.acme.example/spire-agent:1.15${DIGEST}`],
    ["a word for a tag", `r.acme.example/spire-agent:latest${DIGEST}`],
  ] as const) {
    fails(
      `the agent's image has ${tag}`,
      agent({ "spire-agent": image }),
      "spire.version-skew",
      `[test/Agent]: images.spire-agent must name its version before the digest, got "${image}": ` +
        "write …/spire-agent:1.15.3@sha256:…",
    );
  }
  fails(
    "an image is not pinned",
    agent({ "spire-agent": "r.acme.example/spire-agent:1.15.3" }),
    "image.unpinned",
    "platform: images.spire-agent must be pinned by digest (name@sha256: and 64 hex digits), " +
      'got "r.acme.example/spire-agent:1.15.3"',
  );
  for (const name of ["spiffe-csi-driver", "csi-node-driver-registrar"] as const) {
    const { [name]: _, ...rest } = images;
    fails(
      `the platform names no ${name}`,
      () => {
        const stack = newStack(platformWith({ images: rest }));
        new SpiffeCsiDriver(stack, "Csi");
        Template.of(stack);
      },
      "image.unpinned",
      `platform: images lacks "${name}" for [test/Csi], and has ${Object.keys(rest).join(", ")}: ` +
        "add each to images, pinned by digest (name@sha256: and 64 hex digits)",
    );
  }
});
