import { SPIRE_AGENT_POD, SPIRE_SERVER_POD } from "../../../constructs/spire/spire-processes";
import { LIMITS } from "../../../domain/limits";
import { admission, admissions } from "../admission";
import { awsTasks, rolesAt, usesAws } from "../agent-parts";
import { boundaries } from "../boundary";
import { addressesOf, at, inner, type Located, type Output, textIn } from "../output";
import { clusterRights } from "../pod-needs";
import { podsOf, servedPodsOf } from "../pods";
import { registrations, registrationWebhooks } from "../registrations";
import { trustsAlone } from "../trust";
import { configured, isWithin, pluginsOf, spireServer } from "../platform-parts";
import { contributes, provides, type Safeguard } from "../safeguard";

const SERVICE_ACCOUNT = "kubernetes_service_account_v1";
const RECORD = "kubernetes_config_map_v1_data";

/** Attestors that tell pods apart, by the cluster's word */
const NODE_ATTESTORS = ["k8s_psat", "aws_iid", "tpm_devid"];

export const ownIdentity: Safeguard = {
  id: "C01",
  name: "One SPIFFE identity per agent",
  requires: [
    {
      what: "a service account of its own",
      findFor: ({ entry: { workload } }, output) =>
        isShared(output, workload)
          ? []
          : addressesOf(output.object(SERVICE_ACCOUNT, workload.namespace, workload.serviceAccount)),
    },
    {
      what: "the record by which SPIRE registers it",
      findFor: ({ name, entry: { workload } }, output) =>
        addressesOf(output.by("record", RECORD, `${workload.namespace}/${workload.serviceAccount}=${name}`, recordKey)),
    },
    { what: "registration by namespace and service account", find: registrations },
    { what: "admission that keeps the records", find: (output) => admission(output, "ambit-records") },
  ],
  claims: [
    provides("owasp-nhi/NHI9", "agents declared here"),
    ...contributes("sp800-207/1", "sp800-207/6", "owasp-asi/ASI03", "owasp-asi/ASI10", "owasp-nhi/NHI4"),
    ...contributes("maestro/L4", "maestro/L6", "ai-rmf/GOVERN 1.6", "sp800-53/AC-2", "sp800-53/IA-4", "sp800-53/IA-9"),
  ],
  yours: "agents that are deployed outside the toolkit",
};

/** Of which account the record is, and of which agent: all records of a namespace have one name. */
function recordKey({ block }: Located): string | undefined {
  const metadata = inner(block.body, "metadata");
  const [account, agent] = Object.entries(inner(block.body, "data")).find(([key]) => !key.includes(".")) ?? [];
  if (metadata["name"] !== "ambit-agents" || account === undefined) return undefined;
  return `${textIn(metadata, "namespace")}/${account}=${String(agent)}`;
}

const SHARED = new WeakMap<Output, ReadonlySet<string>>();

/** Whether two agents of the registry run as one service account */
function isShared(
  output: Output,
  { namespace, serviceAccount }: { readonly namespace: string; readonly serviceAccount: string },
): boolean {
  const known = SHARED.get(output) ?? sharedOf(output);
  SHARED.set(output, known);
  return known.has(`${namespace}/${serviceAccount}`);
}

function sharedOf({ agents }: Output): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(
    agents.flatMap(({ entry: { workload } }) => {
      const key = `${workload.namespace}/${workload.serviceAccount}`;
      return seen.size === seen.add(key).size ? [key] : [];
    }),
  );
}

export const attestation: Safeguard = {
  id: "C02",
  name: "Attestation by SPIRE, and trust pinned to one workload",
  requires: [
    {
      what: "a SPIRE server that attests nodes",
      find: (output) =>
        spireServer(output, (config) =>
          pluginsOf(config, "NodeAttestor").some((name) => NODE_ATTESTORS.includes(name)),
        ),
    },
    { what: "the SPIRE server's pods", find: (output) => addressesOf(servedPodsOf(output, SPIRE_SERVER_POD)) },
    {
      what: "a SPIRE agent that attests pods",
      find: (output) =>
        configured(output, "spire-agent", "agent.conf", ({ json }) =>
          pluginsOf(json, "WorkloadAttestor").includes("k8s"),
        ),
    },
    { what: "the SPIRE agent's pods", find: (output) => addressesOf(podsOf(output, SPIRE_AGENT_POD)) },
    { what: "rights by which SPIRE asks the cluster about pods", find: spireRights },
    { what: "registration by namespace and service account", find: registrations },
    { what: "the webhook that checks registrations", find: registrationWebhooks },
    {
      what: "admission that keeps registrations and their kinds",
      find: (output) => admissions(output, "ambit-identity-objects", "ambit-identity-kinds"),
    },
    {
      what: "a role that trusts it alone",
      appliesTo: usesAws,
      findFor: (agent, output) =>
        foundForEach(awsTasks(agent), ({ role }) =>
          rolesAt(output, role).filter((each) => trustsAlone(each, agent, output, role)),
        ),
    },
  ],
  claims: [
    provides("sp800-207/6", "agents declared here", "C08"),
    provides("owasp-nhi/NHI4", "agents declared here", "C01", "C13"),
    ...contributes("sp800-207/2", "owasp-asi/ASI03", "owasp-nhi/NHI6", "owasp-nhi/NHI10", "owasp-mcp/MCP07"),
    ...contributes("maestro/L4", "ai-rmf/MEASURE 2.7", "sp800-53/IA-9", "sp800-53/IA-13", "sp800-53/IA-3"),
  ],
  yours: "hardening of nodes and of the cluster",
};

/** Of the server and the agent; none if one of them lacks them */
function spireRights(output: Output): readonly string[] {
  return foundForEach([SPIRE_SERVER_POD, SPIRE_AGENT_POD], (pod) =>
    podsOf(output, pod).flatMap((pods) => clusterRights(pods, pod, output)),
  );
}

/** Addresses of what is found for all of them; none if something is missing for one */
function foundForEach<Each>(all: readonly Each[], find: (each: Each) => readonly Located[]): readonly string[] {
  const found = all.map(find);
  return found.some((each) => each.length === 0) ? [] : [...new Set(found.flatMap(addressesOf))];
}

export const shortLifetimes: Safeguard = {
  id: "C05",
  name: "Short lifetimes with ceilings",
  requires: [
    {
      what: "SVIDs of at most an hour, tokens of at most five minutes",
      find: (output) =>
        spireServer(
          output,
          (config) =>
            isWithin(at(config, "server", "default_x509_svid_ttl"), LIMITS.x509Svid.seconds) &&
            isWithin(at(config, "server", "default_jwt_svid_ttl"), LIMITS.jwtSvid.seconds),
        ),
    },
    {
      what: "credentials that end within an hour",
      findFor: ({ addresses, entry }) =>
        entry.longestCredentialSeconds <= LIMITS.federatedSession.seconds ? addresses : [],
    },
    {
      what: "a role whose sessions end within an hour",
      appliesTo: usesAws,
      findFor: (agent, output) =>
        foundForEach(awsTasks(agent), ({ role }) =>
          rolesAt(output, role).filter(({ block }) => {
            const seconds = Number(block.body["max_session_duration"] ?? LIMITS.federatedSession.seconds);
            return seconds <= LIMITS.federatedSession.seconds;
          }),
        ),
    },
  ],
  claims: [
    provides("sp800-207/3", "agents declared here", "C15"),
    provides("owasp-nhi/NHI7", "what the platform issues"),
    ...contributes("owasp-asi/ASI03", "owasp-asi/ASI08", "owasp-asi/ASI10", "owasp-nhi/NHI2", "owasp-mcp/MCP01"),
    ...contributes("maestro/L4", "ai-rmf/MANAGE 1.3", "sp800-53/IA-5", "sp800-53/AC-12"),
  ],
  yours: "static keys that are created elsewhere",
};

export const environments: Safeguard = {
  id: "C20",
  name: "One trust domain and account per environment",
  requires: [
    {
      what: "a SPIRE server of the registry's trust domain, without federation",
      find: (output) =>
        output.allManifests("ClusterFederatedTrustDomain").length > 0
          ? []
          : spireServer(
              output,
              (config) =>
                at(config, "server", "trust_domain") === output.registry.trustDomain &&
                at(config, "server", "federation") === undefined,
            ),
    },
    {
      what: "a boundary that denies other accounts",
      find: (output) => [...boundaries(output)],
    },
  ],
  claims: [
    provides("owasp-nhi/NHI8", "the identity plane"),
    ...contributes("sp800-207/2", "owasp-asi/ASI03", "owasp-asi/ASI08", "maestro/L4", "ai-rmf/MAP 4.2"),
  ],
  yours: "structure of accounts, peering of networks",
};

/** Managers that keep keys of the authority outside the server's own memory and disk */
const KEY_MANAGERS = ["aws_kms", "azure_key_vault", "gcp_kms"];

export const hardenedSpire: Safeguard = {
  id: "C21",
  name: "SPIRE with settings for production",
  requires: [
    {
      what: "a key manager outside the server, an audit log and an authority of at most a day",
      find: (output) =>
        spireServer(
          output,
          (config) =>
            at(config, "server", "audit_log_enabled") === true &&
            isWithin(at(config, "server", "ca_ttl"), LIMITS.spireCa.seconds) &&
            pluginsOf(config, "KeyManager").some((name) => KEY_MANAGERS.includes(name)),
        ),
    },
    {
      what: "two servers or more",
      find: (output) =>
        addressesOf(
          podsOf(output, SPIRE_SERVER_POD).filter(
            ({ block }) => Number(inner(block.body, "spec")["replicas"] ?? 1) > 1,
          ),
        ),
    },
  ],
  claims: [
    provides("maestro/L4", "the identity plane", "C02", "C05", "C20"),
    ...contributes("sp800-207/2", "sp800-207/5", "sp800-207/6", "owasp-asi/ASI03", "owasp-nhi/NHI4"),
    ...contributes("owasp-nhi/NHI6", "owasp-nhi/NHI7", "ai-rmf/MEASURE 2.7", "sp800-53/SC-12", "sp800-53/IA-13"),
  ],
  yours: "operating it, and upgrades of one minor version at a time",
};
