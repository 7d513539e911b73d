import { Refusal } from "../../../runtime/refusal/refusal";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import { RememberedTokens } from "../../../runtime/token/remembered-tokens";

const NOW = 1_800_000_000;

function world() {
  const found = { verified: 0, isGood: true };
  const tokens = new RememberedTokens({
    read: async (token) => {
      found.verified += 1;
      if (!found.isGood) throw Refusal.of("token.invalid");
      return { jti: token, exp: NOW + 100 } as unknown as AccessTokenClaims;
    },
  });
  return { tokens, found };
}

test("a token is verified once in 30 s, and each by itself", async () => {
  const { tokens, found } = world();
  expect(await tokens.read("a", NOW)).toMatchObject({ jti: "a" });
  expect(await tokens.read("a", NOW + 29)).toMatchObject({ jti: "a" });
  expect(await tokens.read("b", NOW)).toMatchObject({ jti: "b" });
  expect(found.verified).toBe(2);
  await tokens.read("a", NOW + 30);
  expect(found.verified).toBe(3);
});

test("fails behind its end, behind a clock that went back, and where it is no longer good", async () => {
  const { tokens, found } = world();
  await tokens.read("a", NOW + 90);
  found.isGood = false;
  await expect(tokens.read("a", NOW + 100)).rejects.toMatchObject({ reasons: [{ code: "token.invalid" }] });
  await expect(tokens.read("a", NOW)).rejects.toMatchObject({ reasons: [{ code: "token.invalid" }] });
});

test("fails each time for a token that is none: that is not remembered", async () => {
  const { tokens, found } = world();
  found.isGood = false;
  await expect(tokens.read("a", NOW)).rejects.toThrow(Refusal);
  await expect(tokens.read("a", NOW)).rejects.toThrow(Refusal);
  expect(found.verified).toBe(2);
});

test("a token that was signed here a moment ago is verified after 30 s, and is good no longer than it lives", async () => {
  const { tokens, found } = world();
  const claims = { jti: "own", exp: NOW + 40 } as unknown as AccessTokenClaims;
  tokens.signed("a", claims, NOW);
  expect(await tokens.read("a", NOW + 29)).toBe(claims);
  expect(found.verified).toBe(0);
  await tokens.read("a", NOW + 30);
  expect(found.verified).toBe(1);
  tokens.signed("b", { ...claims, exp: NOW + 10 }, NOW);
  found.isGood = false;
  await expect(tokens.read("b", NOW + 10)).rejects.toThrow(Refusal);
});
