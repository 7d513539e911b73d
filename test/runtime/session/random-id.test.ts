import { randomId } from "../../../runtime/session/random-id";

/** Many times what is asked for at once */
const ids = Array.from({ length: 10_000 }, () => randomId());

test("no name comes twice, also where random bytes are asked for anew", () => {
  expect(new Set(ids).size).toBe(ids.length);
});

test("a name is 128 bits in base64url", () => {
  expect(ids.filter((id) => !/^[\w-]{21}[AQgw]$/.test(id))).toEqual([]);
});

test("no half of a name comes twice either: names do not overlap in the pool", () => {
  const bytes = ids.map((id) => Buffer.from(id, "base64url"));
  for (const half of [0, 8]) {
    expect(new Set(bytes.map((one) => one.toString("hex", half, half + 8))).size).toBe(ids.length);
  }
});
