import { CHART_TYPES, chartOf } from "../../charts";
import { objectOf, typesOf } from "../../kubernetes-object";
import { webhooksOf } from "../../private/chart-webhooks";
import type { BlockRule } from "../../rule";
import { blockOf, blocksOf, textOf } from "../../value";

const WEBHOOKS = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"];
const POLICIES = ["ValidatingAdmissionPolicy", "MutatingAdmissionPolicy"];

/** `Fail` is the default of the API, v1. */
export const failOpen: BlockRule = {
  id: "AMBIT-KUBERNETES-FAIL-OPEN",
  severity: "high",
  what: "an admission policy or webhook must refuse what it cannot decide",
  why: "with failurePolicy Ignore, an error or a webhook that is made to time out lets every object pass",
  fix: "write failurePolicy Fail, and give it to a chart as a value",
  standards: ["sp800-207/6", "owasp-nhi/NHI6", "sp800-53/AC-3", "maestro/L6"],
  looksAt: [...typesOf(...WEBHOOKS, ...POLICIES), ...CHART_TYPES],
  *check(block, stack) {
    const chart = chartOf(block, stack);
    for (const { name, at, policy } of chart === undefined ? [] : webhooksOf(chart))
      if (textOf({ policy }, "policy", at) !== "Fail") yield { what: name, at, evidence: policy };
    const object = objectOf(block, ...WEBHOOKS, ...POLICIES);
    if (object === undefined) return;
    const { at, body } = object;
    if (POLICIES.includes(object.kind)) {
      const place = `${at}spec.failure_policy`;
      const policy = textOf(blockOf(body, "spec", `${at}spec`) ?? {}, "failure_policy", place);
      if (policy !== undefined && policy !== "Fail") yield { what: "spec", at: place, evidence: policy };
    }
    for (const [index, webhook] of blocksOf(body, "webhook", `${at}webhook`).entries()) {
      const place = `${at}webhook[${index}].failure_policy`;
      const policy = textOf(webhook, "failure_policy", place);
      if (policy === undefined || policy === "Fail") continue;
      yield { what: textOf(webhook, "name", place) ?? "", at: place, evidence: policy };
    }
  },
};
