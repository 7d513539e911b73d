import type { Value } from "../../../runtime/json";
import { readOnce, valueIn } from "../../../runtime/store/known-values";

const TEXT = JSON.stringify({ name: "x".repeat(80), inner: { list: [1, 2] } });

test("one text is parsed once, and the result is immutable", () => {
  const value = valueIn(TEXT) as { inner: { list: number[] } };
  expect(value).toEqual(JSON.parse(TEXT));
  expect(valueIn(`${TEXT}`)).toBe(value);
  expect(() => value.inner.list.push(3)).toThrow(TypeError);
  expect(() => Object.assign(value.inner, { list: [] })).toThrow(TypeError);
  expect(valueIn(TEXT.replace("x", "y"))).not.toBe(value);
});

test("a text that is long, such as a request that people decide, is not kept", () => {
  const long = JSON.stringify({ text: "x".repeat(8_192) });
  expect(valueIn(long)).toEqual(JSON.parse(long));
  expect(valueIn(long)).not.toBe(valueIn(long));
});

test("a short text, such as a number, is read anew", () => {
  expect(valueIn("7")).toBe(7);
  expect(valueIn("[1]")).not.toBe(valueIn("[1]"));
});

test("a value that cannot change is read with its schema once, another one each time", () => {
  const parse = jest.fn((value: Value) => ({ of: value }));
  const read = readOnce(parse);
  const value = valueIn(TEXT);
  expect(read(value)).toBe(read(value));
  expect(() => Object.assign(read(value), { of: 1 })).toThrow(TypeError);
  expect(parse).toHaveBeenCalledTimes(1);
  const own = { a: 1 };
  expect(read(own)).not.toBe(read(own));
  expect(parse).toHaveBeenCalledTimes(3);
});

test("fails where the schema does, each time", () => {
  const read = readOnce((): object => {
    throw new Error("unsound");
  });
  const value = valueIn(TEXT);
  expect(() => read(value)).toThrow("unsound");
  expect(() => read(value)).toThrow("unsound");
});
