import { Agent, Dataset } from "../../../constructs";
import { checkFleetAgainstPlatform } from "../../../constructs/agent/platform-rules";
import { Fleet } from "../../../domain";
import { define, pages, specWith } from "../../support/agents";
import { newStack, platformWith, Template } from "../../support/synth";

const build =
  (changes: Parameters<typeof specWith>[0], name = "small") =>
  () =>
    new Agent(newStack(), name, specWith(changes));
const reading = (data: Dataset & { read(): never }) => ({
  tasks: { read: { startedBy: "user", data: [data.read()] } },
});

test.each(["ambit-system", "kube-system", "kube-public", "spire-server", "default"])(
  "fails when the namespace is %s",
  (namespace) => {
    expect(build({ workload: { namespace, serviceAccount: "small" } })).toThrow(
      `agent "small": workload.namespace "${namespace}" belongs to the cluster or the platform: ` +
        "give the agents a namespace of their own",
    );
  },
);

test("fails when the service account is the one of pods that name none", () => {
  expect(build({ workload: { namespace: "apps", serviceAccount: "default" } })).toThrow(
    'agent "small": workload.serviceAccount "default" is the account of every pod that names no account: name another',
  );
});

test.each(["ambit-prod-state", "ambit-prod-person-keys", "ambit-prod-registry"])(
  "fails when an agent uses Ambit's own table %s",
  (table) => {
    const own = Dataset.table("own", { table, sensitivity: "internal" });
    expect(build(reading(own as never) as never)).toThrow(
      `agent "small": own is "${table}", in which Ambit keeps its own records: no agent may use it`,
    );
  },
);

test("fails when an agent uses Ambit's own bucket", () => {
  const bucket = "ambit-audit-prod-111122223333";
  const own = Dataset.bucket("own", { bucket, prefix: "a/", sensitivity: "internal" });
  expect(build(reading(own as never) as never)).toThrow(
    `agent "small": own is "${bucket}", in which Ambit keeps its own records: no agent may use it`,
  );
});

test("fails when a key is in an account that is not one of the platform's", () => {
  const key = "arn:aws:kms:eu-central-1:999900001111:key/00000000-0000-4000-8000-000000000001";
  const data = Dataset.bucket("data", { bucket: "acme-data", prefix: "a/", key, sensitivity: "internal" });
  expect(build(reading(data as never) as never)).toThrow(
    'dataset "data": key is in account 999900001111, which is not one of the platform\'s (111122223333, 444455556666): ' +
      "the boundary would deny its use",
  );
});

test("fails when two agents would share one role's name", () => {
  const platform = platformWith({ name: "a-platform-with-24-chars" });
  const tasks = { read: { startedBy: "user", data: [pages.read()] } } as const;
  const long = define("a".repeat(57), { tasks });
  const [, suffix] = platform.agentRoleName(long.declaration, long.declaration.tasks.get("read") as never).split(".");
  const twin = define(suffix as string, { tasks });
  expect(() => checkFleetAgainstPlatform(Fleet.of(long, twin), platform)).toThrow(
    /its role would be a-platform-with-24-chars\..+, like that of "a+.*": rename one$/,
  );
});

test("an agent may have the name of a provider", () => {
  const stack = newStack();
  new Agent(stack, "aws", specWith({ workload: { namespace: "apps" } }));
  new Agent(stack, "kubernetes", specWith({ workload: { namespace: "apps" } }));
  expect(Template.of(stack).addresses).toHaveLength(6);
});

test("without a declared state, Terraform's file is named relative to the stack, so that folders change no byte", () => {
  expect(Template.of(newStack()).json.terraform?.backend).toEqual({
    local: { path: "../../../terraform.test.tfstate" },
  });
});
