import { KeysUnavailable } from "../../../../runtime/jose/key-source";
import { readSecurityEvent } from "../../../../runtime/exchange/signals/security-event";
import { SetRefused } from "../../../../runtime/exchange/signals/set-refused";
import CASES from "../../../cases/exchange/security-events.json";
import { AUDIENCE, keysOf, NOW, setOf, TRANSMITTER } from "../../../support/exchange/security-events";
import type { Members } from "../../../support/tokens";

interface Case {
  readonly name: string;
  readonly token?: string;
  readonly header?: Members;
  readonly claims?: Members;
  readonly key?: "another";
}

const PROPS = { issuer: TRANSMITTER, audience: AUDIENCE, keysOf, now: NOW };

function tokenOf({ token, header, claims, key }: Case): string {
  return token ?? setOf({ ...CASES.sent, ...claims }, header, key);
}

const rows = <T extends Case>(cases: readonly T[]) => cases.map((each) => [each.name, each] as const);

test.each(rows(CASES.taken as readonly (Case & { readonly is: Members })[]))("%s is taken", async (_, taken) => {
  expect(await readSecurityEvent(tokenOf(taken), PROPS)).toEqual(taken.is);
});

test.each(rows(CASES.refused as readonly (Case & { readonly code: string })[]))(
  "a security event that %s is refused",
  async (_, refused) => {
    const error: unknown = await readSecurityEvent(tokenOf(refused), PROPS).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SetRefused);
    expect((error as SetRefused).code).toBe(refused.code);
  },
);

test("there are more refusals than successes", () => {
  expect(CASES.refused.length).toBeGreaterThan(CASES.taken.length);
});

test("fails when the issuer's keys cannot be read, which leaves the token undecided", async () => {
  const unread = () => ({ keyOf: () => Promise.reject(new KeysUnavailable("no answer")) });
  const asked = readSecurityEvent(setOf(CASES.sent), { ...PROPS, keysOf: unread });
  await expect(asked).rejects.toThrow("evidence.keys-unavailable");
});
