import { codesOf } from "../../support/exchange/sessions";
import { CLAIMS, KEYS, NOW, proven } from "../../support/exchange/token-world";
import { compact, type Members } from "../../support/tokens";

const start = (more: Members) =>
  compact(
    { alg: "ES256", kid: KEYS.scheduler.kid, typ: "ambit-start+jwt" },
    { ...CLAIMS.start, ...more },
    KEYS.scheduler.privateKey,
  );

test("a start token that has expired proves a start as of when an approval was asked for with it", async () => {
  const token = start({ iat: NOW - 700, exp: NOW - 450 });
  const fresh = await proven("schedule", "sweep", token, { now: NOW - 500 });
  const digest = fresh.outside?.digest ?? "";
  const asked = { digest, at: NOW - 500, until: NOW + 90 };
  expect(await proven("schedule", "sweep", token, { asked })).toEqual({ ...fresh, expiresAt: NOW + 90 });
  for (const other of [undefined, { ...asked, digest: "other" }, { ...asked, at: NOW - 450 }]) {
    expect(await codesOf(proven("schedule", "sweep", token, { asked: other }))).toEqual(["evidence.expired"]);
  }
});

test("a start token that holds ends when it says, whatever was asked with it", async () => {
  const token = start({});
  const fresh = await proven("schedule", "sweep", token);
  const asked = { digest: fresh.outside?.digest ?? "", at: NOW, until: NOW + 3_600 };
  expect(await proven("schedule", "sweep", token, { asked })).toEqual(fresh);
});

test("a start token is remembered for the day and a quarter of an hour in which an approval may help it", async () => {
  const exp = NOW + 100;
  const { outside } = await proven("schedule", "sweep", start({ iat: NOW - 10, exp }));
  expect(outside?.until).toBe(exp + 86_400 + 900);
});
