import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { kubernetesChanges } from "../../../review/difference/kubernetes/cluster-changes";
import type { JsonObject } from "../../../review/read/json";
import { estateOf, type Resources } from "../../support/review/estate-of";
import { FORMS } from "../../support/review/pod-forms";
import { depth } from "../../support/depth";

/** Values by path in an object; null is left out */
type Values = Readonly<Record<string, unknown>>;

interface Case {
  readonly name: string;
  readonly of: string;
  readonly tight: Values;
  readonly loose: Values;
  /** In the report, from tight to loose */
  readonly says: string;
  /** From loose to tight nothing is said, but where neither holds the other. */
  readonly isOneWay?: boolean;
}

interface Table {
  readonly objects: Readonly<Record<string, JsonObject>>;
  readonly beside: Resources;
  readonly restrictions: readonly Case[];
  readonly alike: readonly Omit<Case, "says">[];
}

const { objects, beside, restrictions, alike } = JSON.parse(
  readFileSync(join(__dirname, "../../cases/review/pods.json"), "utf8"),
) as Table;

type Node = Record<string, unknown>;

function withValues(of: string, values: Values): JsonObject {
  const object = structuredClone(objects[of]) as Node;
  for (const [path, value] of Object.entries(values)) {
    const keys = path.split("/").map((key) => key.replaceAll("~1", "/"));
    const last = keys.pop() as string;
    const parent = keys.reduce<Node>((node, key) => (node[key] ??= {}) as Node, object);
    if (value === null) delete parent[last];
    else parent[last] = value;
  }
  return object as JsonObject;
}

function saidBetween(base: Resources, head: Resources): readonly string[] {
  const changes = kubernetesChanges(estateOf({ ...beside, ...base }), estateOf({ ...beside, ...head }));
  return [...changes.values()].flatMap(({ gains, unknown }) => [...gains, ...unknown].map(({ what }) => what));
}

describe.each(FORMS)("of %s", (_, form) => {
  test.each(restrictions.map((one) => [one.name, one] as const))("a restriction is gone: %s", (_name, one) => {
    const [tight, loose] = [form(withValues(one.of, one.tight)), form(withValues(one.of, one.loose))];
    expect(saidBetween(tight, loose).join("\n")).toMatch(new RegExp(one.says));
    if (one.isOneWay !== false) expect(saidBetween(loose, tight)).toEqual([]);
    expect(saidBetween(loose, loose)).toEqual([]);
    expect(saidBetween(tight, tight)).toEqual([]);
  });

  test.each(alike.map((one) => [one.name, one] as const))("these are one: %s", (_name, one) => {
    const [some, other] = [form(withValues(one.of, one.tight)), form(withValues(one.of, one.loose))];
    expect(saidBetween(some, other)).toEqual([]);
    expect(saidBetween(other, some)).toEqual([]);
  });

  const written = restrictions.flatMap(({ name, of, tight }) =>
    Object.entries(tight)
      .filter(([, value]) => typeof value !== "object")
      .map(([path]) => ({ name: `${name} (${path})`, of, tight, path })),
  );

  test.each(written.map((one) => [one.name, one] as const))(
    "what cannot be read restricts nothing: %s",
    (_name, one) => {
      const opaque = form(withValues(one.of, { ...one.tight, [one.path]: "${var.x}" }));
      expect(saidBetween(form(withValues(one.of, one.tight)), opaque)).not.toEqual([]);
      expect(saidBetween(opaque, opaque)).toEqual([]);
    },
  );

  test("a new pod is not told of every default of Kubernetes", () => {
    const fresh = saidBetween({}, form(withValues("bare", {})));
    expect(fresh).toEqual(expect.arrayContaining([expect.stringContaining("runs image")]));
    expect(fresh.filter((what) => /user namespace|AppArmor|SELinux|addresses of all|as long as/.test(what))).toEqual(
      [],
    );
  });
});

test("modes and folders are ordered as what they let through", () => {
  const said = (before: Values, after: Values): boolean => {
    const form = (FORMS[1] as (typeof FORMS)[number])[1];
    return saidBetween(form(withValues("pod", before)), form(withValues("pod", after))).length > 0;
  };
  const mode = fc.integer({ min: 0, max: 0o777 });
  fc.assert(
    fc.property(mode, mode, (before, after) => {
      const at = "spec/template/spec/volumes/1/secret/defaultMode";
      expect(said({ [at]: before }, { [at]: after })).toBe((after & ~before) !== 0);
    }),
    { numRuns: depth(60) },
  );
  const path = fc.array(fc.constantFrom("a", "b"), { maxLength: 3 });
  fc.assert(
    fc.property(path, path, (before, after) => {
      const at = "spec/template/spec/containers/0/volumeMounts/0/subPath";
      const isInside = before.every((folder, depth) => after[depth] === folder);
      expect(said({ [at]: before.join("/") }, { [at]: after.join("/") })).toBe(!isInside);
    }),
    { numRuns: depth(60) },
  );
});
