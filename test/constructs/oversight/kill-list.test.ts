import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { KillList } from "../../../constructs/oversight/kill-list";
import { RestrictedNamespace } from "../../../constructs/platform/namespace";
import { newStack, Template } from "../../support/synth";

test("KillList is made empty after its namespace, and no deploy lifts a kill", () => {
  const stack = newStack();
  const namespace = new RestrictedNamespace(stack, "Namespace", { name: "ambit-system", purpose: "platform" });
  new KillList(stack, "KillList", { after: namespace.ready });
  const { depends_on, ...list } = Template.of(stack).only(ConfigMapV1);
  expect(list).toEqual({
    metadata: { name: "ambit-killed-agents", namespace: "ambit-system" },
    lifecycle: { ignore_changes: ["data"], prevent_destroy: true },
  });
  expect((depends_on as readonly string[])[0]).toMatch(/^kubernetes_namespace_v1\.Namespace_/);
});
