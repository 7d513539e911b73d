import { isSamePerson } from "../../../runtime/approval/same-person";
import { ApprovalWorld, exactRequest } from "../../support/exchange/approvals";
import { readApproval } from "../../../runtime/approval/approvals";
import { approvalFacts } from "../../../runtime/approval/approval-record";

const ALICE = { issuer: "https://login.acme.example", subject: "alice" };

const SPELLINGS = [
  "https://login.acme.example/",
  "https://login.acme.example//",
  "https://LOGIN.acme.Example",
  "HTTPS://login.acme.example",
  "https://login.acme.example:443",
  "https://Login.acme.example:443/",
];

describe.each(SPELLINGS)("a person of the issuer %s", (issuer) => {
  test("is the same one", () => {
    expect(isSamePerson(ALICE, { ...ALICE, issuer })).toBe(true);
    expect(isSamePerson({ ...ALICE, issuer }, ALICE)).toBe(true);
  });

  test("does not decide on the own request", async () => {
    const world = new ApprovalWorld();
    const handle = await world.ask({ request: exactRequest({ user: { ...ALICE, issuer } }) });
    const decided = world.decide(handle, { by: ALICE });
    await expect(decided).rejects.toThrow("decide.by-requester");
  });

  test("an approval from before this check names its approver to the policy as the user", async () => {
    const world = new ApprovalWorld();
    const user = { ...ALICE, issuer };
    const handle = await world.ask({ request: exactRequest({ user }) });
    await world.decide(handle);
    const record = (await readApproval(world.state, handle))?.record;
    if (record?.decision === undefined || record.decision === null) throw new Error("it is undecided");
    const facts = approvalFacts({ ...record, decision: { ...record.decision, by: ALICE } });
    expect(facts?.decidedBy).toEqual(user);
  });
});

test.each([
  ["another host", { ...ALICE, issuer: "https://login.acme.example.evil" }],
  ["another port", { ...ALICE, issuer: "https://login.acme.example:8443" }],
  ["another path", { ...ALICE, issuer: "https://login.acme.example/realms/a" }],
  ["plain http", { ...ALICE, issuer: "http://login.acme.example" }],
  ["another subject", { ...ALICE, subject: "bob" }],
  ["the subject in capitals", { ...ALICE, subject: "Alice" }],
])("a person of %s is another one", (_, other) => {
  expect(isSamePerson(ALICE, other)).toBe(false);
});

test("paths are compared as they are, but for slashes at their end", () => {
  const of = (issuer: string) => ({ ...ALICE, issuer });
  expect(isSamePerson(of("https://login.example/realms/A/"), of("https://login.example/realms/A"))).toBe(true);
  expect(isSamePerson(of("https://login.example/realms/A"), of("https://login.example/realms/a"))).toBe(false);
});

test("a subject that is no address is compared as it is", () => {
  expect(isSamePerson({ ...ALICE, issuer: "login" }, { ...ALICE, issuer: "login" })).toBe(true);
  expect(isSamePerson({ ...ALICE, issuer: "login" }, { ...ALICE, issuer: "Login" })).toBe(false);
});
