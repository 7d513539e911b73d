import type { Statement } from "../../iam";
import type { Access, AccessRequest } from "../../iam/access/access";
import { type Difference, difference, type Gained } from "../../iam/access/difference";
import type { Change, Changes, ChangesByPrincipal, Unknown } from "../change";
import { PolicyTexts } from "../reach/aws/policy-texts";
import { type AwsPrincipal, awsReach } from "../reach/aws/principals";
import { resourcePolicies, type ResourcePolicy } from "../reach/aws/resource-policies";
import { type AwsRole, BOUNDARY, SESSION_POLICY } from "../reach/aws/role-access";
import type { Estate } from "../read/resource";
import { PathComparison } from "./path-comparison";
import { newUnknown } from "./unknown";

const NOTHING: Access = { paths: [] };

/** What each agent, and each other role, can do in AWS in one state and not in the other */
export function awsChanges(base: Estate, head: Estate): ChangesByPrincipal {
  const texts = new PolicyTexts();
  const paths = new PathComparison();
  const changes = new Map<string, Changes>();
  const [reached, reaches] = [awsReach(base, texts), awsReach(head, texts)];
  for (const [name, [before, after]] of paired(reached.principals, reaches.principals)) {
    const [up, down] = [paths.gained(before, after), paths.gained(after, before)];
    const unread = newUnknown({ known: before?.unknown ?? [], now: after?.unknown ?? [], base, head });
    const gains = [...actions(up), ...unboundGains(before, after), ...roleGains(before, after)];
    // What head cannot be read to allow, it may allow all the same.
    const losses =
      unread.length > 0 ? [] : [...actions(down), ...unboundGains(after, before), ...roleGains(after, before)];
    const unknown = [...undecided(up), ...undecidedTrust(before, after), ...unread];
    if (gains.length + losses.length + unknown.length > 0) changes.set(name, { gains, losses, unknown });
  }
  for (const [name, one] of resourceChanges(base, head, texts)) add(changes, name, one);
  for (const stray of newUnknown({ known: reached.strays, now: reaches.strays, base, head })) {
    add(changes, stray.source.address, { gains: [], losses: [], unknown: [stray] });
  }
  return changes;
}

function add(changes: Map<string, Changes>, name: string, more: Changes): void {
  const { gains = [], losses = [], unknown = [] } = changes.get(name) ?? {};
  changes.set(name, {
    gains: [...gains, ...more.gains],
    losses: [...losses, ...more.losses],
    unknown: [...unknown, ...more.unknown],
  });
}

/** Whom each resource lets in, by itself: principals who are no role of this configuration too */
function resourceChanges(base: Estate, head: Estate, texts: PolicyTexts): ChangesByPrincipal {
  const [before, after] = [byKey(resourcePolicies(base, texts)), byKey(resourcePolicies(head, texts))];
  const changes = new Map<string, Changes>();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(key), after.get(key)];
    const [up, down] = [
      difference(policyAccess(was), policyAccess(is)),
      difference(policyAccess(is), policyAccess(was)),
    ];
    const unknown = [
      ...undecided(up),
      ...newUnknown({ known: was?.unknown ?? [], now: is?.unknown ?? [], base, head }),
      ...(is === undefined && was !== undefined ? defaultOf(was, head) : []),
      ...lostDenies(was, is),
    ];
    const [gains, losses] = [up.gained.map(grant), down.gained.map(grant)];
    const { address } = (is ?? was) as ResourcePolicy;
    if (gains.length + losses.length + unknown.length > 0) add(changes, address, { gains, losses, unknown });
  }
  return changes;
}

/** Whom it holds back may be nobody of this configuration: what is gained then is not known. */
function lostDenies(was: ResourcePolicy | undefined, is: ResourcePolicy | undefined): readonly Unknown[] {
  const kept = new Set((is?.statements ?? []).map(({ statement }) => JSON.stringify(withoutSid(statement))));
  return (was?.statements ?? [])
    .filter(({ statement }) => statement.Effect === "Deny" && !kept.has(JSON.stringify(withoutSid(statement))))
    .map(({ statement, source }) => ({
      what: `the Deny of ${source}${statement.Sid === undefined ? "" : ` (${statement.Sid})`}`,
      why: "it is gone, or another, and whom it held back may not be of this configuration",
      source: { address: source },
    }));
}

function withoutSid({ Sid: _, ...statement }: Statement): Statement {
  return statement;
}

/** A resource that is still there and has no policy of its own any more has AWS's. */
function defaultOf({ address }: ResourcePolicy, head: Estate): readonly Unknown[] {
  if (head.at(address) === undefined) return [];
  const why = "it is gone, and AWS's default holds instead: write what is to hold";
  return [{ what: `the policy of ${address}`, why, source: { address } }];
}

/** Several policies may be written for one resource; all of them count. */
function byKey(policies: readonly ResourcePolicy[]): ReadonlyMap<string, ResourcePolicy> {
  const found = new Map<string, ResourcePolicy>();
  for (const policy of policies) {
    const { statements = [], unknown = [] } = found.get(policy.key) ?? {};
    found.set(policy.key, {
      ...policy,
      statements: [...statements, ...policy.statements],
      unknown: [...unknown, ...policy.unknown],
    });
  }
  return found;
}

function policyAccess(policy: ResourcePolicy | undefined): Access {
  if (policy === undefined) return NOTHING;
  return { paths: [{ name: "its policy", layers: [{ name: "its policy", statements: policy.statements }] }] };
}

function grant({ action, resource, witness, statement }: Gained): Change {
  return {
    kind: "action",
    what: `${witness.principal ?? "anybody"} may ${action} on ${resource}`,
    witness: requestText(witness),
    source: { address: statement.source },
  };
}

/** A role that moved to another address is still the same role. */
function paired(
  before: ReadonlyMap<string, AwsPrincipal>,
  after: ReadonlyMap<string, AwsPrincipal>,
): ReadonlyMap<string, readonly [AwsPrincipal | undefined, AwsPrincipal | undefined]> {
  const byKey = new Map<string, AwsPrincipal>();
  for (const principal of before.values()) byKey.set(freeKey(keyOf(principal), principal, byKey), principal);
  const taken = new Map<string, AwsPrincipal>();
  const pairs = new Map<string, readonly [AwsPrincipal | undefined, AwsPrincipal | undefined]>();
  for (const principal of after.values()) {
    const key = freeKey(keyOf(principal), principal, taken);
    taken.set(key, principal);
    pairs.set(principal.name, [byKey.get(key), principal]);
    byKey.delete(key);
  }
  for (const principal of byKey.values()) pairs.set(principal.name, [principal, undefined]);
  return pairs;
}

/** Two roles may have one name, in two accounts that nobody knows. */
function freeKey(key: string, { name }: AwsPrincipal, taken: ReadonlyMap<string, AwsPrincipal>): string {
  return taken.has(key) ? `${key} ${name}` : key;
}

function keyOf({ isAgent, name, roles }: AwsPrincipal): string {
  return isAgent ? `agent ${name}` : (roles[0]?.key ?? name);
}

function actions({ gained }: Difference): readonly Change[] {
  const byWhat = new Map<string, Gained[]>();
  for (const gain of gained) {
    const what = `${gain.action} on ${gain.resource}`;
    const known = byWhat.get(what);
    if (known === undefined) byWhat.set(what, [gain]);
    else known.push(gain);
  }
  return [...byWhat].map(([what, gains]) => {
    const { witness, statement } = gains[0] as Gained;
    const paths = [...new Set(gains.map(({ path }) => path))].sort();
    return {
      kind: "action",
      what: `${what} (${paths.join("; ")})`,
      witness: requestText(witness),
      source: { address: statement.source },
    };
  });
}

/** What nobody can read here decides whether it is a gain. */
function undecided({ gained, undecided: open }: Difference): readonly Unknown[] {
  return [
    ...gained
      .filter(({ certain }) => !certain)
      .map(({ action, resource, statement, unknown }) => ({
        what: `${action} on ${resource}`,
        why: `it depends on ${unknown.join(" and ")}`,
        source: { address: statement.source },
      })),
    ...open.map(({ statement, why }) => ({
      what: `whether ${statement.source} allows more than before`,
      why,
      source: { address: statement.source },
    })),
  ];
}

/** What bounded a way and is gone: nothing may be allowed by that alone, and whatever is allowed later holds at once. */
function unboundGains(before: AwsPrincipal | undefined, after: AwsPrincipal | undefined): readonly Change[] {
  const known = new Map((before?.paths ?? []).map((path) => [path.name, path]));
  return (after?.paths ?? []).flatMap(({ name, layers }) => {
    const kept = new Set(layers.map((layer) => layer.name));
    const limits = (known.get(name)?.layers ?? []).filter((layer) => [BOUNDARY, SESSION_POLICY].includes(layer.name));
    const gone = limits.filter((layer) => !kept.has(layer.name));
    return gone.map((layer): Change => {
      const address = layer.statements[0]?.source ?? (after as AwsPrincipal).name;
      return {
        kind: "boundary",
        what: `no ${layer.name} limits it any more (${name})`,
        witness: "whatever the role is given later",
        source: { address },
      };
    });
  });
}

/** Who may become it, and for how long */
function roleGains(before: AwsPrincipal | undefined, after: AwsPrincipal | undefined): readonly Change[] {
  const known = new Map((before?.roles ?? []).map((role) => [role.key, role]));
  return (after?.roles ?? []).flatMap((role) => {
    const was = known.get(role.key);
    return [...trustGains(was, role), ...sessionGains(was, role)];
  });
}

function trustGains(before: AwsRole | undefined, after: AwsRole): readonly Change[] {
  const { gained } = difference(trustAccess(before), trustAccess(after));
  return gained.map(({ witness, action, statement }) => ({
    kind: "trust",
    what: `${after.address} may be assumed by ${witness.principal ?? "anybody"} (${action})`,
    witness: requestText(witness),
    source: { address: statement.source },
  }));
}

function undecidedTrust(before: AwsPrincipal | undefined, after: AwsPrincipal | undefined): readonly Unknown[] {
  const known = new Map((before?.roles ?? []).map((role) => [role.key, role]));
  return (after?.roles ?? []).flatMap((role) =>
    undecided(difference(trustAccess(known.get(role.key)), trustAccess(role))),
  );
}

function trustAccess(role: AwsRole | undefined): Access {
  return role === undefined
    ? NOTHING
    : { paths: [{ name: "trust", layers: [{ name: "trust", statements: role.trust }] }] };
}

function sessionGains(before: AwsRole | undefined, after: AwsRole): readonly Change[] {
  if (before === undefined || before.maxSession === after.maxSession) return [];
  // What is no number yet may be any.
  if (Number(after.maxSession) <= Number(before.maxSession)) return [];
  const what = `sessions of ${after.address} may last ${after.maxSession} s, before ${before.maxSession} s`;
  const witness = `credentials that were issued ${before.maxSession} s ago`;
  return [{ kind: "ttl", what, witness, source: { address: after.address } }];
}

function requestText({ action, resource, principal, keys }: AccessRequest): string {
  const conditions = Object.entries(keys).map(([key, values]) => `${key} = ${values.join(", ") || "(nothing)"}`);
  return [
    ...(principal === undefined ? [] : [`${principal}:`]),
    action,
    "on",
    resource,
    ...(conditions.length === 0 ? [] : ["where", conditions.join(" and ")]),
  ].join(" ");
}
