import table from "../../cases/spire-rights.json";
import type { Check, Suite } from "../harness/suite";
import { CLUSTER_ISSUER } from "./cluster";
import type { Access, KubeClient } from "./kube-client";
import type { StandingPlatform } from "./platform-checks";

/** Lines by where they hold: everywhere, or in a namespace */
type Rights = Readonly<Record<string, readonly string[]>>;

const ACCOUNTS: Readonly<Record<string, Rights>> = table.accounts;
const DENIED: readonly string[] = table.denied;

/** SPIRE's own, one of agents, and two without workloads of either */
const NAMESPACES = ["spire-server", "spire-system", "support", "kube-system", "default"];
const VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
const AT_ONCE = 40;

/** A service account without rights of its own */
const UNPRIVILEGED = { namespace: "default", name: "unprivileged" };

/** What each service account of SPIRE may do, against a table: all of it, and nothing else. */
export function rightsChecks(suite: Suite, platform: Check<StandingPlatform>): void {
  suite.check("rights: SPIRE's accounts may do what they must", [platform], async ([{ cluster }], note) => {
    const asked = await eachAccount(async (account, rights) => {
      const wanted = Object.entries(rights).flatMap(([place, lines]) =>
        lines.flatMap(accessesOf).flatMap((access) => placed(access, place)),
      );
      return wrong(cluster.users.administrator, account, wanted, true);
    });
    note(`${asked} questions`);
  });

  suite.check("rights: all rights of a long list are denied", [platform], async ([{ cluster }], note) => {
    const asked = await eachAccount((account) => {
      const unwanted = DENIED.flatMap(accessesOf).flatMap((access) => [
        access,
        ...NAMESPACES.map((namespace) => ({ ...access, namespace })),
      ]);
      return wrong(cluster.users.administrator, account, unwanted, false);
    });
    note(`${asked} questions`);
  });

  suite.check("rights: the rules that the server gives are the table's", [platform], async ([{ cluster }], note) => {
    const { administrator, deployer } = cluster.users;
    await administrator.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: UNPRIVILEGED });
    const audiences = [CLUSTER_ISSUER];
    const clientOf = async (account: string): Promise<KubeClient> => {
      const [namespace, name] = split(account);
      return cluster.clientWith(await deployer.tokenOf(namespace, name, { audiences }));
    };
    const unprivileged = await clientOf(`${UNPRIVILEGED.namespace}/${UNPRIVILEGED.name}`);
    const problems: string[] = [];
    for (const [account, rights] of Object.entries(ACCOUNTS)) {
      const client = await clientOf(account);
      for (const namespace of NAMESPACES) {
        const common = await rulesOf(unprivileged, namespace);
        const found = [...(await rulesOf(client, namespace))].filter((rule) => !common.has(rule));
        const wanted = [...(rights.everywhere ?? []), ...(rights[namespace] ?? [])].flatMap(accessesOf).map(asText);
        problems.push(...difference(found, wanted).map((text) => `${account} in ${namespace}: ${text}`));
      }
    }
    if (problems.length > 0) throw new Error(problems.join("\n"));
    note(`${Object.keys(ACCOUNTS).length} accounts in ${NAMESPACES.length} namespaces`);
  });

  suite.check("rights: of everything the server has, nothing else is allowed", [platform], async (values, note) => {
    const { administrator } = values[0].cluster.users;
    const everything = await discovered(administrator);
    const unprivileged = `${UNPRIVILEGED.namespace}/${UNPRIVILEGED.name}`;
    const questionsIn = (places: readonly (string | undefined)[]): readonly Access[] =>
      places.flatMap((namespace) =>
        everything.flatMap((resource) => VERBS.map((verb) => ({ ...resource, verb, ...(namespace && { namespace }) }))),
      );
    const common = await allowedOf(
      administrator,
      unprivileged,
      questionsIn([undefined, "spire-server", "spire-system"]),
    );
    const problems: string[] = [];
    let asked = 0;
    for (const [account, rights] of Object.entries(ACCOUNTS)) {
      const own = new Set([split(account)[0], ...Object.keys(rights).filter((place) => place !== "everywhere")]);
      const places = [undefined, ...own];
      const questions = questionsIn(places);
      asked += questions.length;
      const found = (await allowedOf(administrator, account, questions)).filter((text) => !common.includes(text));
      // A right to something of one name is none where no name is given.
      const wanted = places.flatMap((place) =>
        [...(rights.everywhere ?? []), ...((place && rights[place]) || [])]
          .flatMap(accessesOf)
          .filter(({ name }) => name === undefined)
          .map((access) => asText({ ...access, ...(place && { namespace: place }) })),
      );
      problems.push(...difference(found, wanted).map((text) => `${account}: ${text}`));
    }
    if (problems.length > 0) throw new Error(problems.join("\n"));
    note(`${everything.length} resources and subresources, ${asked} questions`);
  });
}

async function eachAccount(
  ask: (account: string, rights: Rights) => Promise<{ readonly asked: number; readonly wrong: readonly string[] }>,
): Promise<number> {
  const answers: { readonly asked: number; readonly wrong: readonly string[] }[] = [];
  for (const [account, rights] of Object.entries(ACCOUNTS)) answers.push(await ask(account, rights));
  const problems = answers.flatMap((answer) => answer.wrong);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return answers.reduce((sum, { asked }) => sum + asked, 0);
}

async function wrong(client: KubeClient, account: string, accesses: readonly Access[], expected: boolean) {
  const allowed = await allowedOf(client, account, accesses);
  const problems = accesses
    .map(asText)
    .filter((text) => allowed.includes(text) !== expected)
    .map((text) => `${account} ${expected ? "may not" : "may"} ${text}`);
  return { asked: accesses.length, wrong: problems };
}

async function allowedOf(client: KubeClient, account: string, accesses: readonly Access[]): Promise<readonly string[]> {
  const [namespace, name] = split(account);
  const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"];
  const answers = new Array<boolean>(accesses.length);
  let next = 0;
  const asker = async (): Promise<void> => {
    for (let at = next++; at < accesses.length; at = next++) {
      answers[at] = await client.allows(`system:serviceaccount:${namespace}:${name}`, groups, accesses[at] as Access);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, asker));
  return accesses.filter((_, at) => answers[at]).map(asText);
}

/** `get,list pods/log.group name` as what a review asks about */
function accessesOf(line: string): readonly Access[] {
  const [verbs = "", what = "", name] = line.split(" ");
  const match = /^([a-z]+)(?:\/([a-z]+))?(?:\.([a-z0-9.]+))?$/.exec(what);
  if (match === null) throw new Error(`"${line}" is no line of rights`);
  const [, resource = "", subresource, group] = match;
  return verbs.split(",").map((verb) => ({
    verb,
    resource,
    ...(group && { group }),
    ...(subresource && { subresource }),
    ...(name && { name }),
  }));
}

/** Everywhere means in the whole cluster, and so in each namespace. */
function placed(access: Access, place: string): readonly Access[] {
  if (place !== "everywhere") return [{ ...access, namespace: place }];
  return [access, ...NAMESPACES.map((namespace) => ({ ...access, namespace }))];
}

function asText({ verb, resource, subresource, group, name, namespace }: Access): string {
  const what = `${resource}${subresource ? `/${subresource}` : ""}${group ? `.${group}` : ""}`;
  return `${verb} ${what}${name ? ` ${name}` : ""}${namespace ? ` in ${namespace}` : ""}`;
}

function split(account: string): readonly [string, string] {
  return account.split("/") as [string, string];
}

function difference(found: readonly string[], wanted: readonly string[]): readonly string[] {
  const more = found.filter((text) => !wanted.includes(text)).map((text) => `may ${text}, which is not wanted`);
  const less = wanted.filter((text) => !found.includes(text)).map((text) => `may not ${text}`);
  return [...new Set([...more, ...less])];
}

interface RulesReview {
  readonly status: {
    readonly incomplete: boolean;
    readonly resourceRules: readonly {
      readonly verbs: readonly string[];
      readonly apiGroups?: readonly string[];
      readonly resources?: readonly string[];
      readonly resourceNames?: readonly string[];
    }[];
    readonly nonResourceRules: readonly {
      readonly verbs: readonly string[];
      readonly nonResourceURLs?: readonly string[];
    }[];
  };
}

/** Everything that this user may do in a namespace, one text for each verb of each resource */
async function rulesOf(client: KubeClient, namespace: string): Promise<ReadonlySet<string>> {
  const { status } = await client.send<RulesReview>("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectRulesReview",
    spec: { namespace },
  });
  if (status.incomplete) throw new Error(`the server does not know every rule in ${namespace}`);
  const resources = status.resourceRules.flatMap(({ verbs, apiGroups = [], resources = [], resourceNames = [""] }) =>
    verbs.flatMap((verb) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((path) => {
          const [resource = "", subresource = ""] = path.split("/");
          return resourceNames.map((name) => asText({ verb, resource, subresource, group, name }));
        }),
      ),
    ),
  );
  const urls = status.nonResourceRules.flatMap(({ verbs, nonResourceURLs = [] }) =>
    verbs.flatMap((verb) => nonResourceURLs.map((url) => `${verb} ${url}`)),
  );
  return new Set([...resources, ...urls]);
}

/** Every resource and subresource that the server has, in all versions */
async function discovered(client: KubeClient): Promise<readonly Omit<Access, "verb">[]> {
  interface Groups {
    readonly groups: readonly {
      readonly name: string;
      readonly versions: readonly { readonly groupVersion: string }[];
    }[];
  }
  const { groups } = await client.send<Groups>("GET", "/apis");
  const roots = [
    { group: "", path: "/api/v1" },
    ...groups.flatMap(({ name, versions }) =>
      versions.map(({ groupVersion }) => ({ group: name, path: `/apis/${groupVersion}` })),
    ),
  ];
  const found = new Map<string, Omit<Access, "verb">>();
  for (const { group, path } of roots) {
    const { resources } = await client.send<{ resources: readonly { readonly name: string }[] }>("GET", path);
    for (const { name } of resources) {
      const [resource = "", subresource] = name.split("/");
      found.set(`${group}/${name}`, { resource, ...(group && { group }), ...(subresource && { subresource }) });
    }
  }
  return [...found.values()];
}
