import { joined, judgeStack } from "../../../constructs/guardrails/judge";
import { RULES } from "../../../constructs/guardrails/rules";
import { stacksTogether } from "../../../constructs/guardrails/stacks-together";
import { isObject, type BlockBody } from "../../../constructs/guardrails/value";
import { CLOCK } from "../../support/synth";

const SHARED = /^AMBIT-(?:IDENTITY-SHARED-ROLE|KUBERNETES-SHARED-ACCOUNT)$/;
const rules = RULES.filter(({ id }) => SHARED.test(id));

/** What is found in stacks of one folder, `a` first */
function found(...jsons: readonly BlockBody[]): readonly string[] {
  const stacks = stacksTogether(jsons.map((json, at) => ["abc".charAt(at), [json]] as const));
  const { refused } = joined(stacks.map((stack) => judgeStack(stack, { rules, now: CLOCK.now() })));
  return refused.map(({ stack, id, evidence }) => `${stack} ${id} ${JSON.stringify(evidence)}`).sort();
}

const ROLE = "arn:aws:iam::111122223333:role/r";

function lambda(role: string, more: BlockBody = {}): BlockBody {
  const { resource, ...others } = more;
  const own = { aws_lambda_function: { f: { role } }, ...(isObject(resource) && resource) };
  return { ...others, resource: own } as BlockBody;
}

function account(number: string): BlockBody {
  return { provider: { aws: [{ region: "eu-central-1", allowed_account_ids: [number] }] } };
}

const MADE = { resource: { aws_iam_role: { r: { name: "r" } } } };

/** How cdktf hands a role of stack `a` to another one */
const OUTPUT = "cross-stack-output-aws_iam_roler";
const HANDED = `\${data.terraform_remote_state.cross-stack-reference-input-a.outputs.${OUTPUT}}`;
const handing = { ...MADE, output: { [OUTPUT]: { value: "${aws_iam_role.r.arn}" } } };

const IN_BOTH = ["a/aws_lambda_function.f", "b/aws_lambda_function.f"];
const BOTH = ["a", "b"].map((stack) => `${stack} AMBIT-IDENTITY-SHARED-ROLE[r] ${JSON.stringify(["r", IN_BOTH])}`);

const OF_CALLER = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/r";
const inRegion: BlockBody = { region: "eu-central-1" };
const profile = (name: string): BlockBody => ({ ...inRegion, profile: name });

function looking(aws?: BlockBody): BlockBody {
  const provider = aws === undefined ? {} : { provider: { aws: [aws] } };
  return lambda("${data.aws_iam_role.r.arn}", { data: { aws_iam_role: { r: { name: "r" } } }, ...provider });
}

describe("fails when workloads of two stacks have one role", () => {
  test.each<[string, BlockBody, BlockBody]>([
    ["by its ARN", lambda(ROLE), lambda(ROLE)],
    ["made in one of them", lambda("${aws_iam_role.r.arn}", MADE), lambda(ROLE)],
    ["in one account", lambda("${aws_iam_role.r.arn}", { ...MADE, ...account("111122223333") }), lambda(ROLE)],
    ["handed over by cdktf", lambda("${aws_iam_role.r.arn}", handing), lambda(HANDED)],
    ["looked up by one profile", looking(profile("acme")), looking(profile("acme"))],
    ["looked up", lambda("${data.aws_iam_role.r.arn}", { data: { aws_iam_role: { r: { name: "r" } } } }), lambda(ROLE)],
  ])("%s", (_, one, other) => {
    expect(found(one, other)).toEqual(BOTH);
  });

  test("a third one with a role of its own is none of them", () => {
    expect(found(lambda(ROLE), lambda(ROLE), lambda(`${ROLE}-c`))).toEqual(BOTH);
  });
});

describe("two stacks may each have", () => {
  test.each<[string, BlockBody, BlockBody]>([
    ["a role of their own", lambda("${aws_iam_role.r.arn}", MADE), lambda("${aws_iam_role.r.arn}", MADE)],
    [
      "a role of this name, in its account",
      lambda("${aws_iam_role.r.arn}", { ...MADE, ...account("999999999999") }),
      lambda(ROLE),
    ],
    ["a variable of one name", lambda("${var.role}"), lambda("${var.role}")],
    ["a role of the account of its credentials", lambda(OF_CALLER), lambda(OF_CALLER)],
    ["a role that it looks up with its credentials", looking(), looking()],
    ["a role that it looks up in its region", looking(inRegion), looking(inRegion)],
    [
      "a role that it looks up by a profile without a value",
      looking(profile("${var.p}")),
      looking(profile("${var.p}")),
    ],
    [
      "a role that it looks up by the profile of its workspace",
      looking(profile("${terraform.workspace}")),
      looking(profile("${terraform.workspace}")),
    ],
  ])("%s", (_, one, other) => {
    expect(found(one, other)).toEqual([]);
  });
});

/** A workload with the account support/triage, in the cluster of a provider */
function deployment(provider?: BlockBody, more: BlockBody = {}): BlockBody {
  const spec = { service_account_name: "triage", container: [{ name: "c" }] };
  const d = { metadata: { name: "d", namespace: "support" }, spec: { template: { spec } } };
  const providers = provider === undefined ? {} : { provider: { kubernetes: [provider] } };
  return { ...providers, ...more, resource: { kubernetes_deployment_v1: { d } } } as unknown as BlockBody;
}

const cluster = (name: string): BlockBody => ({ data: { aws_eks_cluster: { c: { name } } } });
const FILE = { config_path: "~/.kube/config" };
const CONTEXT = { ...FILE, config_context: "prod" };
const LOOKED_UP = { host: "${data.aws_eks_cluster.c.endpoint}" };

describe("a service account of workloads in two stacks", () => {
  const USERS = JSON.stringify(["a/kubernetes_deployment_v1.d", "b/kubernetes_deployment_v1.d"]);
  const SHARED_ACCOUNT = ["a", "b"].map((stack) => `${stack} AMBIT-KUBERNETES-SHARED-ACCOUNT[support/triage] ${USERS}`);
  const unnamed = { data: { aws_eks_cluster: { c: { name: "${var.cluster}" } } }, variable: { cluster: {} } };

  test.each<[string, BlockBody, BlockBody, readonly string[]]>([
    ["whose providers are set up elsewhere", deployment(), deployment(), []],
    ["of the cluster that a file of the machine names", deployment(FILE), deployment(FILE), []],
    ["of one cluster of that file", deployment(CONTEXT), deployment(CONTEXT), SHARED_ACCOUNT],
    ["of a cluster that a variable names", deployment(LOOKED_UP, unnamed), deployment(LOOKED_UP, unnamed), []],
    ["of one cluster", deployment({ host: "https://one" }), deployment({ host: "https://one" }), SHARED_ACCOUNT],
    ["of two clusters", deployment({ host: "https://one" }), deployment({ host: "https://two" }), []],
    [
      "of a cluster that both look up",
      deployment(LOOKED_UP, cluster("c")),
      deployment(LOOKED_UP, cluster("c")),
      SHARED_ACCOUNT,
    ],
    [
      "of clusters that are looked up by two names",
      deployment(LOOKED_UP, cluster("c")),
      deployment(LOOKED_UP, cluster("d")),
      [],
    ],
  ])("%s", (_, one, two, expected) => {
    expect(found(one, two)).toEqual(expected);
  });

  test("clusters of one name in two accounts are two", () => {
    const [one, two] = ["111122223333", "999999999999"].map((number) => {
      const provider = { aws: [{ allowed_account_ids: [number] }], kubernetes: [LOOKED_UP] };
      return { ...deployment(undefined, cluster("c")), provider } as unknown as BlockBody;
    }) as [BlockBody, BlockBody];
    expect(found(one, two)).toEqual([]);
  });
});

describe("a finding names twenty of its users, and is another one with each of the others", () => {
  const spec = { service_account_name: "triage", container: [{ name: "c" }] };
  const pods = { metadata: { name: "d", namespace: "support" }, spec: { template: { spec } } };
  test.each<[string, string, BlockBody]>([
    ["functions of a role", "aws_lambda_function", { role: ROLE }],
    ["deployments of an account", "kubernetes_deployment_v1", pods as unknown as BlockBody],
  ])("%s", (_, type, body) => {
    const users = (last: string): BlockBody => {
      const names = [...Array.from({ length: 30 }, (_none, at) => `f${at}`), last];
      return { resource: { [type]: Object.fromEntries(names.map((name) => [name, body])) } };
    };
    const [one] = found(users("x"));
    const [other] = found(users("y"));
    expect(one).toContain(",31,");
    expect(one).not.toContain(`${type}.x`);
    expect(one).not.toBe(other);
  });
});
