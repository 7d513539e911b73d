import { checkedPut, checkedWrite, checkedWrites } from "../../../runtime/store/checked";
import { STORE_LIMITS, type Write } from "../../../runtime/store/store";

type Put = Extract<Write, { kind: "put" }>;

const put = (over: object = {}): Put => ({
  kind: "put",
  key: { partition: "p", sort: "s" },
  value: { a: 1 },
  when: { version: 1 },
  ...over,
});

describe("a checked write", () => {
  test("is returned as it is when checked again, also where its source was changed", () => {
    const value: Record<string, number> = { a: 1 };
    const write = put({ value });
    const checked = checkedWrite(write);
    value.a = NaN;
    expect(checkedWrites([checked])).toEqual([{ ...put({ value }), text: '{"a":1}' }]);
    expect(checkedWrite(checked)).toBe(checked);
    expect(() => checkedWrite(write)).toThrow(TypeError);
  });

  test("has the text that is known of its value", () => {
    expect(checkedPut(put(), '{ "a": 1 }').text).toBe('{ "a": 1 }');
  });

  test.each<[string, (write: Put & { text: string }) => void]>([
    ["its text", (write) => (write.text = "NaN")],
    ["its key", (write) => ((write as { key: object }).key = {})],
    ["a part of its key", (write) => ((write.key as { sort: string }).sort = "")],
    ["its condition", (write) => ((write.when as { version: number }).version = NaN)],
  ])("fails when code changes %s", (_, change) => {
    const write = checkedWrite(put()) as Put & { text: string };
    expect(() => change(write)).toThrow(TypeError);
    expect(write).toEqual({ ...put(), text: '{"a":1}' });
  });

  test("fails when it only looks like one", () => {
    const forged = Object.freeze({ ...checkedWrite(put()), value: { a: NaN } }) as Write;
    expect(() => checkedWrite(forged)).toThrow("a value at .a must be JSON, got NaN");
    expect(() => checkedWrites([forged])).toThrow(TypeError);
  });

  test.each<[string, object, string]>([
    ["an empty key", { key: { partition: "", sort: "s" } }, "partition must have 1 to 2048 bytes, got 0"],
    ["a long key of short characters", { key: { partition: "p", sort: "a".repeat(1_025) } }, "got 1025"],
    ["a long key of few characters", { key: { partition: "\u20ac".repeat(683), sort: "s" } }, "got 2049"],
    ["half a character", { key: { partition: "p", sort: "\ud83d" } }, "sort must be sound Unicode"],
    ["half an expiry", { expiresAt: 1.5 }, "expiresAt must be a whole number, got 1.5"],
    ["half a version", { when: { version: 0.5 } }, "version must be a whole number, got 0.5"],
  ])("fails when it has %s, also where its text is known", (_, over, message) => {
    expect(() => checkedWrite(put(over))).toThrow(message);
    expect(() => checkedPut(put(over), "1")).toThrow(message);
  });

  test("fails when the text that is known of its value is too long", () => {
    const text = `"${"a".repeat(STORE_LIMITS.valueBytes)}"`;
    expect(() => checkedPut(put(), text)).toThrow(`a value must have at most ${STORE_LIMITS.valueBytes} bytes of JSON`);
  });
});
