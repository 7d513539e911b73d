import { parseCompact } from "../../../runtime/jose/compact";
import { Refusal } from "../../../runtime/refusal/refusal";
import { kmsSignature } from "../../../runtime/signer/kms-signer";
import type { Sign } from "../../../runtime/jose/compact";
import { startId, startToken } from "../../../runtime/starters/start-token";
import { FakeKms } from "../../support/fake-kms";
import { KEYS, NOW, proven, signerOf } from "../../support/exchange/token-world";
import { CONFIG } from "../../support/starter-config";

const sign: Sign = (bytes) => signerOf(KEYS.scheduler).sign(bytes);
const id = startId("nightly", "2026-12-01T04:00:00Z", 0);

test("the exchange takes the token as evidence of its start", async () => {
  const token = await startToken({ config: CONFIG, id, now: NOW }, sign);
  expect(await proven("schedule", "sweep", token)).toMatchObject({
    by: "schedule",
    user: null,
    expiresAt: NOW + 300,
    outside: { single: true, newSession: false },
  });
});

test("it names the agent, its audience, and nothing else", async () => {
  const { header, claims } = parsed(await startToken({ config: CONFIG, id, now: NOW }, sign));
  expect(header).toEqual({ alg: "ES256", kid: KEYS.scheduler.kid, typ: "ambit-start+jwt" });
  expect(Object.keys(claims).sort()).toEqual(["aud", "exp", "iat", "iss", "jti", "sub", "task"]);
});

test("one occasion has one id, and another occasion, starter or use has another", () => {
  expect(startId("nightly", "2026-12-01T04:00:00Z", 0)).toBe(id);
  const others = [
    startId("nightly", "2026-12-02T04:00:00Z", 0),
    startId("hourly", "2026-12-01T04:00:00Z", 0),
    startId("nightly", "2026-12-01T04:00:00Z", 1),
  ];
  expect(new Set([id, ...others]).size).toBe(4);
});

test.each([
  ["another task", { task: "react" }, "evidence.other-task"],
  ["another agent", { agent: "spiffe://prod.acme.example/ns/support/sa/front" }, "evidence.other-agent"],
  ["another exchange", { audience: "https://other.example" }, "evidence.audience"],
  ["an issuer that is no starter", { issuer: "https://other.example" }, "evidence.issuer-unknown"],
  ["a key that the starter does not have", { key: "other" }, "evidence.signature"],
])("the exchange refuses one for %s", async (_, change, code) => {
  const token = await startToken({ config: { ...CONFIG, ...change }, id, now: NOW }, sign);
  const refused: unknown = await proven("schedule", "sweep", token).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refusal);
  expect((refused as Refusal).reasons.map((reason) => reason.code)).toEqual([code]);
});

test("KMS signs a digest with ES256, by the alias, and is asked for nothing else", async () => {
  const kms = new FakeKms();
  const signature = await kmsSignature(kms.client, "alias/ambit/prod/starter/nightly/1", Buffer.from("text"));
  expect(signature.length).toBe(64);
  expect(kms.asked).toEqual([]);
  expect(kms.signed).toMatchObject([
    { KeyId: "alias/ambit/prod/starter/nightly/1", MessageType: "DIGEST", SigningAlgorithm: "ECDSA_SHA_256" },
  ]);
});

function parsed(token: string) {
  const [header = "", claims = ""] = token.split(".").map((part) => Buffer.from(part, "base64url").toString());
  expect(parseCompact(token, { algorithms: ["ES256"] }).algorithm).toBe("ES256");
  return { header: JSON.parse(header) as object, claims: JSON.parse(claims) as object };
}
