import { declaredChanges } from "../../../review/difference/declared/declared-changes";
import { edited, smallRegistry } from "../../support/review/declared-fleet";
import { linesOf } from "../../support/review/change-lines";

const PEOPLE = {
  issuer: "https://login.example",
  jwksUri: "https://login.example/keys",
  algorithms: ["ES256"],
  clientId: "approvals",
  groupsClaim: "groups",
  recentLoginSeconds: 900,
  operators: ["on-call"],
  approvers: { leads: { claim: "leads", clearance: "internal" } },
};
const LOGIN = "https://login.example (client approvals, groups in groups, ES256, keys at https://login.example/keys)";
const OPERATED = `trust: it may be revoked and restored by members of night-shift at ${LOGIN} [a member of night-shift who restores it]`;
const ALL = ["clerk", "courier", "librarian", "sleeper", "stocker"];
/** Its agent is suspended */
const ONCE_ACTIVE = OPERATED.replace("]", ", once the agent is not suspended any more]");

/** What each agent gains where people change so; undefined for none declared */
function gains(before: object | undefined, after: object | undefined) {
  const [base, head] = [before, after].map((people) => edited(smallRegistry(), { people: people ?? null }));
  return linesOf(declaredChanges(base, head), "gains");
}

const told = (host: string) => ({
  approvers: {
    leads: { claim: "leads", clearance: "internal", notify: { host, secret: "arn", format: "standard" } },
  },
});
const clerk = (line: string) => ({ clerk: [line] });

test.each([
  [
    "a group's members are others",
    { approvers: { leads: { claim: "everyone", clearance: "internal" } } },
    clerk("approval: leads are the members of everyone, was leads [a decision of leads by a member of everyone]"),
  ],
  [
    "a group is cleared for more",
    { approvers: { leads: { claim: "leads", clearance: "confidential" } } },
    clerk(
      "approval: leads decide on what is confidential, was internal [a decision of leads on a request that shows what is confidential]",
    ),
  ],
  [
    "a group is told of requests at another host",
    told("hooks.acme.example"),
    clerk(
      "approval: leads are told of its requests at hooks.acme.example, was nowhere [a notice for leads that hooks.acme.example gets: agent, action and link]",
    ),
  ],
  [
    "a login may be older",
    { recentLoginSeconds: 1_800 },
    clerk(
      "approval: its approvals are decided by people who logged in up to 1800 s ago, was 900 s [a decision of leads by a person who logged in 901 s ago]",
    ),
  ],
  [
    "there are more operators",
    { operators: ["night-shift", "on-call"] },
    Object.fromEntries(ALL.map((name) => [name, [name === "sleeper" ? ONCE_ACTIVE : OPERATED]])),
  ],
])("a review tells that %s", (_, change, expected) => {
  expect(gains(PEOPLE, { ...PEOPLE, ...change })).toEqual(expected);
});

test.each([
  ["nothing changes", {}],
  ["a group is cleared for less", { approvers: { leads: { claim: "leads", clearance: "public" } } }],
  ["a login must be later", { recentLoginSeconds: 60 }],
  ["there are fewer operators", { operators: [] }],
  [
    "a group that no agent asks has other members",
    { approvers: { ...PEOPLE.approvers, others: { claim: "x", clearance: "public" } } },
  ],
])("nothing is gained where %s", (_, change) => {
  expect(gains(PEOPLE, { ...PEOPLE, ...change })).toEqual({});
});

test("a group that is told nowhere any more is no gain, and another host is", () => {
  const base = { ...PEOPLE, ...told("hooks.acme.example") };
  expect(gains(base, PEOPLE)).toEqual({});
  expect(gains(base, base)).toEqual({});
  expect(gains(base, { ...PEOPLE, ...told("hooks.other.example") }).clerk).toEqual([
    expect.stringContaining("are told of its requests at hooks.other.example, was hooks.acme.example"),
  ]);
});

test.each([
  ["another issuer", { issuer: "https://login.other" }],
  ["other keys", { jwksUri: "https://login.other/keys" }],
  ["another client", { clientId: "other" }],
  ["another claim", { groupsClaim: "roles" }],
])("people of %s are reported as new approvers, and as new operators of each agent", (_, change) => {
  const found = gains(PEOPLE, { ...PEOPLE, ...change });
  expect(Object.keys(found)).toEqual(ALL);
  expect(found.clerk).toEqual([
    expect.stringMatching(/^approval: its approvals are decided by people of .*, was https:\/\/login\.example /),
    expect.stringMatching(/^trust: it may be revoked and restored by members of on-call at /),
  ]);
});

test("people who are declared where no person could decide before are told", () => {
  expect(gains(undefined, PEOPLE).clerk).toEqual([
    `approval: its approvals are decided by people of ${LOGIN}, was by no person [a decision of leads by a person of ${LOGIN}]`,
    expect.stringContaining("members of on-call"),
  ]);
  expect(gains(PEOPLE, undefined)).toEqual({});
});
