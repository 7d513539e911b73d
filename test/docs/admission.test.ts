import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { AdmissionPolicies } from "../../constructs/admission";
import { newStack, Template } from "../support/synth";
import { PAGES } from "./pages";

interface Policy {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly validations: readonly Readonly<Record<string, string>>[] };
}

/** What each policy says, by its name */
const SAID: ReadonlyMap<string, string> = (() => {
  const stack = newStack();
  new AdmissionPolicies(stack, "Admission");
  const policies = Template.of(stack)
    .all(Manifest)
    .map(({ manifest }) => manifest as Policy)
    .filter(({ kind }) => kind === "ValidatingAdmissionPolicy");
  return new Map(policies.map(({ metadata, spec }) => [metadata.name, spec.validations.map(saidBy).join("\n")]));
})();

/** Where a name is put in, literals of CEL end; so the page's parts are looked for one by one. */
function saidBy({ message = "", messageExpression = "" }: Policy["spec"]["validations"][number]): string {
  return `${message}\n${messageExpression}`;
}

/** Cells of the table whose first head is `head` */
function table(path: string, head: string): readonly (readonly string[])[] {
  const lines = (PAGES.find((page) => page.path === path)?.text ?? "").split("\n");
  const start = lines.findIndex((line) => line.replaceAll(" ", "").startsWith(`|${head}|`));
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end).map((line) => line.split("|").map((cell) => cell.trim()));
}

const quoted = (cell = ""): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string);

const LINES = table("docs/constructs/admission-policies.md", "Policy").map(
  ([, name = "", , , messages]) => [quoted(name)[0] ?? "", quoted(messages)] as const,
);

test("the page has a line per policy", () => {
  expect(LINES.map(([name]) => name).sort()).toEqual([...SAID.keys()].sort());
});

test.each(LINES)("the messages of %s are its own", (name, messages) => {
  expect(messages.length).toBeGreaterThan(0);
  expect(messages.filter((message) => SAID.get(name)?.includes(message) !== true)).toEqual([]);
});

const FIXES = table("docs/operate-spire.md", "Message").flatMap(([, messages]) => quoted(messages));
/** Said by the API server itself, where a policy's parameter is not there */
const OF_KUBERNETES = "no params found for policy binding";

test("what the person on call looks up is what a policy says", () => {
  const parts = (message: string) =>
    message
      .split("…")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  const policies = [...SAID.values()];
  const unknown = FIXES.filter(
    (message) => !policies.some((said) => parts(message).every((part) => said.includes(part))),
  );
  expect(FIXES.length).toBeGreaterThan(20);
  expect(unknown).toEqual([OF_KUBERNETES]);
});
