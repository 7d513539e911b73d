import type { Estate } from "../../../review/read/estate";
import { estateOf, type Files } from "../../support/review/folders";

const json = (value: unknown): string => JSON.stringify(value);

interface Change {
  readonly address?: unknown;
  readonly actions?: readonly string[];
  readonly after?: object | null;
  readonly after_unknown?: object;
  readonly after_sensitive?: object;
}

const change = ({ address, actions = ["create"], ...values }: Change): object => ({
  address,
  change: { actions, before: null, ...values },
});

const plan = (changes: readonly Change[], more: object = {}): object => ({
  format_version: "1.2",
  resource_changes: changes.map(change),
  ...more,
});

const files = (resource: object, planned: unknown, more: object = {}): Files => ({
  "a.tf.json": json({ provider: { aws: { region: "eu-west-1" } }, resource, ...more }),
  "plan.json": typeof planned === "string" ? planned : json(planned),
});

const valuesOf = (estate: Estate, address: string): unknown => estate.at(address)?.values;
const unreadIn = (estate: Estate): readonly string[] =>
  estate.unread.map(({ place, why }) => `${place.file} ${place.address}${place.attribute ?? ""}: ${why}`);

const KEY = { aws_kms_key: { k: {} }, probe: { it: { value: "${aws_kms_key.k.arn}/*" } } };
const ARN = "arn:aws:kms:eu-west-1:111122223333:key/1";

test("a plan fills in what the configuration leaves open", () => {
  const estate = estateOf(
    files(
      KEY,
      plan([
        { address: "aws_kms_key.k", after: { arn: ARN } },
        { address: "probe.it", after: { value: `${ARN}/*` } },
      ]),
    ),
  );
  expect(valuesOf(estate, "root/probe.it")).toEqual({ value: `${ARN}/*` });
  expect(estate.unread).toEqual([]);
});

test.each([
  ["not known before apply", { after: {}, after_unknown: { arn: true } }],
  ["not known in a part", { after: { arn: ARN }, after_unknown: { arn: [false, { x: true }] } }],
  ["secret", { after: { arn: ARN }, after_sensitive: { arn: true } }],
  ["null", { after: { arn: null } }],
  ["gone", { after: null }],
])("what is %s in the plan stays as it is", (_, change) => {
  const estate = estateOf(
    files(
      KEY,
      plan([
        { address: "aws_kms_key.k", ...change },
        { address: "probe.it", after: {} },
      ]),
    ),
  );
  expect(valuesOf(estate, "root/probe.it")).toEqual({ value: "${root/aws_kms_key.k.arn}/*" });
});

test("a plan fills in an argument whose expression is not read here, where the known parts agree", () => {
  const resource = { probe: { it: { value: "arn:${upper(local.x)}/*" } } };
  const more = { locals: { x: "${timestamp()}" } };
  const estate = estateOf(files(resource, plan([{ address: "probe.it", after: { value: "arn:NOW/*" } }]), more));
  expect(valuesOf(estate, "root/probe.it")).toEqual({ value: "arn:NOW/*" });
  expect(estate.unread).toEqual([]);
});

test("what a plan fills in is plain text, not a template", () => {
  const resource = { probe: { it: { value: "${upper(timestamp())}" } } };
  const estate = estateOf(files(resource, plan([{ address: "probe.it", after: { value: "${aws:username}" } }])));
  expect(valuesOf(estate, "root/probe.it")).toEqual({ value: "$${aws:username}" });
});

test("the account is that of the plan", () => {
  const me = { address: "data.aws_caller_identity.me", mode: "data", values: { account_id: "111122223333" } };
  const more = { data: { aws_caller_identity: { me: {} } } };
  const planned = plan([{ address: "aws_iam_role.r", after: { name: "r" } }], {
    prior_state: { values: { root_module: { resources: [me, { address: "x.y", mode: "managed" }] } } },
  });
  const estate = estateOf(files({ aws_iam_role: { r: { name: "r" } } }, planned, more));
  expect(estate.attribute(estate.at("root/aws_iam_role.r")!, "arn")).toBe("arn:aws:iam::111122223333:role/r");
});

test("a variable without a default has the value of the plan", () => {
  const planned = plan([{ address: "probe.it", after: { value: "x" } }], { variables: { a: { value: "x" } } });
  const estate = estateOf(files({ probe: { it: { value: "${var.a}" } } }, planned, { variable: { a: {} } }));
  expect(valuesOf(estate, "root/probe.it")).toEqual({ value: "x" });
});

const POLICY = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["a:B", "a:C"], Resource: ["${x.y.arn}"] }],
};
const SORTED = '{"Statement":[{"Action":["a:C","a:B"],"Effect":"Allow","Resource":"arn:1"}],"Version":"2012-10-17"}';

/** Argument of a resource, and what the plan says */
const SAME: readonly (readonly [what: string, value: unknown, planned: unknown])[] = [
  ["text", "a", "a"],
  ["a number and its text", "3600", 3600],
  ["a text and its number", 3600, "3600"],
  ["a truth and its text", true, "true"],
  ["a set in another order", ["a", "b"], ["b", "a"]],
  ["a block and a list of one", { a: 1 }, [{ a: 1, b: null }]],
  ["a list of one and a block", [{ a: 1 }], { a: 1 }],
  ["what the provider adds", { a: { b: 1 } }, { a: { b: 1, c: 2 } }],
  ["what is not given", { a: null }, { a: 7 }],
  ["JSON in another order", json(POLICY), SORTED],
  ["text around what is not known", "a-${x.y.arn}-b", "a-1-b"],
  ["what is not known", "${x.y.arn}", "anything"],
];

test.each(SAME)("a plan agrees in %s", (_, value, planned) => {
  const estate = estateOf(
    files({ probe: { it: { value } } }, plan([{ address: "probe.it", after: { value: planned } }])),
  );
  expect(unreadIn(estate)).toEqual([]);
});

const OTHER: readonly (readonly [what: string, value: unknown, planned: unknown])[] = [
  ["text", "a", "b"],
  ["a number", 1, 2],
  ["a truth", true, false],
  ["the length of a list", ["a"], ["a", "b"]],
  ["a member of a list", ["a", "b"], ["a", "c"]],
  ["a member that is missing", { a: 1 }, { b: 1 }],
  ["a type", { a: 1 }, "a"],
  ["an action of a policy", json(POLICY), SORTED.replace("a:C", "a:*")],
  ["a part that a policy has besides", json(POLICY), SORTED.replace('"Version"', '"Id":"x","Version"')],
  ["the text before what is not known", "a-${x.y.arn}-b", "c-1-b"],
  ["the text behind what is not known", "a-${x.y.arn}-b", "a-1-c"],
  ["text that would overlap", "ab${x.y.arn}ba", "aba"],
];

test.each(OTHER)(
  "fails when a plan says otherwise in %s: it is unread, and the configuration stands",
  (_, value, planned) => {
    const estate = estateOf(
      files({ probe: { it: { value } } }, plan([{ address: "probe.it", after: { value: planned } }])),
    );
    const [why, ...more] = unreadIn(estate);
    expect(why).toBe("plan.json root/probe.itvalue: the plan says otherwise than the configuration: plan again");
    expect(more).toEqual([]);
    expect(json(valuesOf(estate, "root/probe.it")).replace("root/", "")).toBe(json({ value }));
  },
);

const X = { x: { y: { name: "n" } } };
const Y = { address: "x.y", after: { name: "n" } };

const FLAWED: readonly (readonly [what: string, planned: object, unread: RegExp])[] = [
  ["failed", plan([Y], { errored: true }), /^plan\.json root: the plan failed: plan again$/],
  ["lacks a resource", plan([]), /^plan\.json root\/x\.y: the configuration holds it and the plan does not/],
  [
    "has one more",
    plan([Y, { address: "x.z" }]),
    /^plan\.json root\/x\.z: the plan holds it and the configuration does not/,
  ],
  ["destroys what is configured", plan([{ ...Y, actions: ["delete"] }]), /root\/x\.y: the plan destroys it/],
  ["forgets", plan([Y, { address: "x.z", actions: ["forget"] }]), /root\/x\.z: it is forgotten and not destroyed/],
  [
    "replaces a default",
    plan([Y], { variables: { v: { value: "b" } } }),
    /root\/var\.v: the plan was made with another/,
  ],
];

test.each(FLAWED)("fails when a plan %s: that is unread", (_, planned, unread) => {
  const estate = estateOf(files(X, planned, { variable: { v: { default: "a" } } }));
  expect(unreadIn(estate)).toEqual([expect.stringMatching(unread)]);
});

test("instances, modules and what is destroyed for good agree with the configuration", () => {
  const planned = plan([
    { address: "x.y[0]" },
    { address: 'x.y["a.b"]' },
    { address: "module.m.x.z" },
    { address: "x.gone", actions: ["delete"] },
  ]);
  expect(unreadIn(estateOf(files({ x: { y: { for_each: [] } } }, planned)))).toEqual([]);
});

const REFUSED: readonly (readonly [what: string, planned: unknown, message: RegExp])[] = [
  ["is no plan", {}, /^plan\.json: format_version: must be 1\.x, got undefined: write it with terraform show -json$/],
  ["has another version", { format_version: "2.0" }, /^plan\.json: format_version: must be 1\.x, got "2\.0"/],
  ["is no JSON", "{", /^plan\.json: must be JSON/],
  [
    "has changes that are no objects",
    { format_version: "1.2", resource_changes: [1] },
    /^plan\.json: resource_changes: must/,
  ],
  ["has a change without one", { format_version: "1.2", resource_changes: [{ address: "x.y" }] }, /has no change/],
  ["has a resource without address", plan([{}]), /^plan\.json: address: must be text, got undefined/],
];

test.each(REFUSED)("fails when a plan %s", (_, planned, message) => {
  expect(() => estateOf(files(X, planned))).toThrow(message);
});

test("a plan of lists in lists takes bounded time", () => {
  const deep = (depth: number, leaf: string): unknown => (depth === 0 ? leaf : Array(60).fill(deep(depth - 1, leaf)));
  const estate = estateOf(
    files({ probe: { it: { value: deep(3, "a") } } }, plan([{ address: "probe.it", after: { value: deep(3, "b") } }])),
  );
  expect(unreadIn(estate)).toEqual([expect.stringMatching(/the plan says otherwise/)]);
});
