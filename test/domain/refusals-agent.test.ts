import { Delegation, type AgentSpec } from "../../domain";
import { agentOf, fails, NUMBER_TOKEN, TOKEN, untyped } from "../support/domain";

const OWNER = 'write a mail address such as "team@acme.example"';
const DATE = 'write a date such as "2027-06-30"';
const DNS = (longest: number) =>
  `must be lower-case letters, digits and inner hyphens, at most ${longest} characters (DNS-1123)`;
const PLAIN = `must be a plain string known at synth, got the Terraform token`;
const shown = JSON.stringify(TOKEN);

describe("name", () => {
  const named = (name: unknown) => () => agentOf({}, untyped(name));
  const where = 'agent "triage"';

  fails(
    "the name has capitals and underscores",
    named("Support_Triage"),
    "name.malformed",
    `agent "Support_Triage": name ${DNS(57)}, got "Support_Triage": write "support-triage"`,
  );
  fails(
    "the name is in camel case",
    named("supportTriage"),
    "name.malformed",
    `agent "supportTriage": name ${DNS(57)}, got "supportTriage": write "support-triage"`,
  );
  fails(
    "the name ends in a hyphen",
    named("triage-"),
    "name.malformed",
    `agent "triage-": name ${DNS(57)}, got "triage-": write "triage"`,
  );
  fails("the name cannot be mended", named("***"), "name.malformed", `agent "***": name ${DNS(57)}, got "***"`);
  fails(
    "the name is too long",
    named("a".repeat(58)),
    "name.malformed",
    `agent "${"a".repeat(58)}": name ${DNS(57)}, got "${"a".repeat(58)}": write "${"a".repeat(57)}"`,
  );
  fails(
    "the name is too long and would be cut at a hyphen",
    named(`${"a".repeat(56)}-bc`),
    "name.malformed",
    `agent "${"a".repeat(56)}-bc": name ${DNS(57)}, got "${"a".repeat(56)}-bc": write "${"a".repeat(56)}"`,
  );
  fails(
    "the name is too short",
    named("a"),
    "name.malformed",
    'agent "a": name must have at least 2 characters (STS source identity), got "a"',
  );
  fails("the name is empty", named(""), "name.malformed", 'agent "": name must be a non-empty string, got ""');
  fails("the name is missing", named(null), "name.malformed", "agent null: name must be a non-empty string, got null");
  fails(
    "the name is a token",
    named(TOKEN),
    "token",
    `agent ${shown}: name ${PLAIN} ${shown}: write the string itself`,
  );
  fails(
    "the name is a Terraform reference",
    named("${aws_x.y.arn}"),
    "token",
    `agent "\${aws_x.y.arn}": name ${PLAIN} "\${aws_x.y.arn}": write the string itself`,
  );
  fails(
    "the name is a number token",
    named(NUMBER_TOKEN),
    "token",
    `agent ${NUMBER_TOKEN}: name ${PLAIN} ${NUMBER_TOKEN}: write the string itself`,
  );
  test("accepts names of 2 and of 57 characters", () => {
    expect(agentOf({}, "ab").where).toBe('agent "ab"');
    expect(agentOf({}, "a".repeat(57)).name).toHaveLength(57);
    expect(agentOf().where).toBe(where);
  });
});

describe("properties", () => {
  const refused = (
    when: string,
    spec: { [P in keyof AgentSpec]?: unknown },
    code: Parameters<typeof fails>[2],
    text: string,
  ) => fails(when, () => agentOf(untyped(spec)), code, `agent "triage": ${text}`);

  refused("there is no owner", { owner: undefined }, "owner.missing", `owner is required: ${OWNER}`);
  refused("the owner is blank", { owner: "  " }, "owner.missing", `owner is required: ${OWNER}`);
  refused("the owner is null", { owner: null }, "owner.missing", `owner is required: ${OWNER}`);
  refused("the owner is a number", { owner: 7 }, "owner.missing", "owner must be a non-empty string, got 7");
  refused(
    "the owner is no mail address",
    { owner: "support team" },
    "owner.missing",
    `owner must be reachable, got "support team": ${OWNER}`,
  );
  refused("the owner is a token", { owner: TOKEN }, "token", `owner ${PLAIN} ${shown}: write the string itself`);
  const PURPOSE = "purpose is required: write what the agent is for, in a sentence a reviewer understands";
  refused("there is no purpose", { purpose: undefined }, "purpose.missing", PURPOSE);
  refused("the purpose is blank", { purpose: "\n" }, "purpose.missing", PURPOSE);
  refused(
    "the purpose is a list",
    { purpose: ["a"] },
    "purpose.missing",
    'purpose must be a non-empty string, got ["a"]',
  );
  refused("the purpose is a token", { purpose: TOKEN }, "token", `purpose ${PLAIN} ${shown}: write the string itself`);

  refused("there is no expiry", { expires: undefined }, "expiry.malformed", `expires is required: ${DATE}`);
  refused("the expiry is blank", { expires: " " }, "expiry.malformed", `expires is required: ${DATE}`);
  for (const day of ["2027-6-30", "2027-02-29", "2027-06-31", "2027-13-01", "30.06.2027", "2027-06-30T00:00:00Z"]) {
    refused(
      `the expiry is ${day}`,
      { expires: day },
      "expiry.malformed",
      `expires must be an existing day as YYYY-MM-DD, got "${day}": ${DATE}`,
    );
  }
  refused(
    "the expiry is a Date",
    { expires: new Date(0) },
    "expiry.malformed",
    "expires must be a non-empty string, got an instance of Date",
  );
  refused("the expiry is a token", { expires: TOKEN }, "token", `expires ${PLAIN} ${shown}: write the string itself`);

  const namespace = "workload.namespace";
  refused(
    "there is no workload",
    { workload: undefined },
    "name.malformed",
    `${namespace} must be a non-empty string, got nothing`,
  );
  refused(
    "the namespace is malformed",
    { workload: { namespace: "Support" } },
    "name.malformed",
    `${namespace} ${DNS(63)}, got "Support": write "support"`,
  );
  refused(
    "the namespace is a token",
    { workload: { namespace: TOKEN } },
    "token",
    `${namespace} ${PLAIN} ${shown}: write the string itself`,
  );
  refused(
    "the service account is malformed",
    { workload: { namespace: "support", serviceAccount: "a/b" } },
    "name.malformed",
    `workload.serviceAccount ${DNS(63)}, got "a/b": write "a-b"`,
  );
  refused(
    "the service account is a token",
    { workload: { namespace: "support", serviceAccount: TOKEN } },
    "token",
    `workload.serviceAccount ${PLAIN} ${shown}: write the string itself`,
  );
  refused("there are no tasks", { tasks: undefined }, "task.missing", "tasks must declare at least one task, got {}");
  refused("tasks is empty", { tasks: {} }, "task.missing", "tasks must declare at least one task, got {}");
  refused(
    "a client is empty",
    { clients: ["web", ""] },
    "name.malformed",
    'clients must be a non-empty string, got ""',
  );
  refused("a client is a token", { clients: [TOKEN] }, "token", `clients ${PLAIN} ${shown}: write the string itself`);
  refused(
    "clients is a list token",
    { clients: ["#{TfToken[TOKEN.5]}"] },
    "token",
    `clients ${PLAIN} "#{TfToken[TOKEN.5]}": write the string itself`,
  );

  const SHARED = "shared roles are not available yet";
  refused(
    "isolation is shared",
    { isolation: "shared" },
    "isolation.unavailable",
    `isolation must be "dedicated", got "shared": ${SHARED}`,
  );
  refused(
    "isolation is unknown",
    { isolation: "none" },
    "isolation.unavailable",
    `isolation must be "dedicated", got "none": ${SHARED}`,
  );

  refused(
    "memory is unknown",
    { memory: "per-tenant" },
    "memory.malformed",
    'memory must be "per-user" or "shared", got "per-tenant"',
  );

  const KNOWN = 'credentials must be "brokered", { federated: "oidc" } or { federated: "roles-anywhere" }';
  refused("credentials are unknown", { credentials: "static" }, "federated.refused", `${KNOWN}, got "static"`);
  refused(
    "the federation is unknown",
    { credentials: { federated: "saml" } },
    "federated.refused",
    `${KNOWN}, got {"federated":"saml"}`,
  );

  refused(
    "a session lasts 13 h",
    { session: { total: "13h" } },
    "limit.exceeded",
    "session.total must be at most 12h, got 13h",
  );
  refused(
    "a session may idle longer than it lasts",
    { session: { idle: "2h", total: "1h" } },
    "limit.exceeded",
    "session.idle must be at most session.total (1h), got 2h",
  );
  refused(
    "a session's idle time is malformed",
    { session: { idle: "soon" } },
    "limit.malformed",
    'session.idle must be a duration such as "15m" (s, m or h), got "soon"',
  );
  refused(
    "a session's time is a token",
    { session: { total: TOKEN } },
    "token",
    `session.total must be a plain duration known at synth, got the Terraform token ${shown}: write the duration itself`,
  );
});

describe("delegation to oneself", () => {
  const other = agentOf({ tasks: { look: { startedBy: "delegation" } } });
  fails(
    "a task delegates to an agent of its own name",
    () => agentOf({ tasks: { answer: { startedBy: "user", delegates: [Delegation.to(other, "look")] } } }),
    "delegation.self",
    'agent "triage": task "answer" delegates to the agent itself (triage.look): ' +
      "start the task by itself, or move the work to another agent",
  );
});
