import { endLogins } from "../../../runtime/session/ended-logins";
import { readRun } from "../../../runtime/session/runs";
import { type Begun, IssuanceRun, type Outcome } from "../../support/exchange/issuance-run";
import { LOGIN } from "../../support/exchange/issuance-world";
import { NOON } from "../../support/decisions/edit";

const ALICE = { issuer: LOGIN, subject: "alice" };
/** A token of a later login */
const ANEW = { "evidence/claims/jti": "u2", "evidence/claims/iat": { $in: -5 } };
const JOIN = { "details/run": { $add: "{begun.run}" } };

const codeOf = (outcome: Begun | Outcome) => ("refusal" in outcome ? outcome.refusal.reasons[0]?.code : "granted");

/** Alice's request has begun a run at the desk by a token that was issued ten seconds ago. */
async function begun(signalling: readonly string[] = [LOGIN]): Promise<IssuanceRun> {
  const run = await IssuanceRun.of(
    { name: "logins", fleet: "chain", base: "ask" },
    { signalling: new Set(signalling) },
  );
  await run.begin({ base: "ask", as: "begun" });
  return run;
}

async function end({ world }: IssuanceRun, before = NOON - 8): Promise<void> {
  await world.store.write([endLogins(ALICE, undefined, { before, at: world.now })]);
}

test("evidence of an ended login starts nothing, and that of a login afterwards does", async () => {
  const run = await begun();
  await end(run);
  expect(codeOf(await run.begin({ base: "ask" }))).toBe("user.revoked");
  expect(codeOf(await run.ask({ base: "ask" }))).toBe("user.revoked");
  expect(codeOf(await run.begin({ base: "ask", change: ANEW }))).toBe("granted");
  expect(codeOf(await run.ask({ base: "ask", change: ANEW }))).toBe("granted");
});

test("a run of an ended login is joined by no evidence, neither by its own nor by that of a later login", async () => {
  const run = await begun();
  expect(codeOf(await run.begin({ base: "ask", change: JOIN }))).toBe("granted");
  await end(run);
  expect(codeOf(await run.begin({ base: "ask", change: JOIN }))).toBe("user.revoked");
  expect(codeOf(await run.begin({ base: "ask", change: { ...JOIN, ...ANEW } }))).toBe("user.revoked");
});

test("a run of a later login is not joined by evidence of the one that has ended", async () => {
  const run = await begun();
  await end(run);
  await run.begin({ base: "ask", change: ANEW, as: "begun" });
  expect(codeOf(await run.begin({ base: "ask", change: { ...JOIN, ...ANEW } }))).toBe("granted");
  expect(codeOf(await run.begin({ base: "ask", change: JOIN }))).toBe("user.revoked");
});

test.each<readonly [what: string, change: object]>([
  ["is joined by evidence", JOIN],
  ["begins by evidence", {}],
])("fails when the login ends while a run %s, and nothing goes out", async (_, change) => {
  const run = await begun();
  run.world.store.beforeNext(() => end(run));
  expect(codeOf(await run.begin({ base: "ask", change: { ...change } }))).toBe("user.revoked");
});

test("fails when a login ends while a run of a later one is joined by evidence of it", async () => {
  const run = await begun();
  await run.begin({ base: "ask", change: ANEW, as: "begun" });
  run.world.store.beforeNext(() => end(run));
  expect(codeOf(await run.begin({ base: "ask", change: JOIN }))).toBe("user.revoked");
});

test("when evidence was issued is noted of issuers that tell of ended logins, and of no other", async () => {
  const issuedAtOf = async (run: IssuanceRun) =>
    (await readRun(await run.world.state(), run.filled("{begun.run}") as string))?.run.evidence?.issuedAt;
  expect(await issuedAtOf(await begun())).toBe(NOON - 10);
  expect(await issuedAtOf(await begun([]))).toBeUndefined();
  expect(await issuedAtOf(await begun(["https://other.example"]))).toBeUndefined();
});

test("a run whose evidence does not say when it was issued ends with any login of its user", async () => {
  const run = await begun([]);
  await end(run, NOON - 5_000);
  expect(codeOf(await run.begin({ base: "ask", change: JOIN }))).toBe("user.revoked");
});
