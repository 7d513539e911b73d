import type { Statement } from "../../../iam";
import { isNarrowedBy, testsOf } from "../conditions";
import { grantsOf } from "../grants";
import { type NamedPrincipal, principalsOf } from "../principals";
import type { StackJson } from "../stack";

/** Where Ambit's own roles and policies are */
export const PLATFORM_PATH = "/ambit/platform/";

/** Components that run as pods, by the end of their role's name: the service account that each one has */
const ACCOUNTS: Readonly<Record<string, RegExp>> = {
  exchange: /^system:serviceaccount:ambit-system:ambit-exchange$/,
  gateway: /^system:serviceaccount:ambit-system:ambit-gateway$/,
  // `OpaRole` may name another account of the namespace, such as the gateway's.
  opa: /^system:serviceaccount:ambit-system:[a-z0-9-]+$/,
  collector: /^system:serviceaccount:ambit-system:ambit-collector$/,
  "spire-server": /^system:serviceaccount:spire-server:spire-server$/,
  "spire-database-setup": /^system:serviceaccount:spire-server:spire-database-setup$/,
};

const NAME = new RegExp(`^ambit-[a-z0-9-]+?-(${Object.keys(ACCOUNTS).join("|")}|kill-switch|starter-[a-z0-9-]+)$`);

/** Which component of Ambit has a role or function of this name, such as `exchange` or `starter-nightly` */
export function componentNamed(name: unknown): string | undefined {
  return typeof name === "string" ? NAME.exec(name)?.[1] : undefined;
}

/** Whether a statement names one principal, which is as it is meant */
export function only(statement: Statement, isMeant: (principal: NamedPrincipal) => boolean): boolean {
  const principals = principalsOf(statement);
  return principals.length === 1 && principals.every(isMeant);
}

/**
 * The issuer whose token a statement asks for: one that says it is the service account of a component, in the claim of this issuer. Undefined
 * for another statement.
 */
export function accountTrust(statement: Statement, component: string | undefined): string | undefined {
  const account = ACCOUNTS[component ?? ""];
  const [principal] = principalsOf(statement);
  const issuer = /^arn:[^:]*:iam::\d{12}:oidc-provider\/([^$*?]+)$/.exec(principal?.value ?? "")?.[1];
  if (account === undefined || issuer === undefined || !only(statement, ({ type }) => type === "Federated")) return;
  const tests = testsOf(statement.Condition, /:sub$/i);
  const isOfIssuer = tests.every(({ key }) => key.toLowerCase() === `${issuer}:sub`.toLowerCase());
  const isAccount = tests.flatMap(({ values }) => values).every((subject) => account.test(subject));
  return isOfIssuer && isAccount && isNarrowedBy(statement, /:sub$/i) ? issuer : undefined;
}

/** The issuers that components of Ambit trust in a stack, to be their cluster's */
export function ofClusterIn(stack: StackJson): readonly string[] {
  return stack.of("aws_iam_role").flatMap((role) => {
    if (role.body["path"] !== PLATFORM_PATH) return [];
    const component = componentNamed(role.body["name"]);
    return grantsOf(role, stack, "trust").flatMap(({ statement }) => accountTrust(statement, component) ?? []);
  });
}
