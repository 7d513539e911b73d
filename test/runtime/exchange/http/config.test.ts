import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../../../../runtime/checked-config";
import { checkConfig, readConfig } from "../../../../runtime/exchange/config";
import { configSchema } from "../../../../runtime/exchange/config-schema";
import { LEAST } from "../../../support/exchange/least-config";

const AUTHORIZER = "spiffe://prod.example/ns/ambit-system/sa/authorizer";
const SIGNALS = {
  issuer: "https://login.example",
  audience: "ambit-prod",
  poll: "https://login.example/ssf/poll",
  tokenEndpoint: "https://login.example/token",
  client: { id: "ambit", key: "exchange" },
};
const { poll: _, ...UNFETCHED } = SIGNALS;
const PUSH = { authorization: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:push-AbCdEf" };
const PAGE = {
  listen: { host: "0.0.0.0", port: 8444 },
  tls: { certificate: "/page.crt", key: "/page.key" },
};
const VERIFICATION = { endpoint: "https://login.other.example/verify", streamId: "s-1", everySeconds: 90 };
const ALL = {
  ...LEAST,
  tls: { files: { certificate: "/svid.pem", key: "/svid.key", bundle: "/bundle.pem" } },
  jwtSvid: { jwksUri: "https://oidc.example/keys", ca: "/ca.pem" },
  store: { dynamodb: { table: "state", region: "eu-central-1", endpoint: "http://127.0.0.1:5000" } },
  persons: { dynamodb: { table: "person-keys", region: "eu-central-1" } },
  registry: {
    from: { dynamodb: { table: "registry", region: "us-gov-west-1" } },
    publicKeys: ["/a", "/b"],
    scope: "x",
  },
  signingKeys: [{ kms: "arn:aws:kms:eu-central-1:111122223333:key/1" }, { kms: "alias/next" }],
  services: { introspect: [AUTHORIZER], state: [AUTHORIZER] },
  aws: { region: "eu-central-1", stsEndpoint: "https://sts.eu-central-1.amazonaws.com" },
  userKeys: { ca: "/ca.pem" },
  telemetry: { collector: "http://collector.monitoring:4318" },
  signals: [
    SIGNALS,
    { ...SIGNALS, issuer: "https://login.other.example", scope: "ssf.read", verification: VERIFICATION },
  ],
  connections: { most: 4_000, perAddress: 1 },
  audit: {
    origin: "prod.example/audit",
    key: { kms: "alias/ambit/prod/audit-log" },
    storage: { s3: { bucket: "audit", prefix: "log/", region: "eu-central-1", endpoint: "http://127.0.0.1:5000" } },
  },
};
const WITNESS = {
  url: "https://witness.other.example/ambit",
  key: "witness.other.example+eb2df332+BCHPJNusCIxv9RHy8jjFSCMBH9VmVMrijWLyMGAZCuwi",
};
const NEAR = {
  url: "http://127.0.0.1:7380",
  key: "near.example+d36bc610+BNaBYSVRLs2UZ1afp1IMgty0FODBoUYrz/+FSjq6jDfr",
  ca: "/ca.pem",
};
const LOG_KEY = "log.example+dd731188+AZQGo2oPdKk5ICIZgkbKU2L5LyiqkRvBC+mKqeMJLe8M";
const LOG = { origin: "prod.example/audit", key: { file: "/log.pem" }, storage: { folder: "/var/log" } };

test.each([
  ["the least", LEAST],
  ["everything", ALL],
  [
    "security events that are pushed",
    { ...LEAST, approverPage: PAGE, signals: [{ ...UNFETCHED, push: PUSH, verification: VERIFICATION }] },
  ],
  ["an audit log in a folder", { ...LEAST, audit: LOG }],
  [
    "an audit log that witnesses cosign",
    {
      ...LEAST,
      audit: {
        ...LOG,
        witnessing: {
          witnesses: [WITNESS, NEAR],
          quorum: 1,
          alarmSeconds: 60,
          refuseSeconds: 600,
        },
      },
    },
  ],
  ["a folder", { ...LEAST, store: { level: { folder: "/var/ambit" } } }],
  ["a folder for the keys of persons", { ...LEAST, persons: { level: { folder: "/var/person-keys" } } }],
])("a configuration with %s is taken as it is", (_, value) => {
  expect(checkConfig(value)).toEqual(value);
});

const MEMBERS = Object.keys(configSchema.unwrap().shape).join(", ");
const origin = "issuer must be an https origin without path and slash, such as https://exchange.example";
const SOCKET = "unix://<absolute path of at most 107 bytes>";
const port = "listen.port must be a whole number from 0 to 65535";
const dynamodb = { table: "state", region: "eu-central-1" };

test.each<readonly [what: string, value: unknown, message: string]>([
  ["it is an array", [], `it must be an object of ${MEMBERS}, got []`],
  [
    "keys of persons would lie in backups of the state",
    { ...LEAST, store: { dynamodb } },
    "persons must be there beside store.dynamodb: name a table of its own, without point-in-time recovery, such as ambit-prod-person-keys, got nothing",
  ],
  [
    "keys of persons lie in the table of the state",
    { ...LEAST, store: { dynamodb }, persons: { dynamodb } },
    'persons must name another table than store.dynamodb: a table of its own, without point-in-time recovery, such as ambit-prod-person-keys, got {"dynamodb":{"table":"state","region":"eu-central-1"}}',
  ],
  ["a member is unknown", { ...LEAST, isuer: "x" }, `it must not have "isuer": write ${MEMBERS}`],
  [
    "a member of a member is unknown",
    { ...LEAST, listen: { host: "::", port: 1, tls: true } },
    'listen must not have "tls": write host, port',
  ],
  ...["https://prod.example/audit", "prod example", "prod.example/", "prod.example/a+b", ""].map(
    (origin) =>
      [
        `the audit log's origin is ${JSON.stringify(origin)}`,
        { ...LEAST, audit: { ...LOG, origin } },
        "audit.origin must be a web address without https:// and without a slash at its end, such as " +
          `audit.prod.example/log, got ${JSON.stringify(origin)}`,
      ] as const,
  ),
  ...["http://witness.example", "https://witness.example/", "https://a:b@witness.example", "witness"].map(
    (url) =>
      [
        `a witness is at ${url}`,
        { ...LEAST, audit: { ...LOG, witnessing: { witnesses: [{ ...WITNESS, url }] } } },
        "audit.witnessing.witnesses[0].url must be an https address without a slash at its end, or an http one on " +
          `loopback, got ${JSON.stringify(url)}`,
      ] as const,
  ),
  ...[LOG_KEY, "witness.other.example", WITNESS.key.replace("+eb", "+ec")].map(
    (key) =>
      [
        `a witness has the key ${key}`,
        { ...LEAST, audit: { ...LOG, witnessing: { witnesses: [{ ...WITNESS, key }] } } },
        "audit.witnessing.witnesses[0].key must be the verifier key of a witness, name+id+key, of type 4, got " +
          JSON.stringify(key),
      ] as const,
  ),
  [
    "no witness is named",
    { ...LEAST, audit: { ...LOG, witnessing: { witnesses: [] } } },
    "audit.witnessing.witnesses must name at least one witness, got []",
  ],
  [
    "more witnesses must cosign than there are",
    { ...LEAST, audit: { ...LOG, witnessing: { witnesses: [WITNESS], quorum: 2 } } },
    "audit.witnessing.quorum must be at most the number of witnesses, got 2",
  ],
  [
    "a witness counts twice",
    { ...LEAST, audit: { ...LOG, witnessing: { witnesses: [WITNESS, WITNESS] } } },
    `audit.witnessing.witnesses must name each witness once, got ${JSON.stringify([WITNESS, WITNESS]).slice(0, 200)}…`,
  ],
  [
    "the audit log has two keys",
    { ...LEAST, audit: { ...LOG, key: { file: "/a", kms: "alias/a" } } },
    'audit.key must have exactly one of kms, file, got {"file":"/a","kms":"alias/a"}',
  ],
  [
    "the audit log's objects are named without a slash",
    { ...LEAST, audit: { ...LOG, storage: { s3: { bucket: "b", prefix: "log", region: "eu-central-1" } } } },
    'audit.storage.s3.prefix must be names with a slash behind each, such as log/, got "log"',
  ],
  [
    "no connection of an address is allowed",
    { ...LEAST, connections: { perAddress: 0 } },
    "connections.perAddress must be a whole number from 1 to 1048576, got 0",
  ],
  [
    "a number of connections is no whole one",
    { ...LEAST, connections: { most: 1.5 } },
    "connections.most must be a whole number from 1 to 1048576, got 1.5",
  ],
  ["no transmitter is named", { ...LEAST, signals: [] }, "signals must have at least one transmitter, got []"],
  [
    "an issuer transmits twice",
    { ...LEAST, signals: [SIGNALS, SIGNALS] },
    'signals[1].issuer must be there once, got "https://login.example"',
  ],
  [
    "signals are fetched without TLS",
    { ...LEAST, signals: [{ ...SIGNALS, poll: "http://login.example/poll" }] },
    'signals[0].poll must be an https address, got "http://login.example/poll"',
  ],
  [
    "signals are fetched with a secret that stands in the configuration",
    { ...LEAST, signals: [{ ...SIGNALS, client: { id: "ambit", secret: "hunter2" } }] },
    'signals[0].client.secret must be the ARN of a secret, such as arn:aws:secretsmanager:eu-central-1:111122223333:secret:name-AbCdEf, got "hunter2"',
  ],
  [
    "streams are verified without TLS",
    { ...LEAST, signals: [{ ...SIGNALS, verification: { ...VERIFICATION, endpoint: "http://login.example/verify" } }] },
    'signals[0].verification.endpoint must be an https address, got "http://login.example/verify"',
  ],
  [
    "streams are verified too often",
    { ...LEAST, signals: [{ ...SIGNALS, verification: { ...VERIFICATION, everySeconds: 9 } }] },
    "signals[0].verification.everySeconds must be whole seconds from 10 to 900, got 9",
  ],
  [
    "streams are verified too seldom",
    { ...LEAST, signals: [{ ...SIGNALS, verification: { ...VERIFICATION, everySeconds: 901 } }] },
    "signals[0].verification.everySeconds must be whole seconds from 10 to 900, got 901",
  ],
  [
    "signals are neither fetched nor pushed",
    { ...LEAST, signals: [UNFETCHED] },
    "signals[0].poll must be there, or push: one of both, got nothing",
  ],
  [
    "signals are fetched and pushed",
    { ...LEAST, approverPage: PAGE, signals: [{ ...SIGNALS, push: PUSH, verification: VERIFICATION }] },
    'signals[0].poll must be there, or push: one of both, got "https://login.example/ssf/poll"',
  ],
  [
    "signals are pushed, and no verification is asked for",
    { ...LEAST, approverPage: PAGE, signals: [{ ...UNFETCHED, push: PUSH }] },
    "signals[0].verification must be there where events are pushed: without it, a stream that has stopped goes unnoticed, got nothing",
  ],
  [
    "signals are pushed with a secret that stands in the configuration",
    {
      ...LEAST,
      approverPage: PAGE,
      signals: [{ ...UNFETCHED, push: { authorization: "Bearer x" }, verification: VERIFICATION }],
    },
    'signals[0].push.authorization must be the ARN of a secret, such as arn:aws:secretsmanager:eu-central-1:111122223333:secret:name-AbCdEf, got "Bearer x"',
  ],
  [
    "signals are pushed, and no listener is reached from outside",
    { ...LEAST, signals: [{ ...UNFETCHED, push: PUSH, verification: VERIFICATION }] },
    'signals[0].push must not be there without approverPage: security events are pushed to the listener of the page, got {"authorization":"arn:aws:secretsmanager:eu-central-1:111122223333:secret:push-AbCdEf"}',
  ],
  [
    "the issuer ends with a slash",
    { ...LEAST, issuer: "https://exchange.example/" },
    `${origin}, got "https://exchange.example/"`,
  ],
  ["the issuer has a path", { ...LEAST, issuer: "https://a.example/x" }, `${origin}, got "https://a.example/x"`],
  ["the issuer is plain http", { ...LEAST, issuer: "http://a.example" }, `${origin}, got "http://a.example"`],
  ["the issuer names a user", { ...LEAST, issuer: "https://u@a.example" }, `${origin}, got "https://u@a.example"`],
  [
    "the issuer's case is not canonical",
    { ...LEAST, issuer: "https://A.example" },
    `${origin}, got "https://A.example"`,
  ],
  ["the issuer is missing", { ...LEAST, issuer: undefined }, `${origin}, got nothing`],
  [
    "the trust domain has a scheme",
    { ...LEAST, trustDomain: "spiffe://a" },
    'trustDomain must be a SPIFFE trust domain, such as prod.example, got "spiffe://a"',
  ],
  ["the port is a text", { ...LEAST, listen: { host: "::", port: "8443" } }, `${port}, got "8443"`],
  ["the port is too high", { ...LEAST, listen: { host: "::", port: 65_536 } }, `${port}, got 65536`],
  ["the port is negative", { ...LEAST, listen: { host: "::", port: -1 } }, `${port}, got -1`],
  ["there is nothing for TLS", { ...LEAST, tls: {} }, "tls must have exactly one of workloadApi, files, got {}"],
  ...["/run/a.sock", "tcp://127.0.0.1:8081", "unix://run/a.sock", `unix:///${"a".repeat(107)}`].map(
    (workloadApi): [string, object, string] => [
      `the socket is ${workloadApi}`,
      { ...LEAST, tls: { workloadApi } },
      `tls.workloadApi must be the address of a Workload API's socket, ${SOCKET}, got ${JSON.stringify(workloadApi)}`,
    ],
  ),
  [
    "a file of TLS is missing",
    { ...LEAST, tls: { files: { certificate: "a", key: "b" } } },
    "tls.files.bundle must be the path of the trust bundle in PEM, got nothing",
  ],
  [
    "the SVIDs' keys are read in the clear",
    { ...LEAST, jwtSvid: { jwksUri: "http://a.example" } },
    'jwtSvid.jwksUri must be an https address, got "http://a.example"',
  ],
  [
    "there are two stores",
    { ...LEAST, store: { memory: {}, dynamodb } },
    `store must have exactly one of memory, level, dynamodb, got ${JSON.stringify({ memory: {}, dynamodb })}`,
  ],
  [
    "the store is of an unknown kind",
    { ...LEAST, store: { redis: {} } },
    'store must not have "redis": write memory, level, dynamodb',
  ],
  [
    "the region is none",
    { ...LEAST, store: { dynamodb: { ...dynamodb, region: "Frankfurt" } } },
    'store.dynamodb.region must be a region of AWS, such as eu-central-1, got "Frankfurt"',
  ],
  [
    "the endpoint is a host",
    { ...LEAST, store: { dynamodb: { ...dynamodb, endpoint: "localhost" } } },
    'store.dynamodb.endpoint must be a web address, got "localhost"',
  ],
  [
    "the registry has no key",
    { ...LEAST, registry: { ...LEAST.registry, publicKeys: [] } },
    "registry.publicKeys must name at least one key, got []",
  ],
  ["nothing signs", { ...LEAST, signingKeys: [] }, "signingKeys must have at least one key, got []"],
  [
    "a key is two",
    { ...LEAST, signingKeys: [{ kms: "a", file: "b" }] },
    'signingKeys[0] must have exactly one of kms, file, got {"kms":"a","file":"b"}',
  ],
  [
    "a key's path is empty",
    { ...LEAST, signingKeys: [{ file: "a" }, { file: "" }] },
    'signingKeys[1].file must be the path of a private key on P-256 in PEM, got ""',
  ],
  [
    "a service is named",
    { ...LEAST, services: { introspect: ["authorizer"], state: [] } },
    'services.introspect[0] must be a SPIFFE ID, such as spiffe://prod.example/ns/a/sa/b, got "authorizer"',
  ],
  [
    "a service is a trust domain",
    { ...LEAST, services: { introspect: [], state: ["spiffe://a.example"] } },
    'services.state[0] must be a SPIFFE ID, such as spiffe://prod.example/ns/a/sa/b, got "spiffe://a.example"',
  ],
  ["a long value is shown", { ...LEAST, issuer: "x".repeat(400) }, `${origin}, got "${"x".repeat(199)}…`],
])("fails when %s", (_, value, message) => {
  const error = thrown(() => checkConfig(value));
  expect(error).toBeInstanceOf(ConfigError);
  expect(error.message).toBe(`the configuration: ${message}`);
});

describe("a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "ambit-config-"));
  const path = join(folder, "exchange.json");
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is read", () => {
    writeFileSync(path, JSON.stringify(LEAST));
    expect(readConfig(path)).toEqual(LEAST);
  });

  test("fails when the variable is not set", () => {
    const message = "AMBIT_CONFIG must be the path of the configuration, got nothing: set it";
    expect(thrown(() => readConfig(undefined)).message).toBe(message);
    expect(thrown(() => readConfig("")).message).toBe(message);
  });

  test("fails when it is not there", () => {
    expect(thrown(() => readConfig(`${path}.not`)).message).toMatch(
      /^AMBIT_CONFIG must name a file that can be read: ENOENT/,
    );
  });

  test("fails when it is no JSON", () => {
    writeFileSync(path, "issuer: x");
    expect(thrown(() => readConfig(path)).message).toMatch(/exchange\.json must be JSON: /);
  });

  test("fails when it is not as it must be, and is named", () => {
    writeFileSync(path, "{}");
    expect(thrown(() => readConfig(path)).message).toBe(`${path}: ${origin}, got nothing`);
  });
});

function thrown(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
