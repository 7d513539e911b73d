import { StartEvidenceVerifier } from "../../../runtime/exchange/start-evidence";
import type { VerificationKey } from "../../../runtime/jose/verify";
import { CLAIMS, EVIDENCE, KEYS, NOW, proven } from "../../support/exchange/token-world";
import { compact, type TokenKey } from "../../support/tokens";

function user(jti: string, key: TokenKey = KEYS.login): string {
  return compact({ alg: "ES256", kid: KEYS.login.kid }, { ...CLAIMS.user, jti }, key.privateKey);
}

describe("a user's token whose signature was verified before", () => {
  test("is verified by the key of now, and fails by another one or by none", async () => {
    const token = user("remembered-1");
    const keyOf = jest.fn(async (): Promise<VerificationKey | undefined> => KEYS.login.publicKey);
    const by = new StartEvidenceVerifier({ ...EVIDENCE, keysOf: () => ({ keyOf }) });
    const shown = () => proven("user", "answer", token, {}, by);
    for (let time = 0; time < 2; time += 1) expect((await shown()).by).toBe("user");
    keyOf.mockResolvedValue(KEYS.attacker.publicKey);
    await expect(shown()).rejects.toThrow("evidence.signature");
    keyOf.mockResolvedValue(undefined);
    await expect(shown()).rejects.toThrow("evidence.signature");
    keyOf.mockResolvedValue(KEYS.login.publicKey);
    expect((await shown()).by).toBe("user");
  });

  test("fails with another signature over the same", async () => {
    const [token, forged] = [user("remembered-2"), user("remembered-2", KEYS.attacker)];
    expect((await proven("user", "answer", token)).by).toBe("user");
    expect(forged.slice(0, forged.lastIndexOf("."))).toBe(token.slice(0, token.lastIndexOf(".")));
    await expect(proven("user", "answer", forged)).rejects.toThrow("evidence.signature");
  });

  test("fails when it has expired since", async () => {
    const token = user("remembered-3");
    expect((await proven("user", "answer", token)).by).toBe("user");
    await expect(proven("user", "answer", token, { now: NOW + 86_400 })).rejects.toThrow("evidence.expired");
  });
});
