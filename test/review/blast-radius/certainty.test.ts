import { printable } from "../../../domain/printable";
import { BlastRadii } from "../../../review/blast-radius/blast-radii";
import { totalHarm } from "../../../review/blast-radius/walk/harm";
import { htmlRadius } from "../../../review/blast-radius/report/radius-page";
import { jsonRadius } from "../../../review/blast-radius/report/radius-json";
import { reachedUnion, thingOf } from "../../../review/blast-radius/walk/reached-union";
import type { BlastRadius, ReachedThing } from "../../../review/blast-radius/blast-radius";
import { terminalRadius } from "../../../review/blast-radius/report/radius-text";
import { summary } from "../../../review/blast-radius/report/radius-words";
import type { JsonObject } from "../../../review/read/json";
import { smallRegistry } from "../../support/review/declared-fleet";
import { estateOf } from "../../support/review/estate-of";

const REGISTRY = JSON.parse(JSON.stringify(smallRegistry())) as JsonObject;
const { namespace, serviceAccount } = smallRegistry().agents["courier"]?.["workload"] as Record<string, string>;
const PODS = [`k8s:ns:${namespace}`, `k8s:sa:${serviceAccount}`];
const WHY = /^whether it becomes clerk is not known: .* known only where they run/;

/** What who controls `courier` gets, whose pods get the SPIFFE ID of `clerk` where they have these selectors */
function radiusWith(...entries: readonly (readonly string[])[]): BlastRadius {
  const spiffeID = smallRegistry().agents["clerk"]?.["spiffeId"] as string;
  const resources = entries.map((selectors, at) => [
    `kubernetes_manifest.entry${at}`,
    {
      manifest: {
        apiVersion: "spire.spiffe.io/v1alpha1",
        kind: "ClusterStaticEntry",
        metadata: { name: `e${at}` },
        spec: { spiffeID, selectors },
      },
    },
  ]);
  const estate = estateOf(Object.fromEntries(resources) as Record<string, JsonObject>, REGISTRY);
  return new BlastRadii(estate).of("courier") as BlastRadius;
}

const nothing = radiusWith();
const certain = radiusWith(PODS);
const possible = radiusWith([...PODS, "unix:uid:1000"]);
const things = ({ reached }: BlastRadius): readonly string[] => [...new Set(reached.map(thingOf))].sort();
const behind = ({ reached }: BlastRadius): readonly ReachedThing[] => reached.filter(({ by }) => by === "clerk");

describe("behind an identity that an agent possibly takes", () => {
  test("everything is only possible, and says why", () => {
    expect(behind(possible).length).toBeGreaterThan(1);
    for (const { unknown } of behind(possible)) expect(unknown).toMatch(WHY);
    expect(possible.identities.find(({ name }) => name === "clerk")?.unknown).toMatch(WHY);
  });

  test("nothing is left out that would be there for certain", () => {
    expect(things(possible)).toEqual(things(certain));
    expect(things(certain).length).toBeGreaterThan(things(nothing).length);
    expect(totalHarm(possible.reached)).toBe(totalHarm(certain.reached));
  });

  test("access without that identity stays certain, and comes first", () => {
    const sure = possible.reached.filter(({ unknown }) => unknown === undefined);
    expect(sure.map(thingOf).sort()).toEqual(things(nothing));
    expect(possible.reached.slice(0, sure.length)).toEqual(sure);
  });

  test("a doubt makes nothing last longer that is certain", () => {
    const lasting = ({ reached }: BlastRadius) =>
      new Map(reached.filter(({ unknown }) => unknown === undefined).map((one) => [thingOf(one), one.lasting]));
    expect(lasting(possible)).toEqual(lasting(nothing));
    expect(lasting(certain)).not.toEqual(lasting(nothing));
  });

  test("one certain path is enough beside possible ones", () => {
    const both = radiusWith([...PODS, "unix:uid:1000"], PODS);
    expect(behind(both).map(({ unknown }) => unknown)).toEqual(behind(both).map(() => undefined));
    expect(summary(both, printable)).not.toMatch(/only possible/);
  });

  test("an identity that fits for certain is not told as possible, and one that does not fit not at all", () => {
    expect(behind(certain).map(({ unknown }) => unknown)).toEqual(behind(certain).map(() => undefined));
    expect(things(radiusWith(["k8s:ns:elsewhere", "unix:uid:1000"]))).toEqual(things(nothing));
  });
});

describe("every report says what is certain and what is only possible", () => {
  const plain = (text: string): string => text;
  const paint = { bold: plain, dim: plain, green: plain, red: plain, yellow: plain };

  test("the sentence", () => {
    const count = things(possible).length - things(nothing).length;
    expect(summary(possible, printable)).toContain(` ${count} of these are only possible.`);
    expect(summary(certain, printable)).not.toContain("only possible");
  });

  test("the text: certain groups and rows first, each possible row with the reason", () => {
    const text = terminalRadius(possible, { columns: 1_000, paint });
    const rows = text.split("\n").filter((line) => /^ {4}[?!·] /.test(line));
    expect(text.match(/^ {8}only possible: whether it becomes clerk is not known/gm)?.length).toBe(
      rows.filter((line) => line.startsWith("    ?")).length - possible.unknown.length,
    );
    expect(text).toMatch(/· clerk · becomes it: .* · only possible: whether it becomes clerk/);
    expect(terminalRadius(certain, { columns: 1_000, paint })).not.toContain("only possible");
  });

  test("JSON: `certain` of each thing and of each identity", () => {
    const { reached, identities } = JSON.parse(jsonRadius(possible)) as {
      reached: readonly { certain: boolean; unknown?: string }[];
      identities: readonly { name: string; certain: boolean; unknown?: string }[];
    };
    for (const one of [...reached, ...identities]) expect(one.certain).toBe(one.unknown === undefined);
    expect(identities.map(({ name, certain: is }) => [name, is])).toContainEqual(["clerk", false]);
    const order = reached.map((one) => Number(one.certain));
    expect(order).toEqual([...order].sort((one, other) => other - one));
  });

  test("HTML: a word for each row", () => {
    const data = /<script type="application\/json" id="data">([^]*?)<\/script>/.exec(htmlRadius(possible))?.[1] ?? "";
    const { groups } = JSON.parse(data) as { groups: readonly { rows: readonly Record<string, unknown>[] }[] };
    for (const { certainty, isUnknown } of groups.flatMap(({ rows }) => rows)) {
      expect(certainty).toMatch(isUnknown === true ? /^only possible: / : /^certain$/);
    }
  });
});

describe("one thing by several ways", () => {
  const base = behind(certain)[0] as ReachedThing;
  const way = (gate: ReachedThing["gate"], unknown?: string): ReachedThing => {
    const { unknown: _, ...rest } = base;
    return { ...rest, gate, ...(unknown !== undefined && { unknown }) };
  };
  const doubt = "it is unknown";

  test.each<readonly [string, readonly ReachedThing[], readonly (readonly [string, boolean])[]]>([
    ["certain, and possible in the same way", [way("none"), way("none", doubt)], [["none", true]]],
    ["certain, and possible with more", [way("none"), way("approval", doubt)], [["none", true]]],
    [
      "certain with approval, and possible without",
      [way("approval"), way("none", doubt)],
      [
        ["approval", true],
        ["none", false],
      ],
    ],
    [
      "certain for a while, and possible for ever",
      [{ ...way("none"), lasting: { seconds: 300, because: "" } }, way("none", doubt)],
      [
        ["none", true],
        ["none", false],
      ],
    ],
    ["possible twice", [way("approval", doubt), way("budget", "another reason")], [["budget", false]]],
    [
      "possible far and certain near",
      [
        { ...way("none"), hop: 3 },
        { ...way("none", doubt), hop: 0 },
      ],
      [["none", true]],
    ],
  ])("%s", (_, ways, rows) => {
    for (const some of [ways, [...ways].reverse()]) {
      expect(reachedUnion(some).map(({ gate, unknown }) => [gate, unknown === undefined])).toEqual(rows);
    }
  });

  test("what is certain says for how long by the certain way", () => {
    const lasting = (because: string): Pick<ReachedThing, "lasting"> => ({ lasting: { seconds: undefined, because } });
    const ways = [
      { ...way("none"), ...lasting("second") },
      { ...way("none", doubt), ...lasting("first") },
    ];
    for (const some of [ways, [...ways].reverse()]) expect(reachedUnion(some)).toMatchObject([lasting("second")]);
  });
});
