import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { WorkloadIdentity } from "../../../constructs/identity/workload-identity";
import { AgentDeclaration } from "../../../domain";
import { specWith } from "../../support/agents";
import { newStack, Template } from "../../support/synth";

test("WorkloadIdentity is named after the declared service account", () => {
  const stack = newStack();
  const workload = { namespace: "apps", serviceAccount: "legacy-reader" };
  const agent = new AgentDeclaration("reader", specWith({ workload }));
  const identity = new WorkloadIdentity(stack, "Identity", { agent, suspended: false });
  expect(identity.spiffeId).toBe("spiffe://prod.acme.example/ns/apps/sa/legacy-reader");
  expect(identity.agentLabel).toEqual({ "ambit.internal/agent": "reader" });
  expect(Template.of(stack).only(ServiceAccountV1)).toMatchObject({
    metadata: { name: "legacy-reader", namespace: "apps" },
    automount_service_account_token: false,
  });
});

test("a suspended agent's identity is labelled so that it gets no SVID", () => {
  const agent = new AgentDeclaration("reader", specWith());
  const identity = new WorkloadIdentity(newStack(), "Identity", { agent, suspended: true });
  expect(identity.podLabels).toEqual({
    "ambit.internal/agent": "reader",
    "ambit.internal/managed": "true",
    "ambit.internal/state": "suspended",
  });
});
