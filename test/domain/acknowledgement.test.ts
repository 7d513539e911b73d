import type { Acknowledgement } from "../../domain";
import { checkAcknowledgement } from "../../domain/acknowledgement";
import { agentOf, fails, untyped } from "../support/domain";

const GOOD: Acknowledgement = {
  finding: "AMBIT-AGENT-SELF-START[task::watch]",
  hash: "0123456789abcdef0123456789abcdef",
  reason: "the vendor knows no schedules yet",
  owner: "team@acme.example",
  expires: "2027-03-31",
};

const check = (changes: Partial<Record<keyof Acknowledgement, unknown>>) => () =>
  checkAcknowledgement(untyped({ ...GOOD, ...changes }), "acknowledgement");

test("an acknowledgement with finding, hash, reason, owner and day is taken, and an agent keeps it", () => {
  expect(check({})).not.toThrow();
  expect(agentOf({ acknowledgements: [GOOD] }).acknowledgements).toEqual([GOOD]);
});

const code = "acknowledgement.malformed";
const says = (sentence: string): string => `acknowledgement: ${sentence}`;
fails(
  "an acknowledgement names a rule and no finding of it",
  check({ finding: "AMBIT-AGENT-SELF-START" }),
  code,
  says('finding must be an id as the refusal says it, RULE[what], got "AMBIT-AGENT-SELF-START"'),
);
fails(
  "its hash is not one of ours",
  check({ hash: "abc" }),
  code,
  says('hash must be the 32 hexadecimal digits that the refusal says, got "abc"'),
);
fails(
  "its reason says nothing",
  check({ reason: "because" }),
  code,
  says('reason must be a sentence of at least 10 characters, got "because"'),
);
fails(
  "its owner cannot be reached",
  check({ owner: "the team" }),
  code,
  says('owner must be a mail address such as "team@acme.example", got "the team"'),
);
fails("it has no owner", check({ owner: undefined }), code, says("owner must be a non-empty string, got nothing"));
fails(
  "it ends on no day",
  check({ expires: "2027-02-30" }),
  "expiry.malformed",
  says('expires must be an existing day as YYYY-MM-DD, got "2027-02-30": write a date such as "2027-06-30"'),
);
fails(
  "it has an unknown property",
  check({ until: "2027-03-31" } as never),
  "property.unknown",
  says('has no property "until": it takes finding, hash, reason, owner, expires'),
);
fails(
  "an agent has an acknowledgement without a reason",
  () => agentOf({ acknowledgements: [{ ...GOOD, reason: "" }] }),
  code,
  'agent "triage" acknowledgements: reason must be a non-empty string, got ""',
);
