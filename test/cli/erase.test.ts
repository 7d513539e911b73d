import { eraseCommand } from "../../cli/erase";
import { called, type Called } from "../support/cli";
import { operatorWorld } from "../support/operator-world";

const world = operatorWorld();
const ISSUER = "https://login.acme.example";
const ERASED = { erased: true, pseudonym: "p-1", effective_at: 1_800_000_060 };
const UNKNOWN = { code: "erasure.unknown-person", what: "there is no key of this person", fix: "look" };

function erase(...args: readonly string[]): Promise<Called> {
  return called([eraseCommand], "erase", ...args);
}
const why = (): readonly string[] => ["--issuer", ISSUER, "--reason", "request 4711", ...world.direct()];

describe("ambit erase", () => {
  test("has the exchange erase a person, and says from when on, what is lost and what stays", async () => {
    world.answers = [[200, ERASED]];
    const { code, stdout } = await erase("alice", ...why());
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^erased +alice of https:\/\/login\.acme\.example\n/)]);
    expect(stdout).toContain("2027-01-15T08:01:00Z in every process of the exchange");
    expect(stdout).toContain("p-1 in records, which can no longer be attributed");
    expect(stdout).toContain("records, checkpoints, proofs, and each stop of the person");
    expect(world.asked).toEqual([
      { request: "POST /operator/erasures", authorization: "Bearer the.id.token", body: expect.any(String) },
    ]);
    const user = { issuer: ISSUER, subject: "alice" };
    expect(JSON.parse(world.asked[0]?.body ?? "")).toEqual({ user, reason: "request 4711" });
  });

  test("prints it as JSON", async () => {
    world.answers = [[200, ERASED]];
    const { code, stdout } = await erase("alice", ...why(), "--json");
    expect([code, JSON.parse(stdout)]).toEqual([0, { user: { issuer: ISSUER, subject: "alice" }, ...ERASED }]);
  });

  test("ends with 3 where no such person is on record", async () => {
    world.answers = [[400, { error: "invalid_target", reasons: [UNKNOWN] }]];
    const { code, stdout, stderr } = await erase("alcie", ...why());
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toContain("nothing is erased: the exchange answered 400, erasure.unknown-person");
  });

  test.each([
    ["the operator may not", 403, { reasons: [{ code: "operator.not-listed", what: "w", fix: "f" }] }, "not erased:"],
    ["the exchange fails", 503, {}, "the person may not be erased, so run it again:"],
    ["the answer is another's", 200, { erased: true }, "does not say that the person is erased"],
    ["the answer says no", 200, { ...ERASED, erased: false }, "does not say that the person is erased"],
  ])("fails when %s", async (_, status, body, message) => {
    world.answers = [[status, body]];
    const { code, stdout, stderr } = await erase("alice", ...why());
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(message);
  });

  test.each([
    ["no issuer", ["alice", "--reason", "x"], "--issuer"],
    ["no reason", ["alice", "--issuer", ISSUER], "--reason"],
    ["no exchange", ["alice", "--issuer", ISSUER, "--reason", "x"], "name --exchange"],
  ])("fails with 64 where there is %s", async (_, args, message) => {
    const { code, stderr } = await erase(...args);
    expect([code, stderr]).toEqual([64, expect.stringContaining(message)]);
    expect(world.asked).toEqual([]);
  });
});
