import fc from "fast-check";
import type { SourcedStatement, Statement } from "../../../iam";
import { difference, isWithin } from "../../../iam/access/difference";
import { type Access, type Pair, pairs, requestsOf } from "../../support/iam/arbitrary-access";
import { allows } from "../../support/iam/brute-force";
import { depth } from "../../support/depth";

const NOTHING = { gained: [], undecided: [] };
const anyPair = fc.boolean().chain((isOpaque) => pairs(isOpaque));
const onAll = (check: (pair: Pair) => void): void => fc.assert(fc.property(anyPair, check), { numRuns: depth(300) });

/** Every list turned round, every statement twice and under another Sid: the same access */
function reworded(access: Access): Access {
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned).reverse();
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, each]) => [key, turned(each)]),
    );
  };
  const statements = (list: readonly SourcedStatement[]): readonly SourcedStatement[] =>
    [...list, ...list].map(({ statement, source }, index) => ({
      source,
      statement: { ...(turned(statement) as Statement), Sid: `S${index}` },
    }));
  return {
    denies: statements(access.denies),
    paths: [...access.paths].reverse().map(({ name, layers }) => ({
      name,
      layers: layers.map((layer) => ({ ...layer, statements: statements(layer.statements) })),
    })),
  };
}

/** `access` with `added` in the first layer of its first path */
function withStatement(access: Access, added: SourcedStatement): Access {
  const [path, ...paths] = access.paths as [Access["paths"][number]];
  const [layer, ...layers] = path.layers as [(typeof path.layers)[number]];
  const widened = { ...layer, statements: [...layer.statements, added] };
  return { ...access, paths: [{ ...path, layers: [widened, ...layers] }, ...paths] };
}

function statementOf({ head }: Pair, Effect: Statement["Effect"]): SourcedStatement {
  const given = head.paths[0]?.layers[0]?.statements[0] as SourcedStatement;
  return { ...given, statement: { ...given.statement, Effect } };
}

test("nothing differs from itself, however it is worded", () => {
  onAll(({ base }) => {
    expect(difference(base, base)).toEqual(NOTHING);
    expect(difference(base, reworded(base))).toEqual(NOTHING);
    expect(difference(reworded(base), base)).toEqual(NOTHING);
  });
});

test("what is gained one way is lost the other way", () => {
  onAll(({ base, head }) => {
    for (const { witness } of difference(base, head).gained.filter(({ certain }) => certain)) {
      expect([allows(base, witness), allows(head, witness)]).toEqual([false, true]);
    }
    for (const { witness } of difference(head, base).gained.filter(({ certain }) => certain)) {
      expect([allows(base, witness), allows(head, witness)]).toEqual([true, false]);
    }
  });
});

test("two accesses are within each other only if they allow the same", () => {
  onAll((pair) => {
    const { base, head } = pair;
    if (!isWithin(base, head) || !isWithin(head, base)) return;
    for (const request of requestsOf(pair)) expect(allows(base, request)).toBe(allows(head, request));
  });
});

test("adding an Allow never loses", () => {
  onAll((pair) => {
    expect(difference(withStatement(pair.base, statementOf(pair, "Allow")), pair.base)).toEqual(NOTHING);
  });
});

test("adding a Deny never gains", () => {
  onAll((pair) => {
    expect(difference(pair.base, withStatement(pair.base, statementOf(pair, "Deny")))).toEqual(NOTHING);
    expect(isWithin({ ...pair.base, denies: [...pair.base.denies, statementOf(pair, "Deny")] }, pair.base)).toBe(true);
  });
});
