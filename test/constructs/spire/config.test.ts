import fc from "fast-check";
import { BundlePublisher, type SpireLifetimes, UpstreamAuthority } from "../../../constructs/spire";
import { agentConfig, type AgentConfigProps } from "../../../constructs/spire/private/agent-config";
import { controllerManagerConfig } from "../../../constructs/spire/private/controller-manager-config";
import type { JsonObject } from "../../../constructs/spire/private/json";
import { lifetimesOf } from "../../../constructs/spire/private/lifetimes";
import { oidcConfig } from "../../../constructs/spire/private/oidc-config";
import { pathsOf, type Plugin, PLUGIN_KEYS } from "../../../constructs/spire/private/plugin";
import { serverConfig, type ServerConfigProps } from "../../../constructs/spire/private/server-config";
import agentCases from "../../cases/spire/agent-config.json";
import managerCases from "../../cases/spire/controller-manager-config.json";
import oidcCases from "../../cases/spire/oidc-config.json";
import serverCases from "../../cases/spire/server-config.json";
import { anchorPublisher, bucketPublisher, CA_ARN, privateCa, upstreamSpire } from "../../support/spire";
import "../../support/depth";

interface Case {
  readonly name: string;
  /** The case that it is like, but for its `props` and `changes` (by path) */
  readonly of?: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly config?: JsonObject;
  readonly changes?: Readonly<Record<string, unknown>>;
}

/** Name, properties and whole configuration of each case */
function rows(cases: readonly object[]): [string, never, JsonObject][] {
  const all = cases as readonly Case[];
  return all.map(({ name, of, props, config, changes }) => {
    if (config !== undefined) return [name, props as never, config];
    const base = all.find((other) => other.name === of) as Case;
    const whole = structuredClone(base.config) as unknown as Record<string, Record<string, unknown>>;
    for (const [path, value] of Object.entries(changes as object)) {
      const [key, inner] = path.split(".") as [string, string | undefined];
      if (inner === undefined) whole[key] = value;
      else (whole[key] as Record<string, unknown>)[inner] = value;
    }
    return [name, { ...base.props, ...props } as never, whole as never];
  });
}

type ServerCase = Omit<ServerConfigProps, "lifetimes" | "upstreamAuthority" | "publishers"> & {
  readonly lifetimes: SpireLifetimes;
  readonly upstreamAuthority?: {
    readonly awsPrivateCa?: Parameters<typeof UpstreamAuthority.awsPrivateCa>[0];
    readonly spire?: Parameters<typeof UpstreamAuthority.spire>[0];
  };
  readonly publishers: readonly {
    readonly s3?: Parameters<typeof BundlePublisher.s3>[0];
    readonly rolesAnywhere?: Parameters<typeof BundlePublisher.rolesAnywhere>[0];
  }[];
};

function propsOf({ lifetimes, upstreamAuthority, publishers, ...rest }: ServerCase): ServerConfigProps {
  const { awsPrivateCa, spire } = upstreamAuthority ?? {};
  return {
    ...rest,
    lifetimes: lifetimesOf(lifetimes, "test"),
    upstreamAuthority:
      (awsPrivateCa && UpstreamAuthority.awsPrivateCa(awsPrivateCa).plugin) ??
      (spire && UpstreamAuthority.spire(spire).plugin),
    publishers: publishers.map(({ s3, rolesAnywhere }) =>
      s3 === undefined ? BundlePublisher.rolesAnywhere(rolesAnywhere as never).plugin : BundlePublisher.s3(s3).plugin,
    ),
  };
}

test.each(rows(serverCases))("server.conf: %s", (_, props, config) => {
  expect(serverConfig(propsOf(props), "test")).toEqual(config);
});

test.each(rows(agentCases))("agent.conf: %s", (_, props: AgentConfigProps, config) => {
  expect(agentConfig(props, "test")).toEqual(config);
});

test.each(rows(managerCases))("controller-manager-config.yaml: %s", (_, props, config) => {
  expect(controllerManagerConfig(props)).toEqual(config);
});

test.each(rows(oidcCases))("oidc.conf: %s", (_, props, config) => {
  expect(oidcConfig(props, "test")).toEqual(config);
});

test("every publisher has its format, and every length of path its template", () => {
  const { s3 } = BundlePublisher;
  const bucket = { region: "cn-north-1", bucket: "acme", objectKey: "keys" };
  expect(s3(bucket).plugin.data.format).toBe("spiffe");
  expect(s3(bucket).writes).toEqual({ bundleObject: "arn:aws-cn:s3:::acme/keys" });
  for (const pathLength of [0, 1, 2, 3] as const) {
    const { plugin } = UpstreamAuthority.awsPrivateCa({
      certificateAuthorityArn: CA_ARN,
      region: "eu-central-1",
      pathLength,
    });
    expect(plugin.data.ca_signing_template_arn).toBe(
      `arn:aws:acm-pca:::template/SubordinateCACertificate_PathLen${pathLength}/V1`,
    );
  }
});

const ha = rows(serverCases)[1]?.[1] as unknown as ServerCase;
const embedded = rows(serverCases)[0]?.[1] as unknown as ServerCase;
const servers: fc.Arbitrary<ServerConfigProps> = fc
  .record({
    ha: fc.boolean(),
    keyPolicy: fc.boolean(),
    upstream: fc.constantFrom(undefined, privateCa.plugin, upstreamSpire.plugin),
    publishers: fc.subarray([bucketPublisher.plugin, anchorPublisher.plugin]),
    profile: fc.constantFrom(undefined, "https_spiffe" as const, "https_web" as const),
    clusterName: fc.constantFrom("prod", "a-b", "A_1"),
  })
  .map((some) => ({
    ...propsOf(some.ha ? ha : embedded),
    ...(some.ha && { keys: { ...(ha.keys as Extract<ServerCase["keys"], { kind: "aws_kms" }>), ...some } }),
    clusterName: some.clusterName,
    upstreamAuthority: some.upstream,
    publishers: some.publishers,
    bundleEndpoint: some.profile && { profile: { kind: some.profile } },
  }));

/** Each plugin of a configuration, with its keys by path; a name of the user's is left out */
function pluginsIn(config: JsonObject): readonly [plugin: string, keys: readonly string[]][] {
  return Object.entries(
    config.plugins as Record<string, readonly Record<string, Partial<Plugin> & JsonObject>[]>,
  ).flatMap(([type, blocks]) =>
    blocks.flatMap((block) =>
      Object.entries(block).map(([name, body]): [string, readonly string[]] => [
        `${type} ${name}`,
        pathsOf(withoutNames(body.plugin_data ?? {})).map((path) => path.replace(/^(key_tags)\..*$/, "$1.*")),
      ]),
    ),
  );
}

function withoutNames(data: unknown): unknown {
  const { clusters, ...rest } = data as { clusters?: readonly Record<string, unknown>[] };
  return clusters === undefined ? data : { ...rest, clusters: { "*": Object.values(clusters[0] as object)[0] } };
}

test("every rendered plugin has only keys that it reads", () => {
  const check = (config: JsonObject): void => {
    for (const [plugin, keys] of pluginsIn(config)) {
      expect(Object.keys(PLUGIN_KEYS)).toContain(plugin);
      expect(keys.filter((key) => key !== "" && !PLUGIN_KEYS[plugin]?.includes(key))).toEqual([]);
    }
  };
  fc.assert(
    fc.property(servers, (props) => {
      const config = serverConfig(props, "test");
      expect(pluginsIn(config).length).toBeGreaterThanOrEqual(4);
      check(config);
    }),
  );
  for (const [, props] of rows(agentCases)) check(agentConfig(props, "test"));
});
