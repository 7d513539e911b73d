import { cedarPieces, lineOfByte } from "../../policies/cedar-source-file";

const TRICKY = `// forbid (principal, action, resource); is no policy here

@id("a;b//c")
forbid (principal, action, resource)
when {
  // neither ends here;
  context.start == "\\"; //"
};  permit (principal, action, resource);

// the end;
`;

test("policies are told apart by their semicolons, not by those of comments and texts", () => {
  expect(cedarPieces(TRICKY)).toEqual([
    { text: TRICKY.slice(TRICKY.indexOf("@id"), TRICKY.indexOf("  permit")), line: 3 },
    { text: "permit (principal, action, resource);", line: 8 },
  ]);
});

test("what has no end is a piece too, so that Cedar refuses it", () => {
  expect(cedarPieces("forbid (principal, action, resource)\n \n")).toEqual([
    { text: "forbid (principal, action, resource)", line: 1 },
  ]);
  expect(cedarPieces('\n"never closed;')).toEqual([{ text: '"never closed;', line: 2 }]);
});

test("comments alone are no policy", () => {
  expect(cedarPieces("// a;\n\n// b")).toEqual([]);
  expect(cedarPieces("")).toEqual([]);
});

test("lines are counted by Cedar's bytes", () => {
  const piece = { text: "éé\nü\nx", line: 10 };
  expect([0, 4, 5, 7, 8].map((byte) => lineOfByte(piece, byte))).toEqual([10, 10, 11, 11, 12]);
});
