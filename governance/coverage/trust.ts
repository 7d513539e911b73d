import { type TrustingPlatform, trustStatements } from "../../constructs/access/trust-statements";
import { policiesOf } from "../../constructs/guardrails/policies";
import { PLATFORM_PATH } from "../../constructs/platform/names";
import { EXCHANGE_POD } from "../../constructs/exchange/exchange-processes";
import { withoutScheme } from "../../domain/issuer-address";
import { sameJson } from "../../review/read/json";
import { at, type DeclaredAgent, type Located, type Output, textIn } from "./output";
import { spireConfigs } from "./platform-parts";
import { rolesOf } from "./pod-needs";
import { podsOf } from "./pods";

/** Whether the role's trust is the one that the construct writes for this agent: one principal, one subject, and no other */
export function trustsAlone(role: Located, { name, entry }: DeclaredAgent, output: Output, arn: string): boolean {
  const statements = statementsOf(role);
  const platform = platformIn(statements[0], arn, output);
  if (platform === undefined) return false;
  const { spiffeId, credentials, expires } = entry;
  return sameJson(statements, trustStatements({ name, spiffeId, credentials, expires }, platform));
}

/** What cannot be read is no evidence; the guardrails have it as a finding. */
function statementsOf({ block, stack }: Located): ReturnType<typeof policiesOf>[number]["statements"] {
  try {
    return policiesOf(block, stack).flatMap(({ kind, statements }) => (kind === "trust" ? statements : []));
  } catch {
    return [];
  }
}

const NO_PLATFORM = { exchangeRoleArn: "", issuer: "", oidcProviderArn: "", trustAnchorArn: "" } as const;

/** What of the platform the first statement names, where it is the platform's own; undefined for another */
function platformIn(statement: unknown, arn: string, output: Output): TrustingPlatform | undefined {
  const [, partition = "", , , account = ""] = arn.split(":");
  const own = { ...NO_PLATFORM, accountRoot: `arn:${partition}:iam::${account}:root` };
  const exchangeRoleArn = at(statement, "Condition", "ArnEquals", "aws:PrincipalArn");
  if (typeof exchangeRoleArn === "string")
    return isExchange(exchangeRoleArn, output) ? { ...own, exchangeRoleArn } : undefined;
  const oidcProviderArn = at(statement, "Principal", "Federated");
  if (typeof oidcProviderArn === "string") {
    const issuer = issuerOf(output);
    const expected = `arn:${partition}:iam::${account}:oidc-provider/${withoutScheme(issuer ?? "")}`;
    const isOwn = issuer !== undefined && oidcProviderArn === expected && hasProvider(output, issuer);
    return isOwn ? { ...own, issuer, oidcProviderArn } : undefined;
  }
  const trustAnchorArn = at(statement, "Condition", "ArnEquals", "aws:SourceArn");
  const isOwn = typeof trustAnchorArn === "string" && trustAnchorArn.startsWith(`arn:${partition}:rolesanywhere:`);
  return isOwn && trustAnchorArn.split(":")[4] === account ? { ...own, trustAnchorArn } : undefined;
}

/** The role that the exchange's pods take; that of a function is a reference, and known by its path. */
function isExchange(arn: string, output: Output): boolean {
  const known = EXCHANGES.get(output) ?? new Set(podsOf(output, EXCHANGE_POD).flatMap(rolesOf));
  EXCHANGES.set(output, known);
  return known.size === 0
    ? new RegExp(`^arn:[^:]+:iam::\\d{12}:role${PLATFORM_PATH}[^/*]+$`).test(arn)
    : known.has(arn);
}

const EXCHANGES = new WeakMap<Output, ReadonlySet<string>>();

/** Whether the account takes tokens of the issuer: a role cannot trust a provider that is not there. */
function hasProvider(output: Output, issuer: string): boolean {
  const key = withoutScheme(issuer);
  return output.by("issuer", "aws_iam_openid_connect_provider", key, providerKey).length > 0;
}

function providerKey({ block }: Located): string | undefined {
  const url = textIn(block.body, "url");
  return url === undefined ? undefined : withoutScheme(url);
}

/** The issuer of tokens, where SPIRE's servers agree on it */
function issuerOf(output: Output): string | undefined {
  const issuers = new Set(spireConfigs(output).map(({ json }) => at(json, "server", "jwt_issuer")));
  const [issuer] = issuers;
  return issuers.size === 1 && typeof issuer === "string" ? issuer : undefined;
}
