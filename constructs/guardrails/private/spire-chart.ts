import type { Json } from "../../../domain";
import { type Chart, isOn, merged, objectAlong } from "../charts";
import { type BlockBody, isObject, isReference, listOf } from "../value";

/** A server or an agent that a chart of SPIRE's installs, with its values */
export interface SpireComponent {
  readonly kind: "server" | "agent";
  /** Such as `values.spire-server` */
  readonly at: string;
  readonly values: BlockBody;
}

/**
 * Defaults of the charts, as far as they differ from SPIRE's own or switch something on
 *
 * @see https://github.com/spiffe/helm-charts-hardened/tree/main/charts/spire/charts (spire 0.30.0)
 */
const DEFAULTS: Readonly<Record<SpireComponent["kind"], BlockBody>> = {
  server: {
    auditLogEnabled: false,
    caTTL: "24h",
    defaultX509SvidTTL: "4h",
    defaultJwtSvidTTL: "1h",
    dataStore: { sql: { databaseType: "sqlite3" } },
    keyManager: { disk: { enabled: true } },
  },
  agent: { workloadAttestors: { k8s: { enabled: true, verification: { type: "skip" } } } },
};

/** What stands in the place of defaults where some values cannot be read: those may be there. */
const UNTOLD: Readonly<Record<SpireComponent["kind"], BlockBody>> = {
  server: { auditLogEnabled: true },
  agent: {
    workloadAttestors: { k8s: { enabled: true, verification: { type: "hostCert" }, skipKubeletVerification: false } },
  },
};

/** Components of the chart `spire-nested`, and the tags that install them */
const NESTED: Readonly<Record<string, readonly string[]>> = {
  "root-spire-server": ["nestedRoot"],
  "internal-spire-server": ["nestedRoot", "nestedChildFull"],
  "external-spire-server": ["nestedRoot"],
  "downstream-spire-agent-full": ["nestedRoot", "nestedChildFull"],
  "downstream-spire-agent-security": ["nestedChildSecurity"],
  "upstream-spire-agent": ["nestedRoot", "nestedChildFull"],
  "internal-spire-server-bottom-turtle-ha-a": ["bottomTurtleHAA"],
  "downstream-spire-agent-bottom-turtle-ha-a": ["bottomTurtleHAA"],
  "internal-spire-server-bottom-turtle-ha-b": ["bottomTurtleHAB"],
  "downstream-spire-agent-bottom-turtle-ha-b": ["bottomTurtleHAB"],
};

export const COMPONENT = /(?:^|-)spire-(server|agent)(?:-|$)/;

/** The servers and agents of a chart: of SPIRE's own, and of any chart that has one of those in it */
export function spireComponentsOf({ name, values, unread }: Chart): readonly SpireComponent[] {
  const defaults = unread.length > 0 ? UNTOLD : DEFAULTS;
  const componentOf = (kind: SpireComponent["kind"], at: string, own: BlockBody): SpireComponent => ({
    kind,
    at,
    values: merged([defaults[kind], own]),
  });
  const alone = /^spire-(server|agent)$/.exec(name)?.[1] as SpireComponent["kind"] | undefined;
  if (alone !== undefined) return within(componentOf(alone, "values", values));
  return [...new Set([...defaultsOf(name, values), ...namedIn(values)])].flatMap((path) => {
    const own = objectAlong(values, ...path.split("/"));
    if (isUnknownAt(values, path)) return [];
    const kind = COMPONENT.exec(path.split("/").at(-1) ?? "")?.[1] as SpireComponent["kind"];
    if ("enabled" in own && !isOn(own)) return [];
    return within(componentOf(kind, `values.${path.replaceAll("/", ".")}`, own));
  });
}

/** Where a component's values are known at apply only, defaults may not hold. */
function isUnknownAt(values: BlockBody, path: string): boolean {
  const names = path.split("/");
  const value = objectAlong(values, ...names.slice(0, -1))[names.at(-1) ?? ""];
  return typeof value === "string" && isReference(value);
}

function defaultsOf(name: string, values: BlockBody): readonly string[] {
  if (name === "spire")
    return ["spire-server", "spire-agent", ...(isOn(objectAlong(values, "upstream")) ? ["upstream-spire-agent"] : [])];
  if (name !== "spire-nested") return [];
  const tags = objectAlong(values, "tags");
  return Object.entries(NESTED).flatMap(([each, by]) => (by.some((tag) => isOn(tags, tag)) ? [each] : []));
}

/** Charts within charts have their values below their names. */
function namedIn(values: BlockBody, before = "", depth = 0): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (!isObject(value)) return [];
    if (COMPONENT.test(name)) return [`${before}${name}`];
    return depth < 2 ? namedIn(value, `${before}${name}/`, depth + 1) : [];
  });
}

/** Agents of one chart have settings of their own beside the common ones. A server that runs elsewhere has no configuration here. */
function within(component: SpireComponent): readonly SpireComponent[] {
  if (component.kind === "server") return isElsewhere(component.values) ? [] : [component];
  const others = Object.entries(objectAlong(component.values, "agents")).flatMap(([name, own]) =>
    isObject(own)
      ? [{ ...component, at: `${component.at}.agents.${name}`, values: merged([component.values, own]) }]
      : [],
  );
  return [component, ...others];
}

function isElsewhere({ externalServer = false }: BlockBody): boolean {
  const isUnknown = typeof externalServer === "string" && isReference(externalServer);
  return !isUnknown && isOn({ enabled: externalServer });
}

/** The configuration that the chart writes for a component, as far as guardrails read it */
export function configurationOf({ kind, values }: SpireComponent, { version }: Chart): BlockBody {
  return kind === "server" ? serverOf(values) : agentOf(values, version);
}

function serverOf(values: BlockBody): BlockBody {
  const { agentTTL = "" } = values;
  return {
    server: {
      trust_domain: "",
      admin_ids: values["adminIDs"] ?? null,
      audit_log_enabled: values["auditLogEnabled"] ?? null,
      ca_ttl: values["caTTL"] ?? null,
      default_x509_svid_ttl: values["defaultX509SvidTTL"] ?? null,
      default_jwt_svid_ttl: values["defaultJwtSvidTTL"] ?? null,
      ...(agentTTL !== "" && { agent_ttl: agentTTL }),
    },
    plugins: pluginsOf(values, {
      DataStore: { sql: { plugin_data: dataStoreOf(values) } },
      KeyManager: switchedOn(values, "keyManager", { disk: "disk", memory: "memory", awsKMS: "aws_kms" }),
      NodeAttestor: switchedOn(values, "nodeAttestor", NODE_ATTESTORS),
    }),
  };
}

const NODE_ATTESTORS = { joinToken: "join_token", httpChallenge: "http_challenge" };

function dataStoreOf(values: BlockBody): Json {
  const { databaseType, options } = objectAlong(values, "dataStore", "sql");
  const written = listOf(options).flatMap((each) => Object.entries(isObject(each) ? each : {}));
  return {
    database_type: databaseType ?? null,
    connection_string: written.map(([name, value]) => `${name}=${String(value)}`).join(" "),
  };
}

function agentOf(values: BlockBody, version: string): BlockBody {
  const { verification, skipKubeletVerification: skips } = objectAlong(values, "workloadAttestors", "k8s");
  // Before 0.23.0, it was a switch that is on by default.
  const isOld = /^v?0\.(?:1?\d|2[0-2])\./.test(version);
  const type = isObject(verification) ? verification["type"] : verification;
  const told = isOld ? skips : type;
  const isUnverified = isOld ? skips !== false && skips !== "false" : !isObject(verification) || type === "skip";
  const skipped = typeof told === "string" && isReference(told) ? told : isUnverified;
  const sds = objectAlong(values, "sds");
  const attestors = switchedOn(values, "workloadAttestors", { k8s: "k8s", unix: "unix" });
  return {
    agent: {
      trust_bundle_url: values["trustBundleURL"] ?? null,
      authorized_delegates: values["authorizedDelegates"] ?? null,
      ...(isOn(sds) && { sds: { disable_spiffe_cert_validation: sds["disableSPIFFECertValidation"] ?? null } }),
    },
    plugins: pluginsOf(values, {
      NodeAttestor: switchedOn(values, "nodeAttestor", NODE_ATTESTORS),
      WorkloadAttestor: {
        ...attestors,
        ...("k8s" in attestors && { k8s: { plugin_data: { skip_kubelet_verification: skipped } } }),
      },
    }),
  };
}

/** The plugins of a kind that are switched on, by SPIRE's names for them */
function switchedOn(values: BlockBody, kind: string, names: Readonly<Record<string, string>>): Record<string, Json> {
  const on = Object.entries(names).filter(([name]) => isOn(objectAlong(values, kind, name)));
  return Object.fromEntries(on.map(([, name]) => [name, { plugin_data: {} }]));
}

/** Plugins that the chart knows, and those that are written as SPIRE has them */
function pluginsOf(values: BlockBody, known: Readonly<Record<string, Json>>): Json {
  const written = ["customPlugins", "unsupportedBuiltInPlugins"].map((part) =>
    Object.fromEntries(
      Object.entries(objectAlong(values, part)).map(([kind, plugins]) => [
        `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
        plugins ?? null,
      ]),
    ),
  );
  return merged([known, ...written]) as Json;
}
