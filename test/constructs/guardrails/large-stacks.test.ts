import { publishedPortsOf } from "../../../constructs/guardrails/private/published-ports";
import { judgeStack } from "../../../constructs/guardrails/judge";
import { openIngress } from "../../../constructs/guardrails/rules/network/ingress";
import { defaultAllow } from "../../../constructs/guardrails/rules/opa/default-allow";
import { StackJson } from "../../../constructs/guardrails/stack";
import { CLOCK } from "../../support/synth";

const MANY = 200;
const numbers = Array.from({ length: MANY }, (_, index) => index);

/** An object that counts how often one of its attributes is read */
function counted<T extends object>(body: T, name: string, reads: { count: number }): T {
  return new Proxy(body, {
    get: (target, key, receiver): unknown => {
      if (key === name) reads.count++;
      return Reflect.get(target, key, receiver);
    },
  });
}

test("a prefix list is read once, and not for each rule that names it", () => {
  const reads = { count: 0 };
  const entries = numbers.map((index) =>
    counted({ cidr: index === MANY - 1 ? "0.0.0.0/0" : `10.0.${index}.0/24` }, "cidr", reads),
  );
  const rules = numbers.map((index) => [
    `r${index}`,
    { type: "ingress", security_group_id: "sg-1", prefix_list_ids: ["${aws_ec2_managed_prefix_list.l.id}"] },
  ]);
  const stack = StackJson.of("test", {
    resource: {
      aws_ec2_managed_prefix_list: { l: { entry: entries } },
      aws_security_group_rule: Object.fromEntries(rules),
    },
  });
  const { refused } = judgeStack(stack, { rules: [openIngress], now: CLOCK.now() });
  expect(refused.map(({ what }) => what)).toEqual(
    numbers.map(() => "ingress::aws_ec2_managed_prefix_list.l::0.0.0.0/0"),
  );
  expect(reads.count).toBeLessThanOrEqual(2 * MANY);
});

test("load balancers are read once, and not for each network policy", () => {
  const reads = { count: 0 };
  const services = numbers.map((index) => [
    `s${index}`,
    counted(
      {
        metadata: { name: `s${index}`, namespace: "apps" },
        spec: { type: "LoadBalancer", selector: { team: "a", app: `a${index}` }, port: [{ port: index }] },
      },
      "spec",
      reads,
    ),
  ]);
  const policies = numbers.map((index) => [
    `p${index}`,
    {
      metadata: { name: `p${index}`, namespace: "apps" },
      spec: { pod_selector: { match_labels: { team: "a", app: `a${index}` } } },
    },
  ]);
  const stack = StackJson.of("test", {
    resource: {
      kubernetes_service_v1: Object.fromEntries(services),
      kubernetes_network_policy_v1: Object.fromEntries(policies),
    },
  });
  const published = stack.of("kubernetes_network_policy_v1").map((policy) => [...publishedPortsOf(policy, stack)]);
  expect(published).toEqual(numbers.map((index) => [String(index)]));
  expect(reads.count).toBeLessThanOrEqual(4 * MANY);
});

const SPACES = " ".repeat(50_000);

test.each([
  ["the name of a rule", `allow${SPACES}x`],
  ["a default", `default allow${SPACES}x`],
  ["a value", `allow := true${SPACES}x`],
  ["if", `allow if${SPACES}{`],
  ["lines", `allow${SPACES.replaceAll(" ", "\n")}x`],
  ["a rule of another name", `ok${SPACES}x`],
])("spaces behind %s cost no more than they are many", (_, text) => {
  const json = {
    resource: { kubernetes_config_map_v1: { c: { data: { "a.rego": `package a\n${text} == 1\n` } } } },
  };
  const { refused } = judgeStack(StackJson.of("test", json), { rules: [defaultAllow], now: CLOCK.now() });
  expect(refused.map(({ what }) => what).filter((what) => what !== "allow")).toEqual([]);
});
