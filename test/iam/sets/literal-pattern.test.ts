import fc from "fast-check";
import type { Access } from "../../../iam/access/access";
import { PreparedAccess } from "../../../iam/access/decide";
import { Glob } from "../../../iam/sets/glob";
import { literalPattern } from "../../../iam/sets/literal-pattern";
import "../../support/depth";

test.each([
  ["abc", "abc"],
  ["a*?", "a${*}${?}"],
  ["${*}", "${*}"],
  ["${x[*].arn}", "${x[*].arn}"],
  ["${x ? y : z}?", "${x ? y : z}${?}"],
  ["${a ${b[*]} c}*", "${a ${b[*]} c}${*}"],
  ["${a*", "${a${*}"],
  ["}*{", "}${*}{"],
])("%s is written %s", (text, pattern) => {
  expect(literalPattern(text)).toBe(pattern);
});

test("it matches its text and no other", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "*", "?", "$", "{", "}"), maxLength: 8 });
  fc.assert(
    fc.property(text, text, (one, other) => {
      const glob = Glob.of(literalPattern(one), "text");
      expect(glob.matches(one)).toBe(true);
      // `${*}` is another way to write `*`.
      const plain = (written: string): string => written.replace(/\$\{([*?$])\}/g, "$1");
      if (plain(one) !== plain(other)) expect(glob.matches(other)).toBe(false);
    }),
  );
});

test("a principal that is a reference with a wildcard in it is the one that it names", () => {
  const statement = { Effect: "Allow", Principal: { AWS: "${aws_iam_role.all[*].arn}" }, Action: "*" } as const;
  const access: Access = { paths: [{ name: "", layers: [{ name: "", statements: [{ statement, source: "" }] }] }] };
  const request = { action: "sts:AssumeRole", resource: "*", keys: {} };
  const decide = (principal: string) => new PreparedAccess(access).decide({ ...request, principal }).verdict;
  expect(decide("AWS:${aws_iam_role.all[*].arn}")).toBe("allowed");
  expect(decide("AWS:arn:aws:iam::111122223333:role/x")).toBe("unknown");
});
