import { opaConfig, type SignedBundle } from "../../../constructs/decision/private/opa-config";

const BUNDLE: SignedBundle = {
  url: "https://policies.acme.example",
  resource: "policy/bundle.tar.gz",
  credentials: { region: "eu-central-1" },
  keyId: "alias/ambit/prod/policy",
  publicKey: "-----BEGIN PUBLIC KEY-----\nexample\n-----END PUBLIC KEY-----\n",
  scope: "deploy",
  polling: { min: 10, max: 30 },
};

const config = (bundle: SignedBundle | { readonly file: string }) =>
  opaConfig({ platform: "prod", bundle, persistence: "/var/lib/ambit-opa" });

const ALWAYS = {
  labels: { app: "ambit", platform: "prod" },
  decision_logs: { console: true },
  status: { prometheus: true },
  server: { decoding: { max_length: 131_072, gzip: { max_length: 131_072 } } },
};

test("a signed bundle is fetched with a role, and believed by one key for one scope", () => {
  expect(config(BUNDLE)).toEqual({
    ...ALWAYS,
    services: {
      policy: {
        url: "https://policies.acme.example",
        response_header_timeout_seconds: 10,
        credentials: {
          s3_signing: { web_identity_credentials: { aws_region: "eu-central-1", session_name: "ambit-opa" } },
        },
      },
    },
    keys: {
      "alias/ambit/prod/policy": {
        algorithm: "ES256",
        key: "-----BEGIN PUBLIC KEY-----\nexample\n-----END PUBLIC KEY-----\n",
      },
    },
    bundles: {
      ambit: {
        service: "policy",
        resource: "policy/bundle.tar.gz",
        persist: true,
        polling: { min_delay_seconds: 10, max_delay_seconds: 30 },
        signing: { keyid: "alias/ambit/prod/policy", scope: "deploy" },
        size_limit_bytes: 268_435_456,
      },
    },
    persistence_directory: "/var/lib/ambit-opa",
  });
});

test("a mounted bundle is read from its file, without network requests", () => {
  expect(config({ file: "/etc/ambit-opa-bundle/bundle.tar.gz" })).toEqual({
    ...ALWAYS,
    bundles: { ambit: { resource: "file:///etc/ambit-opa-bundle/bundle.tar.gz", size_limit_bytes: 268_435_456 } },
  });
});

test("a server that asks for no credentials gets none", () => {
  expect(config({ ...BUNDLE, credentials: "none" })).toMatchObject({
    services: { policy: { url: "https://policies.acme.example", response_header_timeout_seconds: 10 } },
  });
  expect(JSON.stringify(config({ ...BUNDLE, credentials: "none" }))).not.toContain("credentials");
});

test("in another partition STS is asked under its own domain", () => {
  const credentials = { region: "cn-north-1", domain: "amazonaws.com.cn" };
  const identity = { aws_region: "cn-north-1", session_name: "ambit-opa", aws_domain: "amazonaws.com.cn" };
  expect(config({ ...BUNDLE, credentials })).toMatchObject({
    services: { policy: { credentials: { s3_signing: { web_identity_credentials: identity } } } },
  });
});

/** What would let policy, decisions or requests go elsewhere, or come from elsewhere */
test.each(["discovery", "plugins", "distributed_tracing", "metrics_export", "storage", "allow_insecure_tls"])(
  "OPA is told nothing of %s",
  (key) => {
    expect(JSON.stringify([config(BUNDLE), config({ file: "/b" })])).not.toContain(`"${key}"`);
  },
);

test("decision logs go to no service", () => {
  expect((config(BUNDLE) as { decision_logs: object }).decision_logs).toEqual({ console: true });
});
