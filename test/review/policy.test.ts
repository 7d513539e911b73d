import { gzipSync } from "node:zlib";
import { tarGz, untarGz } from "../../policies/archive";
import { synthesize } from "../support/example-app";
import { estateOf, type Files, filesOf } from "../support/review/folders";
import { reviewed } from "../support/review/reviewed";

const POLICY = "ambit/policy.json";
const BUNDLE = "ambit/bundle.tar.gz";
const DATA = "ambit/fleet/data.json";

const example = filesOf(synthesize());
const base = estateOf(example);

interface Task {
  ttlSeconds: number;
}

interface Document {
  readonly agents: Readonly<Record<string, { readonly name: string; readonly tasks: Readonly<Record<string, Task>> }>>;
  readonly tools: Readonly<Record<string, { clearance: number }>>;
}

const policy = (change: (document: Document) => unknown): string => {
  const document = JSON.parse(String(example[POLICY])) as Document;
  change(document);
  return JSON.stringify(document);
};
const longer = ({ agents }: Document): unknown => {
  const researcher = Object.values(agents).find(({ name }) => name === "researcher");
  return Object.assign(researcher?.tasks["lookup"] as Task, { ttlSeconds: 3_600 });
};
const bundle = (change: (files: Map<string, Buffer>) => void): Buffer => {
  const files = new Map(untarGz(example[BUNDLE] as Buffer));
  change(files);
  return tarGz(files);
};
const unknownIn = (files: Files): readonly string[] => {
  const { agents, unknown, requiresApproval } = reviewed(base, estateOf({ ...example, ...files }));
  const found = [
    ...agents.flatMap(({ id, unknown: open }) => open.map(({ what, why }) => `${id}: ${what}: ${why}`)),
    ...unknown.map(({ what, why }) => `${what}: ${why}`),
  ];
  expect(requiresApproval).toBe(found.length > 0);
  return found;
};

test("documents that are written otherwise and say the same are no change", () => {
  const text = JSON.stringify(JSON.parse(String(example[POLICY])), null, 2);
  expect(unknownIn({ [POLICY]: text })).toEqual([]);
});

test("engines are told something else of an agent than its declaration: unknown of this agent", () => {
  const wider = policy(longer);
  const both = { [POLICY]: wider, [BUNDLE]: bundle((files) => files.set(DATA, Buffer.from(wider))) };
  expect(unknownIn(both)).toEqual([
    "researcher: what policy engines know of researcher: ambit/policy.json says otherwise than the declarations: " +
      "synthesize both again",
  ]);
});

test("engines are told something else of a tool than its declaration: unknown", () => {
  const wider = policy(({ tools }) => Object.assign(tools["zendesk"] as object, { clearance: 3 }));
  expect(unknownIn({ [POLICY]: wider, [BUNDLE]: bundle((files) => files.set(DATA, Buffer.from(wider))) })).toEqual([
    "what policy engines know of zendesk: ambit/policy.json says otherwise than the declarations: synthesize both again",
  ]);
});

test("a declaration that changes beside hides nothing of what engines are told", () => {
  const registry = String(example["ambit/registry.json"]).replace(
    "Looks things up for other agents",
    "Looks up things for other agents",
  );
  const wider = policy(longer);
  const files = { [POLICY]: wider, [BUNDLE]: bundle((all) => all.set(DATA, Buffer.from(wider))) };
  expect(registry).not.toBe(example["ambit/registry.json"]);
  expect(unknownIn({ ...files, "ambit/registry.json": registry })).toHaveLength(1);
});

test("intent is asked for no more: unknown", () => {
  const other = policy((document) => Object.assign(document, { intentRequired: "no" }));
  expect(unknownIn({ [POLICY]: other, [BUNDLE]: bundle((files) => files.set(DATA, Buffer.from(other))) })).toEqual([
    expect.stringMatching(/^intentRequired of the policy document: it is "no", was (true|false)$/),
  ]);
});

test("OPA is given another document than the one beside it: unknown", () => {
  const wider = policy(longer);
  expect(unknownIn({ [BUNDLE]: bundle((files) => files.set(DATA, Buffer.from(wider))) })).toEqual([
    "what OPA is given: it holds another policy document than ambit/policy.json: synthesize again",
  ]);
});

test.each([
  ["changed", (files: Map<string, Buffer>) => files.set("policy/tool.rego", Buffer.from("package ambit\n"))],
  ["gone", (files: Map<string, Buffer>) => files.delete("policy/tool.rego")],
  ["new", (files: Map<string, Buffer>) => files.set("policy/allow.rego", Buffer.from("package ambit\n"))],
])("a policy that is %s is unknown, because policies are not compared by meaning", (how, change) => {
  expect(unknownIn({ [BUNDLE]: bundle((files) => void change(files)) })).toEqual([
    expect.stringMatching(new RegExp(`^the policy policy/(tool|allow)\\.rego: it is ${how}, and what policies mean`)),
  ]);
});

test("fails when the bundle is an archive that synth did not write", () => {
  const strange = gzipSync(Buffer.concat([Buffer.from("x"), Buffer.alloc(1_023)]));
  expect(() => estateOf({ ...example, [BUNDLE]: strange })).toThrow(/^ambit\/bundle\.tar\.gz: the bundle/);
});

test("fails when a document of the bundle holds a key twice", () => {
  const twice = bundle((files) => files.set(DATA, Buffer.from('{"agents":{},"agents":{}}')));
  expect(() => estateOf({ ...example, [BUNDLE]: twice })).toThrow(
    /^ambit\/bundle\.tar\.gz\/ambit\/fleet\/data\.json: /,
  );
});
