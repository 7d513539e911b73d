import { ConfigMapV1Data } from "@cdktf/provider-kubernetes/lib/config-map-v1-data";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { WorkloadIdentity } from "../../../constructs/identity/workload-identity";
import { AgentDeclaration } from "../../../domain";
import type { AgentSpec } from "../../../constructs";
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

describe("the record", () => {
  const identify = (changes: Partial<AgentSpec>, suspended = false) => {
    const stack = newStack();
    const agent = new AgentDeclaration("reader", specWith(changes));
    const { ready } = new WorkloadIdentity(stack, "Identity", { agent, suspended });
    return { ready, template: Template.of(stack) };
  };
  const recordOf = (changes: Partial<AgentSpec>, suspended = false) =>
    identify(changes, suspended).template.only(ConfigMapV1Data);

  test("says which agent the service account is, in entries that are this agent's own", () => {
    const workload = { namespace: "apps", serviceAccount: "legacy-reader" };
    expect(recordOf({ workload })).toEqual({
      metadata: { name: "ambit-agents", namespace: "apps" },
      data: { "legacy-reader": "reader", "legacy-reader.state": "active", "legacy-reader.credentials": "brokered" },
      field_manager: "ambit-reader",
    });
  });

  test("says that the agent is suspended", () => {
    expect(recordOf({}, true).data).toMatchObject({ "reader.state": "suspended" });
  });

  test.each(["oidc", "roles-anywhere"] as const)("says that the agent calls STS by itself: %s", (federated) => {
    const changes = { credentials: { federated }, tasks: { look: { startedBy: "schedule" } } } as const;
    expect(recordOf(changes).data).toMatchObject({ "reader.credentials": federated });
  });

  test("is there before the agent's pods, with the service account", () => {
    expect(identify({}).ready.map((made) => made.constructor.name)).toEqual(["ServiceAccountV1", "ConfigMapV1Data"]);
  });

  test("takes nothing over that another wrote", () => {
    expect(recordOf({})).not.toHaveProperty("force");
  });
});
