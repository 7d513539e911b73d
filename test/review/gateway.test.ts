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
  const [account, service, role] = review.agents;
  expect(review.requiresApproval).toBe(true);
  expect(account?.gains.map(({ kind, what }) => `${kind}: ${what}`)).toEqual(
    expect.arrayContaining([
      "identity: its pods get the identity spiffe://prod.acme.example/ns/ambit-system/sa/ambit-gateway",
      expect.stringMatching(/^network: ingress from pods with ambit\.internal\/managed=true .*TCP 8443$/),
      expect.stringMatching(/^destination: egress to 1\.0\.0\.0 - 9\.255\.255\.255, .*TCP 443$/),
    ]),
  );
  expect(role?.gains.map(({ what }) => what)).toContain(
    "dynamodb:GetItem on arn:aws:dynamodb:eu-central-1:111122223333:table/ambit-prod-registry (its role alone)",
  );
  // Its deployment and its network policy are read to the end; what a Service does, no review knows.
  expect([account, role].map((each) => each?.unknown)).toEqual([[], []]);
  expect([service?.unknown.map(({ what }) => what), review.unknown]).toEqual([["Service ambit-gateway"], []]);
  expect(review.agents.length).toBe(3);
});

test("the example compared with itself shows nothing", () => {
  const same = estateOf(filesOf(example));
  const { agents, unknown, requiresApproval } = reviewed(same, estateOf(filesOf(example)));
  expect({ agents, unknown, requiresApproval }).toEqual({ agents: [], unknown: [], requiresApproval: false });
});
