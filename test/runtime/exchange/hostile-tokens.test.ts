import crypto from "node:crypto";
import { Refusal } from "../../../runtime/refusal/refusal";
import { hostileTokens, soundToken } from "../../support/exchange/hostile-tokens";
import { ACCEPTED, type Accepted, work } from "../../support/exchange/token-world";
import { compact } from "../../support/tokens";

/** What a token may cost, with any content */
const MOST = { lookUps: 1, signatures: 1, parsed: 65_536 };

async function refusalOf(kind: Accepted, token: string): Promise<Refusal> {
  try {
    const proven = await kind.accept(token);
    throw new Error(`accepted: ${JSON.stringify(proven)}`);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

describe.each(ACCEPTED.map((kind) => [kind.name, kind] as const))("%s", (_, kind) => {
  let signatures: jest.SpyInstance;
  let parsed: jest.SpyInstance;
  beforeEach(() => {
    work.lookUps = 0;
    signatures = jest.spyOn(crypto, "verify");
    parsed = jest.spyOn(JSON, "parse");
  });
  afterEach(() => jest.restoreAllMocks());

  test("is accepted where it is sound", async () => {
    await expect(kind.accept(soundToken(kind))).resolves.toBeDefined();
    expect(work.lookUps).toBe(kind.holds === "name" ? 1 : 0);
    expect(signatures).toHaveBeenCalledTimes(1);
  });

  test("is accepted with unknown members, eight levels deep and 12 KB long", async () => {
    if (kind.name === "an access token" || kind.name === "a parent token") return;
    const more = `"more":[[[[[[[]]]]]]],"long":"${"x".repeat(9_000)}","__proto__":"\\u00fc \u{1f600}"`;
    const claims = `{${JSON.stringify(kind.claims).slice(1, -1)},${more}}`;
    const token = compact({ ...kind.header, x5t: "a" }, claims, kind.key.privateKey, "ES256");
    await expect(kind.accept(token)).resolves.toBeDefined();
  });

  test.each(hostileTokens(kind))("fails when its %s", async (_name, token) => {
    const { reasons } = await refusalOf(kind, token);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]?.code).toMatch(kind.refusals);
    expect(work.lookUps).toBeLessThanOrEqual(MOST.lookUps);
    expect(signatures.mock.calls.length).toBeLessThanOrEqual(MOST.signatures);
    const characters = parsed.mock.calls.reduce((sum, [text]) => sum + String(text).length, 0);
    expect(characters).toBeLessThanOrEqual(MOST.parsed);
  });

  test.each(
    ACCEPTED.filter((other) => other !== kind && other.key !== kind.key).map((other) => [other.name, other] as const),
  )("fails when it is %s", async (_name, other) => {
    await refusalOf(kind, soundToken(other));
    const resigned = compact({ ...other.header, kid: kind.key.kid }, other.claims, kind.key.privateKey);
    await refusalOf(kind, resigned);
  });
});
