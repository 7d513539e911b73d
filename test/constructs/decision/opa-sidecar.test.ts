import { DataAwsKmsPublicKey } from "@cdktf/provider-aws/lib/data-aws-kms-public-key";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { createHash } from "node:crypto";
import { Dataset, Fleet, type PlatformProps, Tool } from "../../../constructs";
import { OpaSidecar, type OpaSidecarProps } from "../../../constructs/decision";
import { opaSize } from "../../../constructs/decision/private/opa-size";
import { fleet as exampleFleet } from "../../../fleet";
import { facts } from "../../../fleet/platform";
import { FLEET_DATA, untarGz } from "../../../policies/bundle";
import { define, specWith } from "../../support/agents";
import { synthesize } from "../../support/example-app";
import { newStack, platformWith, Template } from "../../support/synth";

const UNSIGNED = { configMap: { reason: "No bucket can be reached from this cluster" } };

function engine(changes: Partial<OpaSidecarProps> = {}, facts: Partial<PlatformProps> = {}) {
  const stack = newStack(platformWith(facts));
  const opa = new OpaSidecar(stack, "Opa", { fleet: exampleFleet, ...changes });
  return { opa, stack };
}

const templateOf = (changes: Partial<OpaSidecarProps> = {}, platform: Partial<PlatformProps> = {}) =>
  Template.of(engine(changes, platform).stack);

interface Files {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly binary_data?: Readonly<Record<string, string>>;
}

const filesIn = (template: Template, name: string) =>
  (template.all(ConfigMapV1) as unknown as readonly Files[]).find(({ metadata }) => metadata.name === name);

describe("OpaSidecar", () => {
  const { opa, stack } = engine();
  const template = Template.of(stack);

  test("is a container for the authorizer's pod, and one ConfigMap", () => {
    expect(template.addresses).toEqual(["kubernetes_config_map_v1.Opa_Config_1DC5AED1"]);
    expect(Object.keys(filesIn(template, "ambit-opa")?.data ?? {})).toEqual(["config.json"]);
    expect(filesIn(template, "ambit-opa")?.metadata.namespace).toBe("ambit-system");
  });

  test("listens on a Unix socket that the authorizer sees, and on no port but that of probes", () => {
    const { args, port } = opa.container;
    expect(args).toContain("--addr=unix:///run/ambit-opa/socket/opa.sock");
    expect(args?.filter((arg) => /^--(addr|diagnostic-addr|authentication|tls)/.test(arg))).toHaveLength(2);
    expect(port).toEqual([{ name: "opa-health", containerPort: 8282, protocol: "TCP" }]);
    expect(opa.address).toBe("unix:///run/ambit-opa/socket/opa.sock");
    expect(opa.socketMount).toEqual({ name: "opa-socket", mountPath: "/run/ambit-opa/socket" });
    expect(opa.volumes).toContainEqual({ name: "opa-socket", emptyDir: { medium: "Memory", sizeLimit: "1Mi" } });
  });

  test("runs without root, capabilities and a writable root file system", () => {
    expect(opa.container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  test("is ready once it has a policy, and is started again where it hangs for a minute, whether it has one or not", () => {
    expect(opa.container.readinessProbe).toMatchObject({ httpGet: { path: "/health?bundles", port: "8282" } });
    expect(opa.container.livenessProbe).toMatchObject({
      httpGet: { path: "/health", port: "8282" },
      periodSeconds: 10,
      failureThreshold: 6,
    });
  });

  test("mounts what it uses, and everything it mounts is there", () => {
    const mounts = (opa.container.volumeMount as readonly { readonly name: string }[]).map(({ name }) => name);
    expect(mounts.sort()).toEqual(["opa-config", "opa-persistence", "opa-socket", "opa-token"]);
    expect(opa.volumes.map(({ name }) => name).sort()).toEqual(mounts);
  });

  test("alone gets the role by which the bundle is fetched", () => {
    expect(opa.container.env).toEqual([
      { name: "AWS_REGION", value: "eu-central-1" },
      { name: "AWS_ROLE_ARN", value: "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-opa" },
      { name: "AWS_WEB_IDENTITY_TOKEN_FILE", value: "/var/run/secrets/ambit-opa/token" },
    ]);
    expect(opa.volumes).toContainEqual({
      name: "opa-token",
      projected: [
        {
          sources: [{ serviceAccountToken: { path: "token", audience: "sts.amazonaws.com", expirationSeconds: 3600 } }],
        },
      ],
    });
  });
});

describe("a signed bundle, which is the default", () => {
  const template = templateOf();
  const text = filesIn(template, "ambit-opa")?.data?.["config.json"] ?? "";

  test("is believed by the public half of the policy key, which is read from KMS", () => {
    const [[name, key]] = Object.entries(
      (template.json as { data?: Record<string, Record<string, { key_id: string }>> }).data?.[
        DataAwsKmsPublicKey.tfResourceType
      ] ?? {},
    ) as [[string, { key_id: string }]];
    expect(key.key_id).toBe("alias/ambit/prod/policy");
    expect(text).toContain(`"key": \${jsonencode(data.aws_kms_public_key.${name}.public_key_pem)}`);
  });

  test("is fetched from the platform's bucket every 10 to 30 seconds", () => {
    const { services, bundles, keys } = JSON.parse(text.replace(/\$\{[^}]*\}/, '"PEM"'));
    expect(services.policy.url).toBe("https://ambit-prod-policy-111122223333.s3.eu-central-1.amazonaws.com");
    expect(keys).toEqual({ "alias/ambit/prod/policy": { algorithm: "ES256", key: "PEM" } });
    expect(bundles.ambit).toMatchObject({
      resource: "policy/bundle.tar.gz",
      polling: { min_delay_seconds: 10, max_delay_seconds: 30 },
      signing: { keyid: "alias/ambit/prod/policy", scope: "deploy" },
    });
  });

  test("may be asked for more seldom", () => {
    const config = filesIn(templateOf({ delivery: { polling: { min: 30, max: 60 } } }), "ambit-opa")?.data;
    expect(config?.["config.json"]).toContain('"max_delay_seconds": 60');
  });

  test("is no resource: another fleet plans nothing", () => {
    const other = Fleet.of(define("small"));
    expect(templateOf({ fleet: other }).json).toEqual(templateOf().json);
  });

  test("is fetched under the partition's own domain", () => {
    const aws = { ...facts.aws, region: "cn-north-1" };
    const config = filesIn(templateOf({}, { aws, outbound: {} }), "ambit-opa")?.data?.["config.json"] ?? "";
    expect(config).toContain('"https://ambit-prod-policy-111122223333.s3.cn-north-1.amazonaws.com.cn"');
    expect(config).toContain('"aws_domain": "amazonaws.com.cn"');
  });
});

describe("a bundle in a ConfigMap", () => {
  const { opa, stack } = engine({ delivery: UNSIGNED });
  const template = Template.of(stack);
  const bundle = Buffer.from(filesIn(template, "ambit-opa-bundle")?.binary_data?.["bundle.tar.gz"] ?? "", "base64");

  test("is the one that synth writes, and says why it is not signed", () => {
    expect(bundle.equals(synthesize().bundle)).toBe(true);
    expect(filesIn(template, "ambit-opa-bundle")?.metadata).toMatchObject({
      annotations: { "ambit.internal/unsigned": "No bucket can be reached from this cluster" },
    });
  });

  test("starts new pods when it changes", () => {
    const digest = createHash("sha256").update(bundle).digest("hex");
    expect(opa.annotations["ambit.internal/policy-digest"]).toBe(digest);
    const other = engine({ delivery: UNSIGNED, fleet: Fleet.of(define("small")) }).opa;
    expect(other.annotations["ambit.internal/policy-digest"]).not.toBe(digest);
  });

  test("needs no AWS: no role, no token, no key", () => {
    expect(opa.container.env).toBeUndefined();
    expect(opa.volumes.map(({ name }) => name)).toEqual(["opa-config", "opa-socket", "opa-bundle"]);
    expect(JSON.stringify(template.json)).not.toMatch(/aws_kms_public_key|s3_signing/);
  });
});

test("synth writes the bundle, with what was declared and the rules, and no revision", () => {
  const { bundle, policy } = synthesize();
  const files = untarGz(bundle);
  expect(JSON.parse(String(files.get(FLEET_DATA)))).toEqual(JSON.parse(policy));
  expect([...files.keys()]).toEqual(expect.arrayContaining(["policy/decision.rego", "policy/mask.rego"]));
  expect([...files.keys()].filter((name) => /authz|revision|signatures/.test(name))).toEqual([]);
});

test("memory grows with the policy, in steps", () => {
  const memory = (bytes: number) => opaSize(bytes).memory;
  expect([0, 1, 1_677_721, 1_677_722, 8_182_010].map(memory)).toEqual(["128Mi", "192Mi", "192Mi", "256Mi", "448Mi"]);
  expect(engine().opa.container.resources).toEqual({
    requests: { cpu: "1", memory: "192Mi" },
    limits: { cpu: "1", memory: "192Mi" },
  });
  const resources = { cpu: "2", memory: "1Gi" };
  expect(engine({ resources }).opa.container.resources).toEqual({ requests: resources, limits: resources });
});

const digest = `sha256:${"a".repeat(64)}`;
const opaImage = (tag: string) => ({ images: { ...facts.images, opa: `images.acme.example/opa${tag}@${digest}` } });
const { network: _, ...withoutNetwork } = facts.aws;

test.each([":1.21.3", ":1.21.10", ":1.22.2", ":v1.22.2", ":1.30.0-static", ":1.22.2-envoy-rootless"])(
  "takes OPA %s",
  (tag) => {
    expect(engine({}, opaImage(tag)).opa.container.image).toBe(`images.acme.example/opa${tag}@${digest}`);
  },
);

const NAMED = "images.opa must name a released version before the digest, got";
const refusals: readonly [when: string, () => unknown, message: string][] = [
  ...[":1.21.2", ":1.9.9", ":0.70.0", ":1.21.2-static"].map((tag): (typeof refusals)[number] => [
    `OPA is ${tag}`,
    () => engine({}, opaImage(tag)),
    `images.opa must be 1.21.3 or newer, got ${/[\d.]+/.exec(tag)?.[0]}: earlier ones accepted unsigned bundles (GHSA-g2pf-6v5v-qcc8)`,
  ]),
  ...["", ":latest", ":1.22", ":1.22.2-rc1", ":edge"].map((tag): (typeof refusals)[number] => [
    `OPA is ${tag || "named by digest alone"}`,
    () => engine({}, opaImage(tag)),
    `${NAMED} "images.acme.example/opa${tag}@${digest}": write …/opa:1.22.2@sha256:…`,
  ]),
  [
    "OPA is of another major",
    () => engine({}, opaImage(":2.0.0")),
    "images.opa is 2.0.0, and this version of Ambit was proven on 1.22.2: stay within one major",
  ],
  ...[
    { min: 0, max: 30 },
    { min: 40, max: 30 },
    { min: 10, max: 61 },
    { min: 1.5, max: 30 },
  ].map((polling): (typeof refusals)[number] => [
    `it asks every ${polling.min} to ${polling.max} s`,
    () => engine({ delivery: { polling } }),
    `delivery.polling must be whole seconds with 1 ≤ min ≤ max ≤ 60, got ${JSON.stringify(polling)}: a policy takes effect within max`,
  ]),
  ...["", " "].map((reason): (typeof refusals)[number] => [
    `the reason for an unsigned bundle is ${JSON.stringify(reason)}`,
    () => engine({ delivery: { configMap: { reason } } }),
    `delivery.configMap.reason must be a non-empty string, got ${JSON.stringify(reason)}`,
  ]),
  [
    "the reason for an unsigned bundle is missing",
    () => engine({ delivery: { configMap: {} as never } }),
    "delivery.configMap.reason must be a non-empty string, got nothing",
  ],
  [
    "the bundle is in S3 and there is no way to AWS",
    () => engine({}, { aws: withoutNetwork }),
    "OPA fetches its bundle from S3, and the platform names no way to reach AWS: write aws.network, or delivery: { configMap: { reason } }",
  ],
];

test("fails when the platform names no image of OPA", () => {
  expect(() => templateOf({}, { images: { companion: facts.images?.["companion"] as string } })).toThrow(
    'platform: images lacks "opa" for [test/Opa], and has companion: add each to images',
  );
});

test.each(refusals)("fails when %s", (_when, make, message) => {
  expect(make).toThrow(`[test/Opa]: ${message}`);
});

test("needs no way to AWS where the bundle is a ConfigMap", () => {
  expect(() => engine({ delivery: UNSIGNED }, { aws: withoutNetwork })).not.toThrow();
});

test("fails when the bundle is larger than a ConfigMap takes", () => {
  // Names without a pattern, which do not compress
  const name = (index: number) => `d${createHash("sha512").update(String(index)).digest("hex").slice(0, 60)}`;
  const touches = Array.from({ length: 17_000 }, (_, index) =>
    Dataset.external(name(index), { sensitivity: "internal" }).read(),
  );
  const archive = Tool.http("archive", {
    url: "https://archive.acme.example",
    clearance: "internal",
    actions: { read: { method: "GET", path: "/{id}" }, all: { method: "GET", path: "/", touches } },
  });
  const tasks = { look: { startedBy: "user", tools: [archive.allow("read")] } } as const;
  const fleet = Fleet.of(define("small", specWith({ tasks })));
  expect(() => engine({ fleet, delivery: UNSIGNED })).toThrow(
    /^\[test\/Opa\]: the bundle has 1\d{6} bytes, and a ConfigMap takes at most 921600: leave delivery out, so that OPA fetches it from S3, signed$/,
  );
  expect(() => engine({ fleet })).not.toThrow();
});
