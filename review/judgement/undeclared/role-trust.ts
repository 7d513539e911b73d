import { allow, type Condition, type Principal, type Statement, valuesOf } from "../../../iam";
import type { SourcedStatement } from "../../../iam/access/access";
import { difference } from "../../../iam/access/difference";
import { type Change } from "../../change";
import { requestText } from "../../reach/aws/words";
import { resourcesOf } from "../../read/resource";
import type { AwsRole } from "../../reach/aws/role-access";
import { brief } from "../../reach/declared/registry";
import type { FleetState } from "../../reach/fleet-state";
import { allowedRequest } from "../aws-question";

/** Roles that admit an identity of the trust domain, or the exchange, and that no agent declares */
export function undeclaredTrust(state: FleetState): readonly Change[] {
  const { registry, aws } = state;
  if (registry === undefined || registry.trustDomain === "") return [];
  const principals = [...aws.principals.values()];
  const declared = principals.filter(({ isAgent }) => isAgent).flatMap(({ roles }) => roles);
  const callers = callersOf(
    state,
    declared.flatMap(({ trust }) => trust),
  );
  return principals
    .filter(({ isAgent }) => !isAgent)
    .flatMap(({ roles }) => roles)
    .flatMap((role) => callers.flatMap((caller) => admitted(state, role, caller)));
}

interface Caller {
  readonly what: string;
  readonly question: Statement;
  /** ARN of the calling role, if its own policies must allow the call too */
  readonly role?: string;
}

const ROLES_ANYWHERE = "rolesanywhere.amazonaws.com";

function callersOf({ registry, estate }: FleetState, trust: readonly SourcedStatement[]): readonly Caller[] {
  const domain = registry?.trustDomain ?? "";
  const ids = `spiffe://${domain}/*`;
  const identity = `identities of the trust domain ${brief(domain)}`;
  const providers = new Set([
    ...trust.flatMap(({ statement }) => principalsOf(statement, "Federated")),
    ...issuersIn(estate),
  ]);
  const exchanges = new Set(trust.flatMap(({ statement }) => valuesUnder(statement.Condition, "aws:PrincipalArn")));
  return [
    ...[...providers].sort().map((provider) => ({
      what: identity,
      question: asking(
        "sts:AssumeRoleWithWebIdentity",
        { Federated: provider },
        {
          StringLike: { [`${provider.slice(provider.indexOf("oidc-provider/") + "oidc-provider/".length)}:sub`]: ids },
        },
      ),
    })),
    {
      what: identity,
      question: asking(
        "sts:AssumeRole",
        { Service: ROLES_ANYWHERE },
        {
          StringLike: { "aws:PrincipalTag/x509SAN/URI": ids },
        },
      ),
    },
    ...[...exchanges].sort().map((role) => ({
      what: `the exchange (${role})`,
      role,
      question: asking("sts:AssumeRole", { AWS: role }, { ArnEquals: { "aws:PrincipalArn": role } }),
    })),
  ];
}

function admitted(state: FleetState, role: AwsRole, { what, question, role: caller }: Caller): readonly Change[] {
  const layers = [
    { name: "trust", statements: role.trust },
    { name: "who asks", statements: [{ statement: question, source: "registry" }] },
  ];
  const { gained, undecided } = difference({ paths: [] }, { paths: [{ name: "trust", layers }] });
  const [first] = gained;
  const statement = first?.statement ?? undecided[0]?.statement;
  if (statement === undefined) return [];
  if (caller !== undefined && isToAccount(statement.statement) && !mayAssume(state, caller, role)) return [];
  const witness = first === undefined ? (undecided[0]?.why ?? "") : requestText(first.witness);
  return [
    {
      kind: "trust",
      what: `${role.address} admits ${what}, and no agent declares it`,
      witness,
      source: { address: statement.source },
    },
  ];
}

/** Trust in an account admits callers whose own policies allow it; those of another configuration's roles are unknown. */
function mayAssume({ aws }: FleetState, caller: string, role: AwsRole): boolean {
  const asking = [...aws.principals.values()].find(({ roles }) => roles.some(({ key }) => key === caller));
  if (asking === undefined || !role.key.startsWith("arn:")) return true;
  return allowedRequest(asking, asking.paths, [allow("sts:AssumeRole", role.key)]) !== undefined;
}

function isToAccount({ Principal: principal, Condition: condition }: Statement): boolean {
  if (principal === undefined || principal === "*" || valuesUnder(condition, "aws:PrincipalArn").length > 0)
    return false;
  return valuesOf(principal["AWS"] ?? []).every((one) => /^\d{12}$|:root$/.test(one));
}

/** Issuers of the configuration, except those of EKS clusters, which vouch for service accounts and no SPIFFE ID */
function issuersIn(estate: FleetState["estate"]): readonly string[] {
  return resourcesOf(estate, "aws_iam_openid_connect_provider").flatMap((provider) => {
    const arn = estate.attribute(provider, "arn");
    return typeof arn === "string" && !arn.includes("oidc-provider/oidc.eks.") ? [arn] : [];
  });
}

function principalsOf({ Principal: principal }: Statement, type: string): readonly string[] {
  return principal === undefined || principal === "*" ? [] : valuesOf(principal[type] ?? []);
}

function valuesUnder(condition: Condition | undefined, key: string): readonly string[] {
  return Object.values(condition ?? {}).flatMap((tests) =>
    Object.entries(tests).flatMap(([name, values]) =>
      name.toLowerCase() === key.toLowerCase() ? valuesOf(values) : [],
    ),
  );
}

function asking(action: string, principal: Principal, condition: Condition): Statement {
  return { Effect: "Allow", Principal: principal, Action: action, Condition: condition };
}
