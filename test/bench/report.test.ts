import { withText } from "./report";

const PAGE =
  "a\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nb\n<!-- bench-spire:begin -->\n<!-- bench-spire:end -->\n";

test("only what stands between the markers of the name is replaced", () => {
  const once = withText(PAGE, "bench-spire", "new");
  expect(once).toBe(
    "a\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nb\n<!-- bench-spire:begin -->\n\nnew\n<!-- bench-spire:end -->\n",
  );
  expect(withText(once, "bench-spire", "new")).toBe(once);
});

test("fails when the page has no such markers", () => {
  expect(() => withText(PAGE, "other", "new")).toThrow(
    "the page has no markers <!-- other:begin --> and <!-- other:end -->",
  );
});
