import { judgeStack } from "../../../constructs/guardrails/judge";
import { RULES } from "../../../constructs/guardrails/rules";
import { stacksTogether } from "../../../constructs/guardrails/stacks-together";
import type { BlockBody } from "../../../constructs/guardrails/value";
import type { RegistryDocument } from "../../../domain";
import { CLOCK } from "../../support/synth";

const rules = RULES.filter(({ id }) => id === "AMBIT-IAM-AGENT-GRANT" || id === "AMBIT-TRUST-POD-IDENTITY");
const SPIFFE = "spiffe://prod.acme.example/ns/kb/sa";
const [READER, TALKER, WRITER] = [`${SPIFFE}/reader`, `${SPIFFE}/talker`, `${SPIFFE}/writer`];
const ROLE = "arn:aws:iam::111122223333:role/ambit/agents/prod/prod";

function agent(name: string, role?: string): object {
  return {
    spiffeId: `${SPIFFE}/${name}`,
    workload: { namespace: "kb", serviceAccount: name },
    tasks: { it: { data: {}, ...(role && { aws: { role: `${ROLE}.${role}` } }) } },
  };
}

const REGISTRY = {
  agents: { reader: agent("reader", "reader"), talker: agent("talker"), writer: agent("writer", "writer") },
  datasets: {},
} as unknown as RegistryDocument;

/** What is found in the first of some stacks beside the registry */
function found(...jsons: readonly BlockBody[]): readonly string[] {
  const [stack] = stacksTogether(
    jsons.map((json, at) => [`s${at}`, [json]] as const),
    undefined,
    undefined,
    REGISTRY,
  );
  const { refused } = judgeStack(stack as NonNullable<typeof stack>, { rules, now: CLOCK.now() });
  return refused.map(({ id }) => id.replace(/^AMBIT-[A-Z]+-/, ""));
}

const OIDC = { Federated: "arn:aws:iam::111122223333:oidc-provider/oidc.acme.example" };
type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

function trusting(role: string | BlockBody, Condition: Condition, more: BlockBody = {}): readonly string[] {
  const Statement = [{ Effect: "Allow", Principal: OIDC, Action: "sts:AssumeRoleWithWebIdentity", Condition }];
  const assume_role_policy = JSON.stringify({ Version: "2012-10-17", Statement });
  const named = typeof role === "string" ? { name: role } : role;
  return found({ ...more, resource: { aws_iam_role: { it: { ...named, assume_role_policy } } } });
}

const subject = (id: string, operator = "StringEquals"): Condition => ({ [operator]: { "oidc.acme.example:sub": id } });
const told = (id: string): readonly string[] => [`AGENT-GRANT[assume_role_policy.Statement::${id}]`];
const UNDECIDED = ["AGENT-GRANT[undecided::assume_role_policy.Statement[0]]"];

function tagged(name: string, owner: string, path = "/ambit/agents/prod/"): BlockBody {
  return { name, path, tags: { "ambit.internal/agent": owner } };
}

describe("a role may trust", () => {
  test.each<[string, string | BlockBody, Condition]>([
    ["the agent that has it", "prod.reader", subject(READER)],
    ["the account of the agent that has it", "prod.reader", subject("system:serviceaccount:kb:reader")],
    ["an agent of which the registry knows no role, by its tag", tagged("prod.talker", "talker"), subject(TALKER)],
    ["a workload that no declaration has", "mine", subject("spiffe://prod.acme.example/ns/build/sa/ci")],
    ["an account that is no agent's", "mine", subject("system:serviceaccount:kb:collector")],
    ["workloads of another namespace", "mine", subject("spiffe://prod.acme.example/ns/ci/*", "StringLike")],
    ["all but an agent", "mine", subject(READER, "StringNotEquals")],
    ["an account of a namespace without agents", "mine", subject("system:serviceaccount:tools:${var.account}")],
    ["an account that is named as no agent", "mine", subject("system:serviceaccount:${var.namespace}:collector")],
  ])("%s", (_, role, condition) => {
    expect(trusting(role, condition)).toEqual([]);
  });
});

describe("fails when a role trusts", () => {
  test.each<[string, string | BlockBody, Condition, string]>([
    ["an agent that does not have it", "mine", subject(READER), READER],
    ["another agent than its own", "prod.writer", subject(READER), READER],
    ["an agent without a role", "mine", subject(TALKER), TALKER],
    ["an agent without a role, as that of another agent", tagged("x", "reader"), subject(TALKER), TALKER],
    ["an agent with a role, by a tag alone", tagged("payroll", "reader"), subject(READER), READER],
    ["an agent, by a tag elsewhere", tagged("payroll", "talker", "/"), subject(TALKER), TALKER],
    ["an agent, beside its own", "prod.writer", subject(WRITER.replace("writer", "*"), "StringLike"), `${SPIFFE}/*`],
    ["in upper case", "mine", subject(READER.toUpperCase(), "StringEqualsIgnoreCase"), READER.toUpperCase()],
    ["by a pattern", "mine", subject(`${SPIFFE}/read?r`, "StringLike"), `${SPIFFE}/read?r`],
    ["by its service account", "mine", subject("system:serviceaccount:kb:talker"), "system:serviceaccount:kb:talker"],
    ["by its certificate", "mine", { StringLike: { "aws:PrincipalTag/x509SAN/URI": TALKER } }, TALKER],
  ])("%s", (_, role, condition, named) => {
    expect(trusting(role, condition)).toEqual(told(named));
  });

  test("an agent whose ID a local value or a default is a part of", () => {
    const [local, variable] = ["spiffe://prod.acme.example/ns/${local.ns}/sa/reader", `${SPIFFE}/\${var.name}`];
    expect(trusting("mine", subject(local), { locals: { ns: "kb" } })).toEqual(told(local));
    expect(trusting("mine", subject(local), { locals: { ns: "build" } })).toEqual([]);
    const named = { variable: { name: { default: "reader" } } };
    expect(trusting("mine", subject(variable as string), named)).toEqual(told(variable as string));
  });

  test("what may be an agent's subject and is known at apply only", () => {
    expect(trusting("mine", subject(`${SPIFFE}/\${var.name}`))).toEqual(UNDECIDED);
    expect(trusting("mine", subject("system:serviceaccount:${var.namespace}:reader"))).toEqual(UNDECIDED);
    expect(trusting("mine", subject("${var.subject}"))).toEqual(UNDECIDED);
  });
});

describe("a service account of an agent", () => {
  const role_arn = "arn:aws:iam::111122223333:role/payroll";
  const account = { provider: { aws: [{ allowed_account_ids: ["111122223333"] }] } };
  const associated = (namespace: string, service_account: string): BlockBody => ({
    ...account,
    resource: { aws_eks_pod_identity_association: { it: { namespace, service_account, role_arn } } },
  });
  const annotated = (namespace: string, name: string): BlockBody => {
    const metadata = { name, namespace };
    const annotations = { "eks.amazonaws.com/role-arn": role_arn };
    return {
      ...account,
      resource: { kubernetes_annotations: { it: { kind: "ServiceAccount", metadata, annotations } } },
    };
  };
  const declaring = (labels: BlockBody | string): BlockBody => {
    const metadata = { name: "other", namespace: "kb", labels };
    return { resource: { kubernetes_service_account_v1: { it: { metadata } } } };
  };
  const REFUSED = (name: string): readonly string[] => [`POD-IDENTITY[service_account::${name}]`];

  test("fails when it gets a role in a stack that does not declare it", () => {
    expect(found(associated("kb", "reader"))).toEqual(REFUSED("reader"));
    expect(found(annotated("kb", "talker"))).toEqual(REFUSED("talker"));
  });

  test("fails when another stack declares it, and no registry has it", () => {
    const labelled = declaring({ "ambit.internal/agent": "other" });
    expect(found(associated("kb", "other"), labelled)).toEqual(REFUSED("other"));
    expect(found(annotated("kb", "other"), labelled)).toEqual(REFUSED("other"));
  });

  test("is told from others by its namespace and its label", () => {
    expect(found(associated("web", "reader"))).toEqual([]);
    expect(found(associated("kb", "other"), declaring({ app: "other" }))).toEqual([]);
    expect(found(associated("kb", "other"), declaring("${var.labels}"))).toEqual([]);
  });
});
