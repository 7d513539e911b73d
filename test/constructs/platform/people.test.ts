import { type PeopleProps, Platform, type PlatformProps } from "../../../constructs";
import { facts } from "../../../fleet/platform";
import { refusal, TOKEN, untyped } from "../../support/domain";

const PEOPLE: PeopleProps = {
  issuer: "https://login.acme.example",
  jwksUri: "https://login.acme.example/keys",
  clientId: "ambit-approvals",
  operators: ["on-call"],
};

const platform = (changes: Partial<PlatformProps>) => new Platform({ ...facts, ...changes });
const withPeople = (changes: object) => () => platform({ people: { ...PEOPLE, ...changes } });

test("what is declared of people has its defaults, and the approvers with what they are cleared for", () => {
  const { people } = platform({
    approvers: { leads: { clearance: "confidential" }, controllers: { clearance: "restricted", claim: "/finance" } },
    people: { ...PEOPLE, operators: ["on-call", "admins", "on-call"] },
  });
  expect(people).toEqual({
    issuer: "https://login.acme.example",
    jwksUri: "https://login.acme.example/keys",
    algorithms: ["ES256", "RS256"],
    clientId: "ambit-approvals",
    groupsClaim: "groups",
    recentLoginSeconds: 900,
    operators: ["admins", "on-call"],
    approvers: {
      controllers: { claim: "/finance", clearance: "restricted" },
      leads: { claim: "leads", clearance: "confidential" },
    },
  });
});

test("what is said otherwise is taken", () => {
  const said = {
    groupsClaim: "https://acme.example/groups",
    recentLogin: "5m",
    host: "approvals.acme.example",
  } as const;
  expect(withPeople(said)().people).toMatchObject({
    groupsClaim: "https://acme.example/groups",
    recentLoginSeconds: 300,
    host: "approvals.acme.example",
  });
});

test("approvers in a list are cleared for internal, and no person is known where none is declared", () => {
  const { people: _, ...rest } = facts;
  const { approvers, people } = new Platform({ ...rest, approvers: ["leads"] });
  expect([...approvers].map(([name, { claim, clearance }]) => [name, claim, clearance.name])).toEqual([
    ["leads", "leads", "internal"],
  ]);
  expect(people).toBeUndefined();
});

const REFUSED: readonly (readonly [when: string, make: () => unknown, message: string])[] = [
  [
    "its issuer is no https address",
    withPeople({ issuer: "http://login.acme.example" }),
    'platform: people.issuer must be an https address without user, query and fragment, at most 512 characters, got "http://login.acme.example"',
  ],
  [
    "every agent has tokens of its issuer",
    withPeople({ issuer: facts.issuer }),
    `platform: people.issuer must give no agent a token, got "${facts.issuer}", which is issuer of the platform: name the identity provider of the users, or what starts the tasks`,
  ],
  [
    "a starter signs for its issuer",
    withPeople({ issuer: "https://scheduler.acme.example/" }),
    'platform: people.issuer must be the identity provider of people, got "https://scheduler.acme.example/", which is a starter of the platform: name the one that people log in to',
  ],
  [
    "its client has no name",
    withPeople({ clientId: " " }),
    'platform: people.clientId must be a non-empty string, got " "',
  ],
  [
    "its client is known after apply only",
    withPeople({ clientId: TOKEN }),
    `platform: people.clientId must be a plain string known at synth, got the Terraform token "${TOKEN}": write the string itself`,
  ],
  [
    "the claim of groups is none",
    withPeople({ groupsClaim: "a b" }),
    'platform: people.groupsClaim must be the name of a claim such as "groups", got "a b": write the claim that the identity provider puts the groups in',
  ],
  [
    "a login may be older than an hour",
    withPeople({ recentLogin: "2h" }),
    "platform: people.recentLogin must be at most 1h, got 2h",
  ],
  [
    "operators are no list",
    withPeople({ operators: untyped("on-call") }),
    'platform: people.operators must list groups, got "on-call": write [] where none may revoke',
  ],
  [
    "a group is longer than any",
    withPeople({ operators: ["a".repeat(257)] }),
    `platform: people.operators must have at most 256 characters, got ${JSON.stringify("a".repeat(257))}`,
  ],
  [
    "its host is no name",
    withPeople({ host: "https://approvals.acme.example" }),
    'platform: people.host must be a name such as "approvals.acme.example", got "https://approvals.acme.example"',
  ],
  [
    "agents answer beside its page",
    withPeople({ host: "approvals.agents.acme.example" }),
    'platform: people.host must not be below userListener.domain "agents.acme.example", got "approvals.agents.acme.example": give the page a domain that no agent answers in',
  ],
  [
    "a group of approvers has a name that is none",
    () => platform({ approvers: { "The Leads": { clearance: "internal" } } }),
    'platform: approvers must be lower-case letters, digits and inner hyphens, at most 63 characters (DNS-1123), got "The Leads": write "the-leads"',
  ],
  [
    "a group of approvers is empty in the claim",
    () => platform({ approvers: { leads: { clearance: "internal", claim: "" } } }),
    'platform: approvers.leads.claim must be a non-empty string, got ""',
  ],
];

test.each(REFUSED)("fails when %s", (_, make, message) => {
  expect(refusal(make).message).toBe(message);
});

test("fails when a group of approvers is cleared for what is no sensitivity", () => {
  const made = () => platform({ approvers: { leads: { clearance: untyped("secret") } } });
  expect(refusal(made).message).toContain("approvers.leads.clearance must be");
});
