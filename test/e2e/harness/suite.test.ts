import { Suite } from "./suite";

const names = ({ checks }: Suite): readonly string[] => checks.map(({ name }) => name);

function example(): Suite {
  const suite = new Suite("example");
  const ground = suite.check("ground", [], () => 1);
  suite.check("aside", [ground], () => 2);
  const wall = suite.check("wall", [ground], ([value]) => value + 1);
  suite.check("roof", [wall], ([value]) => value + 1);
  return suite;
}

test("selected checks run with all that they need, in order", () => {
  const suite = example();
  suite.keep(({ name }) => name === "roof");
  expect(names(suite)).toEqual(["ground", "wall", "roof"]);
});

test("an unknown name selects no check", () => {
  const suite = example();
  suite.keep(({ name }) => name.includes("cellar"));
  expect(names(suite)).toEqual([]);
});

test("everything is kept where everything is wanted", () => {
  const suite = example();
  suite.keep(() => true);
  expect(names(suite)).toEqual(names(example()));
});
