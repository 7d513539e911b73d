import { shownHandles, withoutHandle } from "../../../runtime/companion/shown-handles";

test.each<[string | null, string | null, readonly string[]]>([
  [null, null, []],
  [null, "", []],
  ["abc", null, ["abc"]],
  ["abc, def", null, ["abc", "def"]],
  ["", null, [""]],
  [null, "ambit-run=abc", ["abc"]],
  [null, "a=1,ambit-run=abc;p=q;r,b=2", ["abc"]],
  [null, " ambit-run = abc ", ["abc"]],
  [null, "Ambit-Run=abc", ["abc"]],
  [null, "ambit%2Drun=abc", ["abc"]],
  [null, "ambit-run=a%62c", ["abc"]],
  [null, "ambit-run=a%zz", ["a%zz"]],
  [null, "ambit-run=abc,ambit-run=def", ["abc", "def"]],
  [null, "ambit-run=", [""]],
  [null, "ambit-run", ["ambit-run"]],
  [null, "ambit-runs=abc,x-ambit-run=abc,a=ambit-run", []],
  ["abc", "ambit-run=def", ["abc", "def"]],
])("Ambit-Run %j and baggage %j have the handles %j", (run, baggage, handles) => {
  expect(shownHandles({ run, baggage })).toEqual(handles);
});

test.each([
  ["ambit-run=abc", undefined],
  ["ambit%2Drun=abc,AMBIT-RUN=def", undefined],
  ["a=1, ambit-run=abc;p=q ,b=2", "a=1,b=2"],
  ["a=1 ;p,, b=2", "a=1 ;p,, b=2"],
  ["", ""],
])("baggage %j is sent on as %j", (baggage, left) => {
  expect(withoutHandle(baggage)).toBe(left);
});
