import { LONGEST_TOKEN, parseCompact } from "../../../runtime/jose/compact";
import { compact, encoded, type Members, tokenKey } from "../../support/tokens";

const { privateKey } = tokenKey("k");
const RULES = { algorithms: ["ES256"] };
const HEADER = { alg: "ES256", kid: "k", typ: "JWT" };
const token = (header: Members | string = HEADER, claims: Members | string = { sub: "ada" }): string =>
  compact(header, claims, privateKey, "ES256");

describe("a token in compact form", () => {
  test("is read as it is", () => {
    const text = token();
    expect(parseCompact(text, RULES)).toEqual({
      token: text,
      signed: text.slice(0, text.lastIndexOf(".")),
      algorithm: "ES256",
      kid: "k",
      type: "JWT",
      embeddedKey: undefined,
      claims: { sub: "ada" },
    });
  });

  test("may have no type, and unknown members", () => {
    expect(parseCompact(token({ alg: "ES256", kid: "k", x5t: "a", nonce: "b" }), RULES).type).toBeUndefined();
  });

  test("has at most 16 KiB", () => {
    const text = token(HEADER, { more: "x".repeat(12_000) });
    const filled = `${text}${"A".repeat(LONGEST_TOKEN - text.length)}`.replace(/.$/, "A");
    expect(filled).toHaveLength(LONGEST_TOKEN);
    expect(() => parseCompact(`${filled}A`, RULES)).toThrow("the token must have at most 16384 bytes");
    expect(parseCompact(text, RULES).kid).toBe("k");
  });

  test("holds its key, and needs no name of it, where that is asked for", () => {
    const jwk = { kty: "EC" };
    const rules = { ...RULES, key: "embedded" } as const;
    expect(parseCompact(token({ alg: "ES256", jwk }), rules)).toMatchObject({ embeddedKey: jwk, kid: "" });
    expect(() => parseCompact(token({ alg: "ES256" }), rules)).toThrow("jwk must be a public key");
    expect(() => parseCompact(token({ ...HEADER, jwk }), RULES)).toThrow("the header must have no jwk");
  });

  const [h, p, s] = token().split(".") as [string, string, string];
  test.each<[string, string, string]>([
    ["two parts", `${h}.${p}`, "the token must have three parts"],
    ["one part", h, "the token must have three parts"],
    ["four parts", `${h}.${p}.${s}.${s}`, "the signature must be canonical base64url"],
    ["no signature", `${h}.${p}.`, "the signature must be canonical base64url"],
    ["no payload", `${h}..${s}`, "the payload must be canonical base64url"],
    ["no header", `.${p}.${s}`, "the header must be canonical base64url"],
    ["padding", `${h}.${p}.${s}=`, "the signature must be canonical base64url"],
    ["a character of base64", `${h}.${p}.+${s.slice(1)}`, "the signature must be canonical base64url"],
    ["a line feed", `${h}.${p}.${s}\n`, "the signature must be canonical base64url"],
    ["a single character", `${h}.${p}.A`, "the signature must be canonical base64url"],
    ["an algorithm that is not asked for", token({ ...HEADER, alg: "RS256" }), "alg must be one of ES256"],
    ["an unsupported algorithm", token({ ...HEADER, alg: "HS256" }), "alg must be one of ES256"],
    ["no algorithm", token({ kid: "k" }), "alg must be one of ES256"],
    ["no kid", token({ alg: "ES256" }), "kid must name the key in at most 512 characters"],
    ["a long kid", token({ ...HEADER, kid: "k".repeat(513) }), "kid must name the key in at most 512 characters"],
    ["a number as type", token({ ...HEADER, typ: 1 }), "typ must be a string"],
    ["a list as payload", token(HEADER, "[]"), "the payload must be a JSON object that can be read in one way only"],
    [
      "a member twice",
      token('{"alg":"ES256","alg":"ES256"}'),
      "the header must be a JSON object that can be read in one way only",
    ],
    ...["crit", "jwk", "jku", "x5c", "x5u", "b64", "zip", "enc"].map((member): [string, string, string] => [
      member,
      token({ ...HEADER, [member]: null }),
      `the header must have no ${member}`,
    ]),
  ])("fails when it has %s", (_, text, message) => {
    expect(() => parseCompact(text, RULES)).toThrow(message);
  });

  test("fails when a forbidden algorithm is requested", () => {
    const none = `${encoded({ ...HEADER, alg: "none" })}.${encoded({})}.AA`;
    expect(() => parseCompact(none, { algorithms: ["none"] })).toThrow("alg must be one of none");
  });
});
