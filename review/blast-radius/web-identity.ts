import { type Statement, valuesOf } from "../../iam";
import { Glob } from "../../iam/sets/glob";
import { isObject, type JsonObject, member } from "../read/json";
import type { Taken } from "./cluster/taken";
import type { Identity, World } from "./world";

/** Roles that AWS lets an identity become without any other: by a token of its account, or by its SVID */
export function rolesByIdentity({ name, inCluster }: Identity, { aws, estate, unreadTrust }: World): readonly Taken[] {
  const subjects = [
    ...(inCluster?.accounts ?? []).map((account) => `system:serviceaccount:${account.namespace}:${account.name}`),
    ...spiffeIdOf(name, estate.registry),
  ];
  if (subjects.length === 0) return [];
  return [...aws.principals.values()]
    .filter((owner) => owner.name !== name)
    .flatMap((owner) =>
      owner.roles.flatMap(({ address, trust }) => {
        const admits = trust.find(({ statement }) => admitsOne(statement, subjects));
        const taken = { name: owner.name, what: `becomes ${address} by its own identity` };
        if (admits !== undefined) return [{ ...taken, address: admits.source }];
        const unknown = unreadTrust.get(address);
        return unknown === undefined ? [] : [{ ...taken, unknown, address }];
      }),
    );
}

function spiffeIdOf(name: string, registry: JsonObject | undefined): readonly string[] {
  const agents = registry === undefined ? undefined : member(registry, "agents");
  const agent = isObject(agents) ? member(agents, name) : undefined;
  const id = isObject(agent) ? member(agent, "spiffeId") : undefined;
  return typeof id === "string" ? [id] : [];
}

const ROLES_ANYWHERE = "rolesanywhere.amazonaws.com";
/** The subject of a web identity, and the URI of a certificate. Source: IAM user guide, condition keys of both */
const SUBJECT = /(?::sub|^aws:principaltag\/x509san\/uri)$/i;

/** Whoever asks and is not told apart by a subject may be it. */
function admitsOne(
  { Effect: effect, Principal: principal, Condition: condition }: Statement,
  subjects: readonly string[],
): boolean {
  if (effect !== "Allow" || !isIdentity(principal)) return false;
  return Object.entries(condition ?? {}).every(([operator, tests]) =>
    Object.entries(tests)
      .filter(([key]) => SUBJECT.test(key))
      .every(([, values]) => isMet(operator, valuesOf(values), subjects)),
  );
}

/** An identity provider, IAM Roles Anywhere, or everybody */
function isIdentity(principal: Statement["Principal"]): boolean {
  if (principal === undefined || principal === "*" || principal["Federated"] !== undefined) return true;
  const services = principal["Service"];
  return services !== undefined && valuesOf(services).includes(ROLES_ANYWHERE);
}

/** An operator that is not read here is taken to be met. */
function isMet(operator: string, values: readonly string[], subjects: readonly string[]): boolean {
  if (!/^(?:ForAnyValue:|ForAllValues:)?String(?:Equals|Like)(?:IgnoreCase)?(?:IfExists)?$/i.test(operator))
    return true;
  const kind = /like|ignorecase/i.test(operator) ? "caseless" : "text";
  return values.some((value) =>
    subjects.some((subject) => value.includes("${") || subject === value || Glob.of(value, kind).matches(subject)),
  );
}
