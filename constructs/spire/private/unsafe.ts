import { refuse, shown } from "../../../domain";

interface UnsafeOption {
  /** Key in a configuration of SPIRE, wherever it stands */
  readonly key: string;
  readonly why: string;
  readonly instead: string;
}

/** What no configuration may set: each opens what the rest keeps closed. */
export const UNSAFE_OPTIONS: readonly UnsafeOption[] = [
  {
    key: "insecure_bootstrap",
    why: "an agent would trust the first server that answers",
    instead: "leave it out: the bundle comes from the spire-bundle ConfigMap",
  },
  {
    key: "skip_kubelet_verification",
    why: "an impostor of the kubelet could say which pod a process belongs to",
    instead: "leave it out, and give the kubelets certificates of the cluster's CA",
  },
  {
    key: "kubelet_read_only_port",
    why: "the kubelet would be asked without TLS and without a token",
    instead: "leave it out: the secure port is asked",
  },
  {
    key: "use_anonymous_authentication",
    why: "it needs a kubelet with anonymous access",
    instead: "leave it out: the agent's service account may ask",
  },
  {
    key: "allow_unauthenticated_verifiers",
    why: "processes without an identity would get the keys of the trust domain's federation",
    instead: "register the verifier as a workload",
  },
  {
    key: "allow_insecure_scheme",
    why: "keys fetched over http can be replaced on the way",
    instead: "leave it out, and give the provider a certificate",
  },
  { key: "insecure_addr", why: "keys fetched over http can be replaced on the way", instead: "serve https" },
  {
    key: "disable_spiffe_cert_validation",
    why: "Envoy would accept every peer",
    instead: "leave it out: Envoy checks SPIFFE IDs",
  },
  {
    key: "join_token",
    why: "a join token can be used once by anyone who finds it, so it attests no node of a cluster",
    instead: "leave it out: agents attest by k8s_psat",
  },
  {
    key: "join_token_file",
    why: "a join token can be used once by anyone who finds it, so it attests no node of a cluster",
    instead: "leave it out: agents attest by k8s_psat",
  },
  {
    key: "authorized_delegates",
    why: "a delegate can get the SVID of every workload on its node",
    instead: "let each workload ask for its own",
  },
  {
    key: "broker",
    why: "a broker can get the SVIDs of other workloads on its node",
    instead: "let each workload ask for its own",
  },
  {
    key: "federates_with",
    why: "it overrides the federations that the cluster and its registrations know of",
    instead: "write a Federation",
  },
  {
    key: "admin_ids",
    why: "a workload with one of these IDs can mint every other ID",
    instead: "let the controller manager write entries, through the socket in its own pod",
  },
  {
    key: "auth_opa_policy_engine",
    why: "it replaces who may call the server's API, and is experimental",
    instead: "leave it out: SPIRE's own rules hold",
  },
  {
    key: "insecure_skip_verify",
    why: "an impostor of the other side would be believed",
    instead: "name the CA of the other side",
  },
  {
    key: "access_key_id",
    why: "it is a standing credential",
    instead: "leave it out: the server's role is assumed through the cluster's OIDC issuer",
  },
  {
    key: "secret_access_key",
    why: "it is a standing credential",
    instead: "leave it out: the server's role is assumed through the cluster's OIDC issuer",
  },
  {
    key: "plugin_cmd",
    why: "it runs a program that no digest of this platform pins",
    instead: "use the plugins that SPIRE carries",
  },
  {
    key: "profiling_enabled",
    why: "a profile of the server's memory holds its keys",
    instead: "profile a server of a trust domain made for it",
  },
];

/** What says that an option is off, besides an empty list */
const SAFE_VALUES: readonly unknown[] = [false, "false"];

/**
 * Refuse what would undo the rest.
 *
 * HCL compares keys without regard to case, so this does too.
 *
 * @throws DeclarationError `spire.unsafe`
 */
export function refuseUnsafe(config: unknown, where: string, path = ""): void {
  if (Array.isArray(config)) return config.forEach((item) => refuseUnsafe(item, where, path));
  if (typeof config !== "object" || config === null) return;
  for (const [key, value] of Object.entries(config)) {
    const full = path === "" ? key : `${path}.${key}`;
    const option = UNSAFE_OPTIONS.find((unsafe) => unsafe.key === key.toLowerCase());
    if (option !== undefined && !isOff(value)) {
      refuse("spire.unsafe", where, `${full} must not be ${shown(value)}, because ${option.why}: ${option.instead}`);
    }
    if (/connection_string$/i.test(key)) refuseUnverified(value, where, full);
    if (FRESHNESS.includes(key.toLowerCase())) refuseStale(value, where, full);
    refuseUnsafe(value, where, full);
  }
}

function isOff(value: unknown): boolean {
  return SAFE_VALUES.includes(value) || (Array.isArray(value) && value.length === 0);
}

/** SQLite has no network. */
const SQLITE_FILE = /^\/[\w./-]+$/;

/**
 * The database must be authenticated by name: `require` encrypts without verifying the server, and `verify-ca` accepts
 * every server of the CA (PostgreSQL documentation, libpq-ssl).
 */
function refuseUnverified(value: unknown, where: string, path: string): void {
  if (typeof value !== "string" || SQLITE_FILE.test(value)) return;
  const secret = /\b(password|passfile|service|servicefile|sslpassword)\s*=/i.exec(value)?.[1]?.toLowerCase();
  if (secret !== undefined || value.includes("://")) {
    const has = secret === undefined ? "the form of an address" : shown(secret);
    const why = "what it holds would lie in a ConfigMap and in the state, or could not be read here";
    refuse("spire.unsafe", where, `${path} has ${has}, and ${why}: write key=value pairs, without a secret`);
  }
  const modes = [...value.matchAll(/(?<=^|[\s?&])sslmode\s*=\s*'?([a-z-]*)/gi)].map((match) => match[1]);
  if (modes.length === 1 && modes[0] === "verify-full") return;
  const got = modes.length === 0 ? "no sslmode" : `sslmode ${shown(modes.join(", "))}`;
  const why = "an impostor of the database could register any identity";
  refuse("spire.unsafe", where, `${path} has ${got}, so ${why}: write sslmode=verify-full`);
}

/** How often servers read their database and agents ask their servers; SPIRE's own defaults, and the longest allowed */
const FRESHNESS = ["cache_reload_interval", "max_attested_node_info_staleness", "sync_interval"];
const LONGEST_MILLISECONDS = 5_000;

/** A removed entry would take effect later than the platform promises. */
function refuseStale(value: unknown, where: string, path: string): void {
  const [, count, unit] = /^(\d+)(ms|s)$/.exec(String(value)) ?? [];
  if (count !== undefined && Number(count) * (unit === "s" ? 1_000 : 1) <= LONGEST_MILLISECONDS) return;
  const why = "a deleted entry would be seen later than the five seconds that operators count on";
  refuse("spire.unsafe", where, `${path} must not be ${shown(value)}, because ${why}: write at most "5s"`);
}
