import { Approval, Budget, CalendarDate, fixedClock, Order, Sensitivity, Ttl } from "../../domain";
import { fails, httpTool, NUMBER_TOKEN, TOKEN, untyped } from "../support/domain";

const PLAIN = "must be a plain string known at synth, got the Terraform token";
const shownToken = `${JSON.stringify(TOKEN)}: write the string itself`;
const shownNumber = `${NUMBER_TOKEN}: write the number itself`;

describe("approval", () => {
  const where = 'approval from "leads"';
  const asked = (props: object) => () => Approval.from("leads", untyped(props));
  fails(
    "a decision is good for more than 15 min",
    asked({ decisionGoodFor: "16m" }),
    "limit.exceeded",
    `${where}: decisionGoodFor must be at most 15m, got 16m`,
  );
  fails(
    "three people must approve",
    asked({ people: untyped(3) }),
    "approval.malformed",
    `${where}: people must be 1 or 2, got 3: write how many must approve`,
  );
  fails(
    "a request is open for more than a day",
    asked({ requestOpen: "25h" }),
    "limit.exceeded",
    `${where}: requestOpen must be at most 24h, got 25h`,
  );
  fails(
    "a duration is malformed",
    asked({ decisionGoodFor: "always" }),
    "limit.malformed",
    `${where}: decisionGoodFor must be a duration such as "15m" (s, m or h), got "always"`,
  );
  fails(
    "a duration is a token",
    asked({ requestOpen: NUMBER_TOKEN }),
    "token",
    `${where}: requestOpen must be a plain duration known at synth, got the Terraform token ${NUMBER_TOKEN}: write the duration itself`,
  );
  fails(
    "the group is empty",
    () => Approval.from(""),
    "approval.malformed",
    'approval: from needs the name of an approver group, got ""',
  );
  fails(
    "the group is missing",
    () => Approval.from(untyped(undefined)),
    "approval.malformed",
    "approval: from needs the name of an approver group, got nothing",
  );
  fails(
    "the group is malformed",
    () => Approval.from("Support Leads"),
    "name.malformed",
    'approval from "Support Leads": group must be lower-case letters, digits and inner hyphens, at most 63 characters ' +
      '(DNS-1123), got "Support Leads": write "support-leads"',
  );
  fails(
    "the group is a token",
    () => Approval.from(TOKEN),
    "token",
    `approval from "${TOKEN}": group ${PLAIN} ${shownToken}`,
  );
  test("accepts the ceilings", () => {
    const { requestOpen, decisionGoodFor } = Approval.from("leads", { requestOpen: "24h", decisionGoodFor: "15m" });
    expect([requestOpen.seconds, decisionGoodFor.seconds]).toEqual([86_400, 900]);
  });
});

describe("budget", () => {
  const limits: readonly [string, unknown, string][] = [
    ["zero", 0, "0"],
    ["negative", -1, "-1"],
    ["NaN", Number.NaN, "NaN"],
    ["infinite", Number.POSITIVE_INFINITY, "Infinity"],
    ["text", "20", '"20"'],
    ["missing", undefined, "nothing"],
  ];
  const periods = { run: Budget.perRun, session: Budget.perSession, hour: Budget.perHour, day: Budget.perDay };
  for (const [period, make] of Object.entries(periods)) {
    const text = `the limit per ${period}`;
    for (const [what, limit, shown] of [...limits, ["a fraction", 1.5, "1.5"] as const]) {
      fails(
        `the limit per ${period} is ${what}`,
        () => make(untyped(limit)),
        "budget.malformed",
        `budget: ${text} must be a whole number above zero, got ${shown}`,
      );
    }
    fails(
      `the limit per ${period} is a token`,
      () => make(NUMBER_TOKEN),
      "token",
      `budget: ${text} must be a plain number known at synth, got the Terraform token ${shownNumber}`,
    );
    test(`counts ${period}s from one`, () =>
      expect(make(1)).toEqual({ limit: 1, period, actions: undefined, sumOf: undefined }));
  }
  const finer: readonly (readonly [string, unknown, string])[] = [
    ["of five decimal places", 0.12345, "0.12345"],
    ["more than units can hold", 1e12, "1000000000000"],
  ];
  for (const [what, limit, shown] of [...limits, ...finer]) {
    fails(
      `the limit of a sum is ${what}`,
      () => Budget.sum("amount", untyped(limit), { per: "day" }),
      "budget.malformed",
      `budget: the limit per day must be a number of at most four decimal places above zero, got ${shown}`,
    );
  }
  test("a sum may end at a fraction", () => {
    expect(Budget.sum("amount", 99.5, { per: "hour" })).toMatchObject({ limit: 99.5, period: "hour", sumOf: "amount" });
  });
  fails(
    "the period is unknown",
    () => Budget.sum("amount", 1, { per: untyped("week") }),
    "budget.malformed",
    'budget: per must be one of run, session, hour, day, got "week"',
  );
  fails(
    "the argument is empty",
    () => Budget.sum("", 1, { per: "day" }),
    "budget.malformed",
    'budget: argument must be a non-empty string, got ""',
  );
  fails(
    "the argument is a token",
    () => Budget.sum(TOKEN, 1, { per: "day" }),
    "token",
    `budget: argument ${PLAIN} ${shownToken}`,
  );
});

describe("order", () => {
  const crm = httpTool("crm", { actions: { get: { method: "GET", path: "/" }, put: { method: "PUT", path: "/" } } });
  fails(
    "an action comes before itself",
    () => Order.of({ first: crm.allow("get", "put"), then: crm.allow("put") }),
    "order.malformed",
    'order: first and then both name "crm.put": an action cannot come before itself',
  );
  fails(
    "it looks nowhere",
    () => Order.of({ first: crm.allow("get"), then: crm.allow("put"), within: untyped("day") }),
    "order.malformed",
    'order: within must be "run" or "session", got "day"',
  );
});

describe("duration", () => {
  const WHOLE = "duration: value must come to a whole number of seconds above zero";
  for (const seconds of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    fails(`it has ${seconds} seconds`, () => Ttl.seconds(seconds), "limit.malformed", `${WHOLE}, got ${seconds}`);
  }
  fails("it has half a second", () => Ttl.minutes(1 / 120), "limit.malformed", `${WHOLE}, got ${1 / 120}`);
  for (const unit of ["seconds", "minutes", "hours"] as const) {
    fails(
      `its ${unit} are a token`,
      () => Ttl[unit](NUMBER_TOKEN),
      "token",
      `duration: value must be a plain number known at synth, got the Terraform token ${shownNumber}`,
    );
  }
});

describe("dates and levels", () => {
  fails(
    "a day does not exist",
    () => CalendarDate.of("2026-02-29", "platform", "until"),
    "expiry.malformed",
    'platform: until must be an existing day as YYYY-MM-DD, got "2026-02-29": write a date such as "2027-06-30"',
  );
  for (const day of ["2027-6-30", "2027-13-01", "2027-06-3e1", "20270-06-30"]) {
    fails(
      `a day is ${day}, which the compiler takes`,
      () => CalendarDate.of(day, "platform", "until"),
      "expiry.malformed",
      `platform: until must be an existing day as YYYY-MM-DD, got "${day}": write a date such as "2027-06-30"`,
    );
  }
  fails(
    "a clock stands at no day",
    () => fixedClock("today"),
    "expiry.malformed",
    'clock: date must be an existing day as YYYY-MM-DD, got "today": write a date such as "2027-06-30"',
  );
  fails(
    "a level is unknown",
    () => Sensitivity.of(untyped("top"), "edge"),
    "sensitivity.unknown",
    'edge: sensitivity must be one of public, internal, confidential, restricted, got "top"',
  );
});
