import { type EditParts, resource } from "./example-output";
import type { Mutation } from "./mutations";

const EXCHANGE = ["C04", "C06", "C07", "C10", "C11", "C15", "C16"];
const GATEWAY = ["C08", "C09", "C25", "C27"];
const SERVER = ["C02", "C21", "C27"];
const AGENT = ["C02", "C27"];

/** Takes one resource out of its stack */
const gone = (stack: string, type: string, start: string): EditParts => {
  return ({ stacks }) => {
    const all = stacks[stack].resource[type] as Record<string, unknown>;
    const names = Object.keys(all).filter((name) => name.startsWith(start));
    if (names.length !== 1) throw new Error(`${names.length} resources ${stack}/${type}.${start}…, expected one`);
    for (const name of names) delete all[name];
  };
};
const ROLE = "aws_iam_role";
const POLICY = "aws_iam_role_policy";
const ACCOUNT = "kubernetes_service_account_v1";
const SERVICE = "kubernetes_service_v1";
const NAMESPACE = "kubernetes_namespace_v1";
const MAP = "kubernetes_config_map_v1";
const KEY = "aws_kms_key";
const BINDING = "kubernetes_cluster_role_binding_v1";

/** What a protection needs to be one, though it is none itself */
export const NEEDED: readonly Mutation[] = [
  ["the exchange's role has gone", gone("foundation", ROLE, "ExchangeRole"), EXCHANGE],
  ["the exchange's role has no rights", gone("foundation", POLICY, "ExchangeRole"), EXCHANGE],
  ["the gateway's role has gone", gone("foundation", ROLE, "GatewayRole"), GATEWAY],
  ["the gateway's role has no rights", gone("foundation", POLICY, "GatewayRole"), GATEWAY],
  ["the role of SPIRE's server has gone", gone("spire", ROLE, "Spire_Role"), SERVER],
  ["the role of SPIRE's server has no rights", gone("spire", POLICY, "Spire_Role"), SERVER],
  ["the collector's role has gone", gone("foundation", ROLE, "CollectorRole"), ["C29"]],
  ["the exchange's account has gone", gone("control", ACCOUNT, "Exchange_"), EXCHANGE],
  ["the gateway's account has gone", gone("control", ACCOUNT, "Gateway_"), GATEWAY],
  ["the account of SPIRE's server has gone", gone("spire", ACCOUNT, "Spire_Server"), SERVER],
  ["the account of SPIRE's agents has gone", gone("spire", ACCOUNT, "Spire_Agent"), AGENT],
  ["rights of SPIRE's server have gone", gone("spire", "kubernetes_cluster_role_v1", "Spire_Server_Rights"), ["C02"]],
  ["the binding of SPIRE's server has gone", gone("spire", BINDING, "Spire_Server_Rights"), ["C02"]],
  ["rights of SPIRE's agents are bound to none", gone("spire", BINDING, "Spire_Agent"), ["C02"]],
  ["the exchange has no service", gone("control", SERVICE, "Exchange_Service"), EXCHANGE],
  ["the gateway has no service", gone("control", SERVICE, "Gateway_Service"), GATEWAY],
  [
    "the gateway's service selects other pods",
    (parts) => (resource(parts, "control", SERVICE, "Gateway_Service").spec.selector = { app: "other" }),
    GATEWAY,
  ],
  [
    "the gateway's service selects none",
    (parts) => (resource(parts, "control", SERVICE, "Gateway_Service").spec.selector = {}),
    GATEWAY,
  ],
  ["SPIRE's server has no service", gone("spire", SERVICE, "Spire_Server_Service"), ["C02"]],
  [
    "the namespace of exchange and gateway has gone",
    gone("control", NAMESPACE, "Namespace"),
    [...EXCHANGE, ...GATEWAY, "C29"].sort(),
  ],
  ["the namespace of SPIRE's agents has gone", gone("foundation", NAMESPACE, "SpireNamespaces_System"), AGENT],
  ["the collector has no configuration", gone("control", MAP, "Collector_Config"), ["C29"]],
  ["the database of SPIRE's server has gone", gone("spire", "aws_rds_cluster", "Spire"), ["C02", "C05", "C20", "C21"]],
  ["the exchange's table has gone", gone("foundation", "aws_dynamodb_table", "Tables_State"), [...EXCHANGE, "C26"]],
  ["a key that signs tokens has gone", gone("foundation", KEY, "TokenKey"), ["C06"]],
  ["the next key that signs tokens has gone", gone("foundation", KEY, "NextTokenKey"), ["C06"]],
  ["the name of a key that signs tokens has gone", gone("foundation", "aws_kms_alias", "TokenKey"), ["C06"]],
  [
    "a key that signs tokens is counted",
    (parts) => (resource(parts, "foundation", KEY, "TokenKey").count = 0),
    ["C06"],
  ],
  ["the key that signs records has gone", gone("foundation", KEY, "AuditLogKey"), ["C16"]],
  ["the key that signs the registry has gone", gone("foundation", KEY, "RegistryKey"), ["C28"]],
  ["the key of the tables has gone", gone("foundation", KEY, "DataKey"), ["C26"]],
  ["AWS does not know the issuer", gone("trust", "aws_iam_openid_connect_provider", "Oidc"), ["C02"]],
  [
    "AWS knows another issuer",
    (parts) => (resource(parts, "trust", "aws_iam_openid_connect_provider", "Oidc").url = "https://evil.example"),
    ["C02"],
  ],
  [
    "an endpoint that the boundary names has gone",
    gone("foundation", "aws_vpc_endpoint", "Endpoints_s3"),
    ["C03", "C20"],
  ],
];

/** Nothing rests on these. */
export const UNNEEDED: readonly (readonly [string, EditParts])[] = [
  ["an engine that the gateway does not ask has gone", gone("control", "kubernetes_deployment_v1", "Opa")],
  ["the role of that engine has gone", gone("foundation", ROLE, "OpaRole")],
  ["the trail of data events has gone", gone("foundation", "aws_cloudtrail", "DataTrail")],
];
