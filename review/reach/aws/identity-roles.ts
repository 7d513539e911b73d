import type { Statement } from "../../../iam";
import type { SourcedStatement } from "../../../iam/access/access";
import { difference } from "../../../iam/access/difference";
import { own } from "../../../domain";
import { isObject, member } from "../../read/json";
import { agentsOf, type Estate, resourcesOf } from "../../read/resource";
import { type IdentityStatement, identityStatementsOf, mayAdmit, subjectKeysOf } from "./identity-statements";
import type { PolicyTexts } from "./policy-texts";
import type { AwsReach } from "./aws-reach";
import type { AwsRole } from "./role-access";

/** A principal that may have a token of a service account, or a certificate that SPIRE issued to it */
export interface Bearer {
  readonly name: string;
  readonly accounts: readonly { readonly namespace: string; readonly name: string }[];
}

/** A role of another principal that AWS lets a bearer assume */
export interface IdentityRole {
  /** Principal that owns the role */
  readonly owner: string;
  readonly role: AwsRole;
  /** Address of the grant */
  readonly address: string;
  /** Why it is uncertain; undefined if certain */
  readonly unknown?: string;
}

interface Candidate {
  readonly owner: string;
  readonly role: AwsRole;
  readonly statements: readonly IdentityStatement[];
  readonly unread: string | undefined;
}

/**
 * Roles that AWS lets a principal assume directly: by a token of its account, as with IAM roles for service
 * accounts, by a token of its SPIFFE ID, or by its certificate.
 *
 * Source: IAM user guide, id_roles_providers_create_oidc and reference_policies_iam-condition-keys; EKS user guide,
 * associate-service-account-role; IAM Roles Anywhere user guide, trust-model.
 */
export class IdentityRoles {
  private readonly candidates: readonly Candidate[];
  /** Roles of which a profile of IAM Roles Anywhere gives sessions */
  private readonly profiled: ReadonlySet<string>;

  public constructor(
    private readonly estate: Estate,
    private readonly texts: PolicyTexts,
    { principals, rolesAnywhere }: AwsReach,
  ) {
    const unread = unreadTrust(estate, texts);
    this.candidates = [...principals.values()].flatMap(({ name: owner, roles }) =>
      roles.flatMap((role): readonly Candidate[] => {
        const one = { owner, role, statements: identityStatementsOf(role.trust), unread: unread.get(role.address) };
        return one.statements.length > 0 || one.unread !== undefined ? [one] : [];
      }),
    );
    this.profiled = new Set(rolesAnywhere.profiles.flatMap(({ role }) => role?.address ?? []));
  }

  /** Without the bearer's own roles */
  public of({ name, accounts }: Bearer): readonly IdentityRole[] {
    const subjects = [
      ...accounts.map((account) => `system:serviceaccount:${account.namespace}:${account.name}`),
      ...spiffeIdOf(name, this.estate),
    ];
    if (subjects.length === 0) return [];
    return this.candidates.filter(({ owner }) => owner !== name).flatMap((one) => this.admitted(one, subjects));
  }

  private admitted(
    { owner, role, statements, unread }: Candidate,
    subjects: readonly string[],
  ): readonly IdentityRole[] {
    let open: IdentityRole | undefined;
    for (const one of statements.filter((each) => mayAdmit(each, subjects))) {
      const unknown = this.whether(role, one, subjects);
      if (unknown === undefined) continue;
      const found = { owner, role, address: one.sourced.source };
      if (unknown === true) return [found];
      open ??= { ...found, unknown };
    }
    if (open === undefined && unread !== undefined) open = { owner, role, address: role.address, unknown: unread };
    return open === undefined ? [] : [open];
  }

  /** True if a statement certainly admits one of them, undefined if it does not; otherwise the condition that it depends on */
  private whether(
    { address, trust }: AwsRole,
    statement: IdentityStatement,
    subjects: readonly string[],
  ): true | string | undefined {
    const keys = subjectKeysOf(statement.sourced.statement);
    const asked = subjects.flatMap((subject) => keys.map((key) => ({ StringEquals: { [key]: subject } })));
    const answers = (keys.length === 0 ? [undefined] : asked).map((condition) =>
      this.answer(statement, condition, trust),
    );
    const all = answers.filter((one) => one !== undefined);
    const open = all.find((one) => one !== true);
    if (!all.includes(true)) return open;
    if (keys.length === 0) return "its trust policy does not say whose identities it admits";
    return !statement.isCertificate || this.profiled.has(address)
      ? true
      : "no profile of IAM Roles Anywhere that is read here gives sessions of it";
  }

  /** The decision of the whole trust policy on requests that this statement covers */
  private answer(
    { sourced, action, principal }: IdentityStatement,
    condition: Statement["Condition"],
    trust: readonly SourcedStatement[],
  ): true | string | undefined {
    const asks = this.texts.one({
      Effect: "Allow",
      ...(principal !== undefined && { Principal: principal }),
      Action: action,
      Resource: "*",
      ...(condition !== undefined && { Condition: condition }),
    });
    const layers = [
      { name: "what is asked", statements: [{ statement: asks, source: sourced.source }] },
      { name: "trust", statements: trust },
    ];
    const { gained, undecided } = difference({ paths: [] }, { paths: [{ name: "trust", layers }] });
    if (gained.some(({ certain }) => certain)) return true;
    return gained[0] === undefined ? undecided[0]?.why : `it depends on ${gained[0].unknown.join(" and ")}`;
  }
}

function unreadTrust(estate: Estate, texts: PolicyTexts): ReadonlyMap<string, string> {
  return new Map(
    resourcesOf(estate, "aws_iam_role").flatMap((role) => {
      const [unread] = texts.in(role, "assume_role_policy", estate).unknown;
      return unread === undefined ? [] : [[role.address, unread.why] as const];
    }),
  );
}

function spiffeIdOf(name: string, { registry }: Estate): readonly string[] {
  const agent = own(agentsOf(registry), name);
  const id = isObject(agent) ? member(agent, "spiffeId") : undefined;
  return typeof id === "string" ? [id] : [];
}
