import fc from "fast-check";
import { Refusal } from "../../../runtime/refusal/refusal";
import { depth } from "../../support/depth";
import { soundToken } from "../../support/exchange/hostile-tokens";
import { ACCEPTED, type Accepted, work } from "../../support/exchange/token-world";
import { compact } from "../../support/tokens";

const RUNS = depth(300);

/** Whether it was accepted; what is neither accepted nor refused fails the test. */
async function isAccepted(kind: Accepted, token: string): Promise<boolean> {
  work.lookUps = 0;
  const outcome = await kind.accept(token).then(
    () => true,
    (error: unknown) => error,
  );
  expect(work.lookUps).toBeLessThanOrEqual(1);
  if (outcome === true) return true;
  if (!(outcome instanceof Refusal)) throw outcome;
  return false;
}

const signedPartOf = (token: string): string => token.slice(0, token.lastIndexOf("."));

/** Any unit of UTF-16, halves of characters included */
const unit = fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code));

/** Changes of a token's text: a character replaced, put in, taken out, a piece repeated, moved or taken from another */
function changed(tokens: readonly string[]): (token: string) => fc.Arbitrary<string> {
  const character = fc.oneof(fc.constantFrom(..."AZaz09-_.=+/ \n\0é"), unit);
  return (token) => {
    const at = fc.nat({ max: token.length });
    const piece = fc.tuple(at, at).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    return fc.oneof(
      fc.tuple(at, character).map(([i, c]) => token.slice(0, i) + c + token.slice(i + 1)),
      fc.tuple(at, character).map(([i, c]) => token.slice(0, i) + c + token.slice(i)),
      piece.map(([a, b]) => token.slice(0, a) + token.slice(b)),
      piece.map(([a, b]) => token.slice(0, b) + token.slice(a)),
      fc.tuple(at, fc.constantFrom(...tokens)).map(([i, other]) => token.slice(0, i) + other.slice(i)),
      fc.tuple(fc.nat({ max: 2 }), fc.constantFrom(...tokens)).map(([i, other]) => {
        const from = other.split(".");
        return token
          .split(".")
          .map((part, index) => (index === i ? (from[i] ?? "") : part))
          .join(".");
      }),
    );
  };
}

/** A byte of the header, the payload or the signature changed, and written soundly again */
function byteChanged(token: string): fc.Arbitrary<string> {
  return fc.tuple(fc.nat({ max: 2 }), fc.nat(), fc.integer({ min: 1, max: 255 })).map(([part, at, mask]) => {
    const parts = token.split(".").map((one) => Buffer.from(one, "base64url"));
    const bytes = parts[part] as Buffer;
    const index = at % bytes.length;
    bytes[index] = (bytes[index] as number) ^ mask;
    return parts.map((one) => one.toString("base64url")).join(".");
  });
}

/** Values that claims may have, honest and not */
const value = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(...Object.values(ACCEPTED).flatMap(({ claims }) => Object.values(claims))),
  },
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom<unknown>("", "new", [], {}, [[]], null, true, 0, -1, 1e300, { sub: "x" }, [{ type: "ambit_task" }]),
);
const NAMES = [
  ...new Set([
    ...ACCEPTED.flatMap(({ claims }) => Object.keys(claims)),
    "nbf",
    "azp",
    "ath",
    "ambit_session",
    "authorization_details",
    "__proto__",
    "toString",
  ]),
];
const HEADER_NAMES = ["alg", "kid", "typ", "jwk", "crit", "jku", "x5c", "b64", "__proto__"];

describe.each(ACCEPTED.map((kind) => [kind.name, kind] as const))("%s", (_, kind) => {
  const token = soundToken(kind);
  const others = [...ACCEPTED.map(soundToken), compact(kind.header, { ...kind.claims, more: 1 }, kind.key.privateKey)];

  test("is accepted after a change only where what was signed is the same", async () => {
    const hostile = fc.oneof(changed(others)(token), byteChanged(token), changed(others)(token).chain(changed(others)));
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const same = others.some((one) => signedPartOf(one) === signedPartOf(text));
        expect((await isAccepted(kind, text)) && !same).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  test("is accepted or refused, with any signed content", async () => {
    const claims = fc.dictionary(fc.constantFrom(...NAMES), value, { noNullPrototype: true });
    const header = fc.dictionary(
      fc.constantFrom(...HEADER_NAMES),
      fc.oneof(value, fc.constantFrom("ES256", kind.key.kid)),
      { maxKeys: 2, noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(claims, header, async (more, changes) => {
        const text = compact({ ...kind.header, ...changes }, { ...kind.claims, ...more }, kind.key.privateKey, "ES256");
        await isAccepted(kind, text);
      }),
      { numRuns: RUNS },
    );
  });

  test("fails when it is any text or any bytes", async () => {
    const bytes = fc.uint8Array({ maxLength: 2_000 }).map((one) => Buffer.from(one).toString("base64url"));
    const parts = fc.array(bytes, { maxLength: 5 }).map((all) => all.join("."));
    const text = fc.oneof(fc.string({ unit, maxLength: 5_000 }), parts);
    await fc.assert(
      fc.asyncProperty(text, async (one) => expect(await isAccepted(kind, one)).toBe(false)),
      { numRuns: RUNS },
    );
  });
});
