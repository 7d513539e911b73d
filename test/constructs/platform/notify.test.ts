import { type NotifyProps, type PeopleProps, Platform, type PlatformProps } from "../../../constructs";
import { registrySchema } from "../../../runtime/registry/registry-schema";
import { facts } from "../../../fleet/platform";
import { refusal, TOKEN, untyped } from "../../support/domain";

const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:notices-AbCdEf";
const NOTIFY: NotifyProps = { host: "hooks.slack.com", secret: SECRET, format: "slack", cidrs: ["198.51.100.0/24"] };
const OTHER: NotifyProps = { host: "notices.acme.example", secret: SECRET, cidrs: ["192.0.2.0/24"] };
const PEOPLE: PeopleProps = {
  issuer: "https://login.acme.example",
  jwksUri: "https://login.acme.example/keys",
  clientId: "ambit-approvals",
  operators: [],
  host: "approvals.acme.example",
};

const platform = (changes: Partial<PlatformProps>) => new Platform({ ...facts, people: PEOPLE, ...changes });
const leads = (notify: NotifyProps) => platform({ approvers: { leads: { clearance: "internal", notify } } });
const notifyIn = ({ people }: Platform) =>
  Object.fromEntries(Object.entries(people?.approvers ?? {}).map(([name, { notify }]) => [name, notify]));

test("a group is told where it says, the others where the platform says, and no one where neither does", () => {
  const approvers = {
    leads: { clearance: "internal", notify: OTHER },
    controllers: { clearance: "internal" },
  } as const;
  expect(notifyIn(platform({ approvers, people: { ...PEOPLE, notify: NOTIFY } }))).toEqual({
    leads: { host: "notices.acme.example", secret: SECRET, format: "standard" },
    controllers: { host: "hooks.slack.com", secret: SECRET, format: "slack" },
  });
  expect(notifyIn(platform({ approvers }))).toMatchObject({ leads: { format: "standard" }, controllers: undefined });
});

test("groups in a list are told where the platform says", () => {
  expect(notifyIn(platform({ approvers: ["leads"], people: { ...PEOPLE, notify: NOTIFY } }))).toMatchObject({
    leads: { host: "hooks.slack.com" },
  });
});

test("the exchange reads what the platform writes", () => {
  const { people } = leads(OTHER);
  expect(registrySchema.shape.people.safeParse(people)).toMatchObject({ success: true, data: people });
});

const AT = "platform: approvers.leads.notify";
const REFUSED: readonly (readonly [when: string, change: object, message: string])[] = [
  [
    "the host is an address of the web",
    { host: "https://hooks.slack.com/services" },
    `${AT}.host must be a name in lower case such as "hooks.slack.com", without scheme, port and path, got "https://hooks.slack.com/services"`,
  ],
  [
    "the host is an address of IPv4",
    { host: "203.0.113.1" },
    `${AT}.host must be a name in lower case such as "hooks.slack.com", without scheme, port and path, got "203.0.113.1"`,
  ],
  [
    "the host has one label",
    { host: "localhost" },
    `${AT}.host must be a name in lower case such as "hooks.slack.com", without scheme, port and path, got "localhost"`,
  ],
  [
    "the host is in the cluster",
    { host: "relay.chat.svc" },
    `${AT}.host must be a name on the internet: notices go to no private address, got "relay.chat.svc"`,
  ],
  [
    "the host is of a private network",
    { host: "chat.acme.internal" },
    `${AT}.host must be a name on the internet: notices go to no private address, got "chat.acme.internal"`,
  ],
  [
    "the host is known after apply only",
    { host: TOKEN },
    `${AT}.host must be a plain string known at synth, got the Terraform token "${TOKEN}": write the string itself`,
  ],
  [
    "the secret is the address itself",
    { secret: "https://hooks.slack.com/services/T/B/x" },
    `${AT}.secret must be the ARN of a secret with its last six characters, got "https://hooks.slack.com/services/T/B/x"`,
  ],
  [
    "the secret is in another region",
    { secret: SECRET.replace("eu-central-1", "us-east-1") },
    `${AT}.secret must be in eu-central-1 and in one of the accounts 111122223333, 444455556666: others are not reached, got "${SECRET.replace("eu-central-1", "us-east-1")}"`,
  ],
  [
    "the format is none",
    { format: untyped("email") },
    `${AT}.format must be one of standard, slack, teams, got "email"`,
  ],
  [
    "no address range is named",
    { cidrs: [] },
    `${AT}.cidrs must name the address ranges of hooks.slack.com, because the exchange reaches no others, got []`,
  ],
  [
    "an address range is none",
    { cidrs: ["hooks.slack.com"] },
    `${AT}.cidrs must hold ranges such as "10.0.16.0/24", got "hooks.slack.com"`,
  ],
];

test.each(REFUSED)("fails when %s", (_, change, message) => {
  expect(refusal(() => leads({ ...NOTIFY, ...change })).message).toBe(message);
});

test("fails when a property is unknown", () => {
  expect(refusal(() => leads(untyped({ ...NOTIFY, url: "x" }))).message).toContain('"url"');
});

test.each([
  ["there is no page", { people: { ...PEOPLE, host: undefined } as unknown as PeopleProps }],
  ["no people are declared", { people: undefined as unknown as PeopleProps }],
])("fails when a group is told, and %s to link to", (_, change) => {
  const approvers = { leads: { clearance: "internal", notify: NOTIFY } } as const;
  expect(refusal(() => platform({ approvers, ...change })).message).toBe(
    "platform: approvers.leads are told of requests by a link to the approvers' page, and no page is named: write people.host, or leave notify out",
  );
});
