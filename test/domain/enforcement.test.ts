import { type Enforcement, Delegation, type TaskSpec } from "../../domain";
import { agentOf, bucket, external, fails, taskOf, TOKEN, untyped } from "../support/domain";

const until = "2027-01-31";
const reason = "The usual number of refunds a day is not known yet";
const observe: Enforcement = { observe: { until, reason } };

const refused = (when: string, enforcement: unknown, code: Parameters<typeof fails>[2], text: string) =>
  fails(when, () => taskOf({ enforcement: untyped(enforcement) }), code, text);

const TASK = 'agent "triage" task "answer"';

describe("enforcement", () => {
  test("is the default, and may be written", () => {
    expect([taskOf().observed, taskOf({ enforcement: "enforce" }).observed]).toEqual([undefined, undefined]);
  });

  test("may observe until a day, for a reason", () => {
    const { observed } = taskOf({ enforcement: observe, data: [bucket("wiki").read()] });
    expect([observed?.until.iso, observed?.reason]).toEqual([until, reason]);
  });

  for (const value of ["observe", "off", "", false, 1, {}, [], { observe: null }, { observe: "2027-01-31" }]) {
    const what = `enforcement must be "enforce" or { observe: { until, reason } }`;
    refused(
      `it is ${JSON.stringify(value)}`,
      value,
      "enforcement.malformed",
      `${TASK}: ${what}, got ${typeof value === "number" ? value : JSON.stringify(value)}`,
    );
  }

  for (const [what, blank] of [
    ["missing", undefined],
    ["empty", ""],
    ["blank", "  "],
  ]) {
    refused(
      `the reason is ${what}`,
      { observe: { until, reason: blank } },
      "enforcement.malformed",
      `${TASK}: enforcement.observe.reason must say why it is not enforced yet, got nothing`,
    );
  }

  refused(
    "the reason is a number",
    { observe: { until, reason: 5 } },
    "enforcement.malformed",
    `${TASK}: enforcement.observe.reason must be a non-empty string, got 5`,
  );

  refused(
    "it has no end",
    { observe: { reason } },
    "expiry.malformed",
    `${TASK}: enforcement.observe.until is required: write a date such as "2027-06-30"`,
  );
  refused(
    "its end is no day",
    { observe: { until: "2027-02-30", reason } },
    "expiry.malformed",
    `${TASK}: enforcement.observe.until must be an existing day as YYYY-MM-DD, got "2027-02-30": write a date such as "2027-06-30"`,
  );
  refused(
    "its end is known only at apply",
    { observe: { until: TOKEN, reason } },
    "token",
    `${TASK}: enforcement.observe.until must be a plain string known at synth, got the Terraform token "${TOKEN}": write the string itself`,
  );

  refused(
    "something else would be softened",
    { observe: { until, reason }, approval: "observe" },
    "property.unknown",
    `${TASK} enforcement: has no property "approval": it takes observe`,
  );
  refused(
    "the observation has an unknown property",
    { observe: { until, reason, rules: ["budget"] } },
    "property.unknown",
    `${TASK} enforcement.observe: has no property "rules": it takes reason, until`,
  );
});

describe("observing", () => {
  const refusedWith = (sensitivity: "confidential" | "restricted", spec: Partial<TaskSpec>, name: string) =>
    fails(
      `the task has ${sensitivity} data (${name})`,
      () => taskOf({ ...spec, enforcement: observe }),
      "enforcement.refused",
      `${TASK}: enforcement { observe } is refused with ${sensitivity} data (${name}): write "enforce", or leave it out`,
    );

  refusedWith("confidential", { data: [external("tickets", "confidential").read()] }, "tickets");
  refusedWith("restricted", { data: [external("ledger", "restricted").write()] }, "ledger");

  const helper = agentOf(
    { tasks: { look: { startedBy: "delegation", data: [external("letters", "confidential").read()] } } },
    "helper",
  );
  refusedWith("confidential", { delegates: [Delegation.to(helper, "look")] }, "letters");
});
