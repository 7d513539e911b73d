import { synthesize } from "../support/example-app";
import { estateOf, filesOf } from "../support/review/folders";
import { reviewed } from "../support/review/reviewed";

const example = synthesize();

/** A stack without what belongs to the gateway */
function withoutGateway(text: string): string {
  const json = JSON.parse(text) as Record<"data" | "resource", Record<string, Record<string, unknown>>>;
  for (const resources of [...Object.values(json.resource), ...Object.values(json.data ?? {})]) {
    for (const id of Object.keys(resources)) if (id.startsWith("Gateway")) delete resources[id];
  }
  return JSON.stringify(json);
}

test("a gateway that is added is shown: whose pods, what they are, who comes in and where they go", () => {
  const stacks = {
    ...example.stacks,
    control: withoutGateway(example.stacks.control),
    foundation: withoutGateway(example.stacks.foundation),
  };
  const review = reviewed(estateOf(filesOf({ ...example, stacks })), estateOf(filesOf(example)));
  const part = (type: string) => review.agents.find(({ id }) => id.includes(type));
  const [account, role] = [part("kubernetes_service_account_v1.Gateway"), part("aws_iam_role.Gateway")];
  const [service, users] = [part("kubernetes_service_v1.Gateway_Service"), part("kubernetes_service_v1.Gateway_Users")];
  expect(review.requiresApproval).toBe(true);
  expect(account?.gains.map(({ kind, what }) => `${kind}: ${what}`)).toEqual(
    expect.arrayContaining([
      "identity: its pods get the identity spiffe://prod.acme.example/ns/ambit-system/sa/ambit-gateway",
      expect.stringMatching(/^network: ingress from pods with ambit\.internal\/managed=true .*TCP 8443$/),
      "network: ingress from 0.0.0.0/0, TCP 8445",
      expect.stringMatching(/^destination: egress to 1\.0\.0\.0 - 9\.255\.255\.255, .*TCP 443$/),
    ]),
  );
  expect(role?.gains.map(({ what }) => what)).toContain(
    "dynamodb:GetItem on arn:aws:dynamodb:eu-central-1:111122223333:table/ambit-prod-registry (its role alone)",
  );
  expect(users?.gains.map(({ kind, what }) => `${kind}: ${what}`)).toEqual([
    expect.stringMatching(/^network: Service ambit-gateway-users .* leads from outside the cluster to pods /),
  ]);
  // Its deployment and its network policy are read to the end; what a Service does, no review knows.
  expect([account, role].map((each) => each?.unknown)).toEqual([[], []]);
  const questions = [service, users].map((each) => each?.unknown.map(({ what }) => what));
  expect([questions, review.unknown]).toEqual([[["Service ambit-gateway"], ["Service ambit-gateway-users"]], []]);
  expect(review.agents.length).toBe(4);
});

test("the example compared with itself shows nothing", () => {
  const same = estateOf(filesOf(example));
  const { agents, unknown, requiresApproval } = reviewed(same, estateOf(filesOf(example)));
  expect({ agents, unknown, requiresApproval }).toEqual({ agents: [], unknown: [], requiresApproval: false });
});
