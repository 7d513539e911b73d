import { readFileSync } from "node:fs";
import { join } from "node:path";
import { besideUnknowns } from "../../../review/difference/beside-changes";
import { estateOf } from "../../support/review/folders";

type ByStack<Value> = Readonly<Record<string, Value>>;

interface Case {
  readonly name: string;
  /** Path of the local state of each stack; null for a stack that says nothing of it */
  readonly base: ByStack<string | null>;
  readonly head: ByStack<string | null>;
  /** How each begins */
  readonly told: ByStack<string>;
}

const CASES = JSON.parse(readFileSync(join(__dirname, "../../cases/review/local-states.json"), "utf8")) as Case[];

const estateWith = (paths: ByStack<string | null>) =>
  estateOf(
    Object.fromEntries(
      Object.entries(paths).map(([stack, path]) => [
        `stacks/${stack}/cdk.tf.json`,
        JSON.stringify({
          terraform: path === null ? {} : { backend: { local: { path } } },
          output: { name: { value: 1 } },
        }),
      ]),
    ),
  );

const stackOf = (address: string) => address.slice(0, address.indexOf("/"));

test.each(CASES.map((one) => [one.name, one] as const))(
  "what is told of local states: %s",
  (_, { base, head, told }) => {
    const states = besideUnknowns(estateWith(base), estateWith(head)).filter(
      ({ what }) => what === "terraform.backend",
    );
    const found = states.map(({ why, source }) => [
      stackOf(source.address),
      why.slice(0, why.lastIndexOf(": it sets")),
    ]);
    expect(Object.fromEntries(found)).toEqual(told);
    expect(found).toHaveLength(Object.keys(told).length);
  },
);

test("what may be a move says where to look", () => {
  const [base, head] = ["/home/one", "/srv"].map((folder) => estateWith({ a: `${folder}/terraform.a.tfstate` }));
  expect(besideUnknowns(base!, head!)).toEqual([
    {
      what: "terraform.backend",
      why:
        'the state of stack "a" may have moved from "/home/one" to "/srv": it sets where Terraform keeps the state, ' +
        "so who can read it and which stack's state is written: check that place",
      source: { address: "a/terraform.backend", file: "stacks/a/cdk.tf.json" },
    },
  ]);
});
