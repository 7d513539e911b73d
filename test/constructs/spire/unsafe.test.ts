import type { Construct } from "constructs";
import type { JsonObject } from "../../../constructs/spire/private/json";
import { refuseUnsafe, UNSAFE_OPTIONS } from "../../../constructs/spire/private/unsafe";
import { OidcDiscoveryProvider } from "../../../constructs/spire/oidc-discovery-provider";
import { SpireAgent } from "../../../constructs/spire/spire-agent";
import { SpireServer } from "../../../constructs/spire/spire-server";
import { fails, refusal, untyped } from "../../support/domain";
import { databaseWith, serverWith } from "../../support/spire";
import { newStack } from "../../support/synth";

const SERVER = { address: "spire-server.spire-server.svc", port: 8081, ready: [] };

/** The public properties through which a user's own settings come in, and a block that each configuration has */
const DOORS: readonly (readonly [
  where: string,
  block: string,
  open: (scope: Construct, settings: JsonObject) => unknown,
])[] = [
  ["[test/Server]", "server", (scope, settings) => SpireServer.embedded(scope, "Server", { settings })],
  ["[test/Agent]", "agent", (scope, settings) => new SpireAgent(scope, "Agent", { server: SERVER, settings })],
  [
    "[test/Oidc]",
    "acme",
    (scope, settings) => new OidcDiscoveryProvider(scope, "Oidc", { certificateSecret: "oidc", settings }),
  ],
];

test("what upstream calls unsafe is on the list", () => {
  expect(UNSAFE_OPTIONS.map(({ key }) => key)).toEqual(
    expect.arrayContaining([
      "insecure_bootstrap",
      "skip_kubelet_verification",
      "use_anonymous_authentication",
      "allow_unauthenticated_verifiers",
      "allow_insecure_scheme",
      "disable_spiffe_cert_validation",
      "join_token",
      "authorized_delegates",
      "auth_opa_policy_engine",
      "insecure_skip_verify",
    ]),
  );
});

describe.each(DOORS)("settings of %s", (where, block, open) => {
  const given = (settings: JsonObject) => () => open(newStack(), settings);

  test.each(UNSAFE_OPTIONS)(
    "fails with $key, wherever it stands and however it is written",
    ({ key, why, instead }) => {
      const message = (path: string, value: string): string =>
        `${where}: ${path} must not be ${value}, because ${why}: ${instead}`;
      const capitals = key.toUpperCase();
      const settings: readonly [JsonObject, string, string][] = [
        [{ [key]: true }, key, "true"],
        [{ [block]: { [key]: "true" } }, `${block}.${key}`, '"true"'],
        [{ [block]: { more: [{ inner: { [key]: 1 } }] } }, `${block}.more.inner.${key}`, "1"],
        [{ [capitals]: ["spiffe://prod.acme.example/a"] }, capitals, '["spiffe://prod.acme.example/a"]'],
        [{ [key]: {} }, key, "{}"],
        [{ [key]: "" }, key, '""'],
      ];
      for (const [each, path, value] of settings) {
        const refused = { code: "spire.unsafe", message: message(path, value) };
        expect(refusal(() => refuseUnsafe(each, where))).toEqual(refused);
      }
      // A construct takes long to make: each option is written in one of these ways in the settings of each.
      const [each, path, value] = settings[
        UNSAFE_OPTIONS.findIndex((option) => option.key === key) % settings.length
      ] as (typeof settings)[number];
      expect(refusal(given(each))).toEqual({ code: "spire.unsafe", message: message(path, value) });
    },
  );

  test.each(UNSAFE_OPTIONS)("$key may be said to be off", ({ key }) => {
    for (const off of [false, "false", []]) expect(() => refuseUnsafe({ [key]: off }, where)).not.toThrow();
  });

  test("all of them may be said to be off", () => {
    const said = UNSAFE_OPTIONS.map(({ key }, at) => [key, [false, "false", []][at % 3]]);
    expect(given(Object.fromEntries(said))).not.toThrow();
  });
});

describe("settings collide with what is made", () => {
  const made = (path: string, value: string): string =>
    `[test/Server]: ${path} is already made by the construct, got ${value}: ` +
    "use the construct's own properties, or leave it out";
  const given = (settings: JsonObject) => () => SpireServer.embedded(newStack(), "Server", { settings });
  const cases: readonly [string, JsonObject, string, string][] = [
    ["a value is changed", { server: { ca_ttl: "8760h" } }, "settings.server.ca_ttl", '"8760h"'],
    ["a value is repeated", { server: { log_level: "info" } }, "settings.server.log_level", '"info"'],
    ["a value is changed in capitals", { server: { CA_TTL: "8760h" } }, "settings.server.CA_TTL", '"8760h"'],
    ["a block comes in capitals", { Server: { trust_domain: "x" } }, "settings.Server", '{"trust_domain":"x"}'],
    ["a block comes as a list", { server: [{ ca_ttl: "1h" }] }, "settings.server", '[{"ca_ttl":"1h"}]'],
    [
      "the audit log is turned off",
      { server: { audit_log_enabled: false } },
      "settings.server.audit_log_enabled",
      "false",
    ],
    [
      "the rate limit is turned off",
      { server: { ratelimit: { attestation: false } } },
      "settings.server.ratelimit.attestation",
      "false",
    ],
    [
      "another attestor is added",
      { plugins: { NodeAttestor: [{ aws_iid: {} }] } },
      "settings.plugins.NodeAttestor",
      '[{"aws_iid":{}}]',
    ],
    [
      "another attestor is added in small letters",
      { plugins: { nodeattestor: [{ aws_iid: {} }] } },
      "settings.plugins.nodeattestor",
      '[{"aws_iid":{}}]',
    ],
  ];
  for (const [when, settings, path, value] of cases) fails(when, given(settings), "spire.malformed", made(path, value));
});

describe("harmless settings are added", () => {
  test("beside what is made", () => {
    const template = serverWith({ settings: { server: { experimental: { cache_reload_interval: "2s" } } } });
    expect(JSON.stringify(template.json)).toContain('\\"cache_reload_interval\\": \\"2s\\"');
  });

  test("a plugin that Ambit knows", () => {
    const settings = { plugins: { CredentialComposer: [{ uniqueid: {} }] } };
    expect(() => serverWith({ settings })).not.toThrow();
  });
});

describe("plugins that settings add", () => {
  const given = (plugins: unknown) => () =>
    SpireServer.embedded(newStack(), "Server", { settings: untyped({ plugins }) });
  fails(
    "the plugin is unknown",
    given({ UpstreamAuthority: [{ vault: { plugin_data: {} } }] }),
    "spire.malformed",
    '[test/Server]: plugins.UpstreamAuthority "vault" is unknown to Ambit: it knows UpstreamAuthority aws_pca, ' +
      "UpstreamAuthority disk, UpstreamAuthority spire",
  );
  fails(
    "the type is unknown",
    given({ Notifier: [{ k8sbundle: {} }] }),
    "spire.malformed",
    '[test/Server]: plugins.Notifier "k8sbundle" is unknown to Ambit: it knows none of this type',
  );
  fails(
    "a key is misspelt, which SPIRE would not say",
    given({ UpstreamAuthority: [{ disk: { plugin_data: { key_file: "/k" } } }] }),
    "spire.malformed",
    '[test/Server]: plugins.UpstreamAuthority disk has no key "key_file": ' +
      "it takes bundle_file_path, cert_file_path, key_file_path",
  );
  fails(
    "a plugin that takes nothing is told something",
    given({ CredentialComposer: [{ uniqueid: { plugin_data: { salt: "x" } } }] }),
    "spire.malformed",
    '[test/Server]: plugins.CredentialComposer uniqueid has no key "salt": it takes none',
  );
  fails(
    "a plugin is a program of one's own",
    given({ CredentialComposer: [{ cel: { plugin_cmd: "/cel" } }] }),
    "spire.unsafe",
    '[test/Server]: plugins.CredentialComposer.cel.plugin_cmd must not be "/cel", because it runs a program that no ' +
      "digest of this platform pins: use the plugins that SPIRE carries",
  );
  const form = 'must be a list such as [{ "name": { "plugin_data": {…} } }]';
  for (const block of [{ a: {}, b: {} }, {}, "uniqueid", { uniqueid: "on" }, { uniqueid: { Plugin_Data: {} } }]) {
    fails(
      `a plugin is written as ${JSON.stringify(block)}`,
      given({ CredentialComposer: [block] }),
      "spire.malformed",
      `[test/Server]: plugins.CredentialComposer ${form}, got ${JSON.stringify(block)}`,
    );
  }
});

describe("the way to the database", () => {
  const KEY = "plugins.DataStore.sql.plugin_data.connection_string";
  const why = "an impostor of the database could register any identity: write sslmode=verify-full";
  const said = (got: string): string => `[test/Server]: ${KEY} has ${got}, so ${why}`;
  const connected = (connectionString: string) => () => serverWith({ database: databaseWith({ connectionString }) });

  for (const mode of ["disable", "allow", "prefer", "require", "verify-ca", "Verify-Full"]) {
    fails(`it has sslmode ${mode}`, connected(`host=db sslmode=${mode}`), "spire.unsafe", said(`sslmode "${mode}"`));
  }
  fails("it says nothing about TLS", connected("dbname=spire host=db"), "spire.unsafe", said("no sslmode"));
  fails(
    "it says it twice",
    connected("host=db sslmode=verify-full sslmode=disable"),
    "spire.unsafe",
    said('sslmode "verify-full, disable"'),
  );
  fails(
    "it says it within another word",
    connected("host=db application_name=sslmode=verify-full"),
    "spire.unsafe",
    said("no sslmode"),
  );

  test.each(["host=db sslmode=verify-full", "host=db sslmode = 'verify-full' sslrootcert=/run/spire/rds/ca.pem"])(
    "%s is accepted",
    (connectionString) => expect(connected(connectionString)).not.toThrow(),
  );

  test("that of readers is held to the same", () => {
    expect(refusal(() => refuseUnsafe({ ro_connection_string: "host=db sslmode=require" }, "here"))).toEqual({
      code: "spire.unsafe",
      message: `here: ro_connection_string has sslmode "require", so ${why}`,
    });
  });
});

describe("a connection string without secrets", () => {
  const wrote = (connectionString: string) => () =>
    refuseUnsafe({ connection_string: connectionString }, "[test/Server]");
  test.each([
    ["host=db password=hunter2 sslmode=verify-full", '"password"'],
    ["host=db PASSWORD = hunter2 sslmode=verify-full", '"password"'],
    ["host=db passfile=/tmp/pass sslmode=verify-full", '"passfile"'],
    ["host=db service=spire sslmode=verify-full", '"service"'],
    ["postgres://u@h/db?ssl%6dode=disable&sslmode=verify-full", "the form of an address"],
  ])("fails when it is %s", (text, what) => {
    expect(wrote(text)).toThrow(
      `[test/Server]: connection_string has ${what}, and what it holds would lie in a ConfigMap and in the state, or ` +
        "could not be read here: write key=value pairs, without a secret",
    );
  });
  test("fails when it starts with a slash but is not a file name", () => {
    expect(wrote("/ host=h sslmode=disable")).toThrow("so an impostor of the database");
  });
});

describe("settings that change when a deleted entry is seen", () => {
  const set = (key: string, value: string) => () => refuseUnsafe({ experimental: { [key]: value } }, "[test/Server]");
  test.each([
    ["cache_reload_interval", "24h"],
    ["cache_reload_interval", "6s"],
    ["Sync_Interval", "5001ms"],
    ["max_attested_node_info_staleness", "8760h"],
    ["sync_interval", "1h5s"],
    ["sync_interval", ""],
  ])("fails when %s is %s", (key, value) => {
    expect(set(key, value)).toThrow(
      `[test/Server]: experimental.${key} must not be ${JSON.stringify(value)}, because a deleted entry would be seen ` +
        'later than the five seconds that operators count on: write at most "5s"',
    );
  });
  test("may make it sooner", () => {
    for (const value of ["5s", "500ms", "0s"]) expect(set("sync_interval", value)).not.toThrow();
  });
});

test.each([
  [
    { plugins: { UpstreamAuthority: [{ disk: { plugin_data: { cert_file_path: "/a", key_file_path: "/b" } } }] } },
    "plugins.UpstreamAuthority",
  ],
  [{ server: { federation: { bundle_endpoint: { address: "0.0.0.0", port: 8443 } } } }, "server.federation"],
  [{ server: { proxy_protocol_trusted_cidrs: ["0.0.0.0/0"] } }, "server.proxy_protocol_trusted_cidrs"],
])("fails when settings make what has a property of its own: %j", (settings, key) => {
  expect(() => serverWith({ settings })).toThrow(
    `settings.${key} is not open to settings: use the construct's own properties, or leave it out`,
  );
});
