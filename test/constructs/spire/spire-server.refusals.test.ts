import { BundlePublisher, SpireServer, type SpireServerProps, UpstreamAuthority } from "../../../constructs/spire";
import { fails, untyped } from "../../support/domain";
import {
  ANCHOR_ARN,
  anchorPublisher,
  bucketPublisher,
  CA_ARN,
  databaseWith,
  privateCa,
  serverIn,
} from "../../support/spire";
import { newStack } from "../../support/synth";

const server = (props: Partial<SpireServerProps>) => () => serverIn(newStack(), props);
const embedded = (props: object) => () => SpireServer.embedded(newStack(), "Server", props);
const WRITE_ROLE = "write role: new SpireServerRole(…)";

describe("servers", () => {
  fails(
    "they have a database and no role",
    () => new SpireServer(newStack(), "Server", { database: databaseWith() }),
    "spire.malformed",
    "[test/Server]: role must be given with a database: servers get its token, and their keys from KMS, through it: " +
      WRITE_ROLE,
  );
  fails(
    "they publish to AWS without a role",
    embedded({ publishers: [bucketPublisher] }),
    "spire.malformed",
    `[test/Server]: role must be given with aws_s3, which the servers reach through it: ${WRITE_ROLE}`,
  );
  fails(
    "AWS signs their CA, and they have no role",
    embedded({ upstreamAuthority: privateCa, publishers: [bucketPublisher, anchorPublisher] }),
    "spire.malformed",
    "[test/Server]: role must be given with aws_s3 and aws_rolesanywhere_trustanchor and aws_pca, " +
      `which the servers reach through it: ${WRITE_ROLE}`,
  );
  fails(
    "each would have its own CA in a trust anchor that holds two",
    server({ publishers: [bucketPublisher, anchorPublisher] }),
    "spire.malformed",
    "[test/Server]: publishers has aws_rolesanywhere_trustanchor, which holds two CAs, and every server would have " +
      "its own: name an upstreamAuthority",
  );
  fails(
    "they publish to two buckets, of which SPIRE would load one",
    server({ publishers: [bucketPublisher, bucketPublisher] }),
    "spire.malformed",
    "[test/Server]: publishers must name aws_s3 at most once: SPIRE loads a plugin once",
  );
});

for (const logLevel of ["trace", "INFO", ""]) {
  fails(
    `servers log at level "${logLevel}"`,
    server({ logLevel: untyped(logLevel) }),
    "spire.malformed",
    `[test/Server]: logLevel must be "debug", "info", "warn", "error", got "${logLevel}"`,
  );
}

describe("AWS Private CA", () => {
  const ca =
    (certificateAuthorityArn: string, changes = {}) =>
    () =>
      UpstreamAuthority.awsPrivateCa({ certificateAuthorityArn, region: "eu-central-1", ...changes });
  const what = "upstream authority: certificateAuthorityArn must be";
  const such = `write one such as "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/0e0e0e0e-0000-4000-8000-000000000001"`;
  const elsewhere = CA_ARN.replace("eu-central-1", "us-east-1");
  fails(
    "its ARN is of another region",
    ca(elsewhere),
    "spire.malformed",
    `${what} an AWS Private CA in region eu-central-1, got "${elsewhere}"`,
  );
  for (const arn of ["", "0e0e0e0e", CA_ARN.replace("acm-pca", "acm"), `${CA_ARN}/certificate/x`]) {
    fails(
      `its ARN is "${arn}"`,
      ca(arn),
      "spire.malformed",
      `${what} the ARN of an AWS Private CA, got "${arn}": ${such}`,
    );
  }
  for (const pathLength of [-1, 4, 0.5, "1"]) {
    fails(
      `the length of path is ${JSON.stringify(pathLength)}`,
      ca(CA_ARN, { pathLength }),
      "spire.malformed",
      `upstream authority: pathLength must be 0, 1, 2 or 3, got ${JSON.stringify(pathLength)}`,
    );
  }
});

describe("an upstream SPIRE", () => {
  const spire =
    (serverAddress: string, serverPort?: number, csiDriver = "upstream.csi.spiffe.io") =>
    () =>
      UpstreamAuthority.spire({ serverAddress, csiDriver, ...(serverPort === undefined ? {} : { serverPort }) });
  const what = "upstream authority: serverAddress and serverPort must be a DNS name and a port, got";
  for (const [address, port] of [
    ["https://spire.acme.example", undefined],
    ["Spire.acme.example", undefined],
    ["", undefined],
    ["spire.acme.example", 0],
    ["spire.acme.example", 65_536],
    ["spire.acme.example", 80.5],
  ] as const) {
    fails(
      `it is at "${address}" and ${port ?? "no port"}`,
      spire(address, port),
      "spire.malformed",
      `${what} "${address}:${port ?? 8081}"`,
    );
  }
  fails(
    "its agent is reached through our own driver, which would be a circle",
    spire("spire.root.acme.example", 8081, "csi.spiffe.io"),
    "spire.malformed",
    'upstream authority: csiDriver must not be our own, got "csi.spiffe.io": run the upstream agent\'s driver under a ' +
      'name of its own, such as "upstream.csi.spiffe.io"',
  );
});

describe("publishers", () => {
  const toBucket = (objectKey: string) => () =>
    BundlePublisher.s3({ region: "eu-central-1", bucket: "acme-bundles", objectKey });
  for (const key of ["", "/keys"]) {
    fails(
      `the object is "${key}"`,
      toBucket(key),
      "spire.malformed",
      `bundle publisher: objectKey must be the key of an object without a leading slash, got "${key}"`,
    );
  }
  const such = `write one such as "arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/0e0e0e0e-0000-4000-8000-000000000001"`;
  const toAnchor = (trustAnchorArn: unknown) => () =>
    BundlePublisher.rolesAnywhere({ trustAnchorArn: untyped(trustAnchorArn) });
  for (const arn of ["anchor", ANCHOR_ARN.replace("trust-anchor", "profile"), ANCHOR_ARN.slice(0, -1)]) {
    fails(
      `the trust anchor is "${arn}"`,
      toAnchor(arn),
      "spire.malformed",
      `bundle publisher: trustAnchorArn must be the ARN of a trust anchor of IAM Roles Anywhere, got "${arn}": ${such}`,
    );
  }
  test("the plugin gets the anchor's region and id", () => {
    expect(anchorPublisher.plugin.data).toEqual({
      region: "eu-central-1",
      trust_anchor_id: "0e0e0e0e-0000-4000-8000-000000000002",
    });
  });
});
