import fc from "fast-check";
import { hasExactLiterals } from "../../../runtime/jose/exact-numbers";

test.each([
  "0",
  "-0",
  "0.1",
  "0.10",
  "12.50",
  "1e2",
  "1E+2",
  "100",
  "1.5e-7",
  "9007199254740991",
  "0.30000000000000004",
  "-12.25",
  "5e-324",
  '"12.500000000000000001"',
  '"\\"1.00000000000000000001"',
  "true",
])("%s is read as it is written", (literal) => {
  expect(hasExactLiterals(`{"a":[${literal}]}`)).toBe(true);
});

test.each([
  "12.500000000000000001",
  "0.1000000000000000055511151231257827",
  "9007199254740993",
  "-9007199254740993",
  "1.00000000000000000000001e5",
  "4e-325",
  "1e-400",
  "123456789012345678901234567890",
])("fails when %s is read as another number", (literal) => {
  expect(hasExactLiterals(`{"a":[${literal}]}`)).toBe(false);
});

test("every double is read as JSON writes it", () => {
  const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }));
  fc.assert(fc.property(numbers, (all) => hasExactLiterals(JSON.stringify(all))));
});

test("a digit more than a double holds is another number", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 1, noNaN: true }), (number) => {
      const written = number.toFixed(20).replace(/0*$/, "");
      const longer = `${written}${"1".padStart(30, "0")}`;
      return !hasExactLiterals(longer);
    }),
  );
});
