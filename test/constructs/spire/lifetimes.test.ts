import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { type SpireLifetimes, SpireServer, WorkloadRegistration } from "../../../constructs/spire";
import { lifetimesOf } from "../../../constructs/spire/private/lifetimes";
import { fails, NUMBER_TOKEN, TOKEN, untyped } from "../../support/domain";
import { newStack, Template } from "../../support/synth";

const of = (lifetimes?: SpireLifetimes) => {
  const { x509Svid, jwtSvid, ca } = lifetimesOf(lifetimes, "here");
  return [x509Svid, jwtSvid, ca].map(String);
};

test("the defaults are an hour, five minutes and a day", () => {
  expect(of()).toEqual(["1h", "5m", "24h"]);
  expect(of({})).toEqual(["1h", "5m", "24h"]);
});

test.each<[SpireLifetimes, readonly string[]]>([
  [{ x509Svid: "30m" }, ["30m", "5m", "24h"]],
  [{ jwtSvid: "1m" }, ["1h", "1m", "24h"]],
  [{ ca: "6h" }, ["1h", "5m", "6h"]],
  [{ x509Svid: "10m", jwtSvid: "10s", ca: "1h" }, ["10m", "10s", "1h"]],
  [{ x509Svid: "1h", jwtSvid: "5m", ca: "24h" }, ["1h", "5m", "24h"]],
])("%j is short enough", (lifetimes, expected) => expect(of(lifetimes)).toEqual(expected));

const refused = (lifetimes: SpireLifetimes) => () => SpireServer.embedded(newStack(), "Server", { lifetimes });

describe("servers", () => {
  for (const [name, most, got, shown] of [
    ["x509Svid", "1h", "61m", "61m"],
    ["jwtSvid", "5m", "301s", "301s"],
    ["ca", "24h", "25h", "25h"],
    ["ca", "24h", "1441m", "1441m"],
  ] as const) {
    fails(
      `${name} is longer than ${most}: ${got}`,
      refused({ [name]: got }),
      "spire.lifetime",
      `[test/Server]: lifetimes.${name} must be at most ${most}, got ${shown}: shorten it`,
    );
  }
  const cut = "lengthen it, or SPIRE silently cuts SVIDs short";
  fails(
    "the CA lives less than six of its X.509-SVIDs",
    refused({ ca: "359m" }),
    "spire.lifetime",
    `[test/Server]: lifetimes.ca must be at least six times lifetimes.x509Svid (1h), got 359m: ${cut}`,
  );
  fails(
    "the CA lives less than six of its JWT-SVIDs",
    refused({ ca: "29m", x509Svid: "1m" }),
    "spire.lifetime",
    `[test/Server]: lifetimes.ca must be at least six times lifetimes.jwtSvid (5m), got 29m: ${cut}`,
  );
  fails(
    "a lifetime is a number",
    refused({ ca: untyped(3600) }),
    "limit.malformed",
    '[test/Server]: lifetimes.ca must be a duration such as "15m" (s, m or h), got 3600',
  );
  fails(
    "a lifetime is none",
    refused({ x509Svid: "0m" }),
    "limit.malformed",
    '[test/Server]: lifetimes.x509Svid must be a duration such as "15m" (s, m or h), got "0m"',
  );
  test.each([TOKEN, NUMBER_TOKEN])("fails when a lifetime is known at apply only: %s", (token) => {
    expect(refused({ jwtSvid: untyped(token) })).toThrow("[test/Server]: lifetimes.jwtSvid must be");
  });
});

describe("registrations", () => {
  fails(
    "an SVID lives longer than an hour",
    () => new WorkloadRegistration(newStack(), "Registration", { lifetimes: { x509Svid: "4h" } }),
    "spire.lifetime",
    "[test/Registration]: lifetimes.x509Svid must be at most 1h, got 4h: shorten it",
  );
});

test("shorter ones reach server.conf and every ClusterSPIFFEID", () => {
  const lifetimes = { x509Svid: "20m", jwtSvid: "2m", ca: "4h" } as const;
  const stack = newStack();
  SpireServer.embedded(stack, "Server", { lifetimes });
  new WorkloadRegistration(stack, "Registration", { lifetimes });
  const template = Template.of(stack);
  const files = template.all(ConfigMapV1).map(({ data }) => (data ?? {}) as Record<string, string>);
  const { server } = JSON.parse(files.find((data) => "server.conf" in data)?.["server.conf"] as string);
  expect(server).toMatchObject({
    ca_ttl: "4h",
    agent_ttl: "20m",
    default_x509_svid_ttl: "20m",
    default_jwt_svid_ttl: "2m",
  });
  const specs = template.all(Manifest).map(({ manifest }) => (manifest as { spec: unknown }).spec);
  expect(specs).toHaveLength(3);
  for (const spec of specs) expect(spec).toMatchObject({ ttl: "20m", jwtTtl: "2m" });
});
