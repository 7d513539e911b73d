import fc from "fast-check";
import { INPUT_LIMITS, readInput } from "../../../domain";
import "../../support/depth";
import { bytes, JSON_BYTES, plain, problem } from "../../support/decisions/checked-input";

/** The request with white space behind it, so that it has this many bytes */
const padded = (length: number): Uint8Array => {
  const json = bytes(plain());
  return Uint8Array.from({ length }, (_, index) => json[index] ?? 0x20);
};

test("bytes are read up to the limit and not beyond it", () => {
  expect(problem(readInput(padded(INPUT_LIMITS.bytes)))).toBe("accepted");
  expect(problem(readInput(padded(INPUT_LIMITS.bytes + 1)))).toEqual([
    "input.too-large",
    "the request must have at most 65536 bytes, got 65537",
  ]);
});

const withByte = (text: string, byte: number): Uint8Array => {
  const changed = Buffer.from(JSON_BYTES);
  changed[JSON_BYTES.indexOf(text)] = byte;
  return changed;
};

test.each<readonly [string, Uint8Array]>([
  ["there are no bytes", new Uint8Array()],
  ["a byte is not UTF-8", withByte("support-triage", 0xff)],
  ["a character is cut in the middle", Buffer.concat([JSON_BYTES.subarray(0, 40), Buffer.from([0xe2, 0x82])])],
  ["an overlong form hides a character", withByte("support-triage", 0xc0)],
  ["a byte order mark comes first", Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), JSON_BYTES])],
  ["it is UTF-16", Buffer.from(JSON_BYTES.toString(), "utf16le")],
  ["the end is missing", JSON_BYTES.subarray(0, -1)],
  ["something follows", Buffer.concat([JSON_BYTES, Buffer.from("{}")])],
  ["it is nested without end", Buffer.from("[".repeat(60_000))],
  ["a number is no JSON", Buffer.from(JSON_BYTES.toString().replace('"revisionSeen":7', '"revisionSeen":NaN'))],
])("fails when %s", (_, input) => {
  const [code, what] = problem(readInput(input));
  expect(code).toBe("input.malformed");
  expect(what).toMatch(/^the request must be JSON in UTF-8: ./);
});

test("fails when a number stands for a text, or a text for a number, in bytes", () => {
  const text = JSON_BYTES.toString();
  const instead = [text.replace('"revisionSeen":7', '"revisionSeen":"7"'), text.replace('"task":"answer"', '"task":1')];
  expect(instead.map((json) => problem(readInput(Buffer.from(json)))[0])).toEqual([
    "input.malformed",
    "input.malformed",
  ]);
});

test("reading never throws, for any bytes", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 4_096 }), (value) => expect(readInput(value).ok).toBe(false)));
  const cut = fc.tuple(fc.nat(JSON_BYTES.length - 1), fc.nat(255));
  fc.assert(
    fc.property(cut, ([place, byte]) => {
      const changed = Buffer.from(JSON_BYTES);
      changed[place] = byte;
      const checked = readInput(changed);
      if (!checked.ok) expect(checked.problem.what).not.toBe("");
    }),
  );
});
