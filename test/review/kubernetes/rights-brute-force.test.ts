import fc from "fast-check";
import { kubernetesChanges } from "../../../review/difference/kubernetes/cluster-changes";
import { estateOf, type Resources } from "../../support/review/estate-of";
import { depth } from "../../support/depth";

/** A rule and where it is bound, read by nothing but what Kubernetes says of RBAC */
interface Bound {
  readonly namespace: string | undefined;
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly names: readonly string[];
  readonly urls: readonly string[];
}

interface Request {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly part: string;
  readonly name: string;
  readonly namespace: string;
}

const REQUESTS: readonly Request[] = ["get", "list", "other"].flatMap((verb) =>
  ["", "apps", "other"].flatMap((group) =>
    ["pods", "secrets", "other"].flatMap((resource) =>
      ["", "log", "other"].flatMap((part) =>
        ["", "a", "b", "other"].flatMap((name) =>
          ["", "n1", "n2", "other"].map((namespace) => ({ verb, group, resource, part, name, namespace })),
        ),
      ),
    ),
  ),
);
const PATHS = ["get", "list", "other"].flatMap((verb) =>
  ["/a", "/a/b", "/a/other", "/other"].map((url) => ({ verb, url })),
);

const allows = (bound: Bound, request: Request): boolean =>
  (bound.namespace === undefined || bound.namespace === request.namespace) &&
  bound.verbs.some((verb) => verb === "*" || verb === request.verb) &&
  bound.groups.some((group) => group === "*" || group === request.group) &&
  bound.resources.some(
    (resource) =>
      resource === "*" ||
      resource === (request.part === "" ? request.resource : `${request.resource}/${request.part}`) ||
      (request.part !== "" && resource === `*/${request.part}`),
  ) &&
  (bound.names.length === 0 || bound.names.includes(request.name));

const allowsPath = (bound: Bound, { verb, url }: { readonly verb: string; readonly url: string }): boolean =>
  bound.namespace === undefined &&
  bound.verbs.some((one) => one === "*" || one === verb) &&
  bound.urls.some((one) => one === "*" || one === url || (one.endsWith("*") && url.startsWith(one.slice(0, -1))));

const gainsByForce = (base: readonly Bound[], head: readonly Bound[]): boolean =>
  REQUESTS.some((request) => head.some((one) => allows(one, request)) && !base.some((one) => allows(one, request))) ||
  PATHS.some((path) => head.some((one) => allowsPath(one, path)) && !base.some((one) => allowsPath(one, path)));

const some = (values: readonly string[], minLength = 1): fc.Arbitrary<string[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength, maxLength: 2 });

const bounds: fc.Arbitrary<readonly Bound[]> = fc.array(
  fc.record({
    namespace: fc.constantFrom("n1", "n2", undefined),
    groups: some(["", "apps", "*"]),
    resources: some(["pods", "pods/log", "*/log", "*", "secrets"]),
    verbs: some(["get", "list", "*"]),
    names: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some(["a", "b"]) }),
    urls: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: some(["/a", "/a/*", "/a/b", "*"]) },
    ),
  }),
  { maxLength: 4 },
);

function written(all: readonly Bound[]): Resources {
  return Object.fromEntries(
    all.flatMap(({ namespace, groups, resources, verbs, names, urls }, index) => {
      const name = `r${index}`;
      const rules = [
        { api_groups: groups, resources, verbs, resource_names: names },
        ...(urls.length === 0 ? [] : [{ non_resource_urls: urls, verbs }]),
      ];
      const kind = namespace === undefined ? "cluster_role_binding_v1" : "role_binding_v1";
      return [
        [`kubernetes_cluster_role_v1.${name}`, { metadata: { name }, rule: rules }],
        [
          `kubernetes_${kind}.${name}`,
          {
            metadata: { name, ...(namespace !== undefined && { namespace }) },
            role_ref: { kind: "ClusterRole", name },
            subject: [{ kind: "User", name: "alice" }],
          },
        ],
      ];
    }),
  );
}

const changesOf = (base: readonly Bound[], head: readonly Bound[]) => [
  ...kubernetesChanges(estateOf(written(base)), estateOf(written(head))).values(),
];

test("something is gained exactly where some request is allowed in head and not in base", () => {
  fc.assert(
    fc.property(bounds, bounds, (base, head) => {
      const changes = changesOf(base, head);
      expect(changes.some(({ gains }) => gains.length > 0)).toBe(gainsByForce(base, head));
      expect(changes.some(({ losses }) => losses.length > 0)).toBe(gainsByForce(head, base));
      expect(changes.flatMap(({ unknown }) => unknown)).toEqual([]);
    }),
    { numRuns: depth(400) },
  );
});

test("a part of what was bound is never a gain, and more is never a loss", () => {
  fc.assert(
    fc.property(bounds, bounds, (some, more) => {
      expect(changesOf([...some, ...more], some).flatMap(({ gains }) => gains)).toEqual([]);
      expect(changesOf(some, [...some, ...more]).flatMap(({ losses }) => losses)).toEqual([]);
      expect(changesOf(some, some)).toEqual([]);
    }),
    { numRuns: depth(100) },
  );
});
