import fc from "fast-check";
import type { AccessPath, SourcedStatement } from "../../../iam/access/access";
import { PreparedAccess } from "../../../iam/access/decide";
import type { PatternKind } from "../../../iam/access/difference";
import type { AllowedPair } from "../../../review/access/principal-access";
import { awsAccess } from "../../../review/access/aws-access";
import { mergedKeys } from "../../../review/access/requirement";
import { answersOf } from "../../../review/access/question";
import type { AwsPrincipal } from "../../../review/reach/aws/aws-principal";
import type { LayerKind } from "../../../review/reach/aws/layer";
import { taskWay } from "../../../review/reach/aws/way";
import { layerText } from "../../../review/reach/aws/words";
import { depth } from "../../support/depth";
import { type Access, pairs, requestsOf } from "../../support/iam/arbitrary-access";
import { allows, type PlainRequest, statementMatches } from "../../support/iam/brute-force";
import { awsPath } from "../../support/review/aws-path";

const KINDS: readonly LayerKind[] = ["role", "boundary", "session", "keys"];

const principalOf = ({ paths, denies }: Access): AwsPrincipal => ({
  name: "worker",
  isAgent: false,
  paths: paths.map(({ name, layers }) =>
    awsPath(
      layers.map(({ statements }, at) => ({ name: KINDS[at] as LayerKind, statements })),
      taskWay(name),
    ),
  ),
  denies,
  roles: [],
  chained: [],
  unknown: [],
});

const withPath = (
  path: AccessPath,
  { denies }: Access,
): { paths: readonly AccessPath[]; denies: readonly SourcedStatement[] } => ({
  paths: [path],
  denies,
});

/** As IAM reads the pair, where a pattern in words is what it leaves out */
function covers({ action, resource, kinds }: AllowedPair, request: PlainRequest): boolean {
  const but = "everything but ";
  const part = (name: "Action" | "Resource", text: string, kind: PatternKind) =>
    kind === "rest" ? { [`Not${name}`]: text.slice(but.length).split(", ") } : { [name]: text };
  const statement = {
    Effect: "Allow" as const,
    ...part("Action", action, kinds.action),
    ...part("Resource", resource, kinds.resource),
  };
  return statementMatches(statement as never, request, () => false);
}

test("a Deny of the resource overrides every path", () => {
  const from = (Effect: "Allow" | "Deny"): SourcedStatement => ({
    statement: { Effect, Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::kb/*"] },
    source: Effect,
  });
  const paths = [{ name: "role", layers: [{ name: "policy", statements: [from("Allow")] }] }];
  const question = { action: "s3:GetObject", resource: "arn:aws:s3:::kb/a", keys: {} };
  const verdicts = (denies: readonly SourcedStatement[]): readonly string[] =>
    answersOf(principalOf({ paths, denies }), question).map(({ verdict }) => verdict);
  expect([verdicts([]), verdicts([from("Deny")])]).toEqual([["allowed"], ["denied"]]);
});

test("every listed pair is allowed, with the statement of each layer", () => {
  fc.assert(
    fc.property(
      fc.boolean().chain((isOpaque) => pairs(isOpaque)),
      ({ head, vocabulary }) => {
        const { access } = awsAccess(principalOf(head));
        for (const { name, pairs: listed } of access.paths) {
          const path = head.paths.find((one) => `task ${one.name}` === name) as AccessPath;
          for (const { witness, certain, by } of listed) {
            const { verdict } = new PreparedAccess(withPath(path, head)).decide(witness);
            // An unknown name counts as different from all written ones, though it may turn out to be one.
            expect(verdict).not.toBe("denied");
            if (certain && !vocabulary.isOpaque) expect(verdict).toBe("allowed");
            if (certain) expect(allows(withPath(path, head), witness)).toBe(true);
            expect(new Set(by.map(({ layer }) => layer))).toEqual(
              new Set(path.layers.map((_, at) => layerText(KINDS[at] as LayerKind))),
            );
          }
        }
      },
    ),
    { numRuns: depth(200) },
  );
});

test("every allowed request is covered by a listed pair", () => {
  fc.assert(
    fc.property(pairs(), (pair) => {
      const { head } = pair;
      const { access } = awsAccess(principalOf(head));
      for (const path of head.paths) {
        const prepared = new PreparedAccess(withPath(path, head));
        const listed = access.paths.find(({ name }) => name === `task ${path.name}`)?.pairs ?? [];
        for (const request of requestsOf(pair)) {
          if (prepared.decide(request).verdict !== "allowed") continue;
          expect(listed.some((one) => covers(one, request))).toBe(true);
        }
      }
    }),
    { numRuns: depth(100) },
  );
});

test("with the keys that are said to be missing, it is allowed; what nothing allows, no request is", () => {
  fc.assert(
    fc.property(pairs(), fc.nat(), (pair, at) => {
      const { head } = pair;
      const requests = requestsOf({ ...pair, base: head });
      const asked = requests[at % requests.length] as PlainRequest;
      const principal = asked.principal;
      for (const { path: name, verdict, request, missing } of answersOf(principalOf(head), asked)) {
        const path = head.paths.find((one) => `task ${one.name}` === name) as AccessPath;
        const prepared = new PreparedAccess(withPath(path, head));
        expect(verdict).toBe(prepared.decide(request).verdict);
        if (missing?.kind === "keys") {
          const kept = Object.entries(request.keys).filter(([key]) => !missing.drop.includes(key));
          const keys = mergedKeys(Object.fromEntries(kept), missing.set);
          expect(prepared.decide({ ...request, keys }).verdict).toBe("allowed");
        }
        if (missing?.kind === "allow" || missing?.kind === "conflict") {
          const alike = requests.filter(
            (one) => one.action === request.action && one.resource === request.resource && principal === one.principal,
          );
          for (const one of alike.filter((each) => each.principal === undefined))
            expect(allows(withPath(path, head), one)).toBe(false);
        }
      }
    }),
    { numRuns: depth(200) },
  );
});
