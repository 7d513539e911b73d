import { readFileSync } from "node:fs";
import type { Comparison } from "../../../governance/inventory/live/comparison";
import { liveFolder } from "../../support/inventory/live-folder";
import {
  item,
  listing,
  liveWorld,
  PATH,
  type Printed,
  roleNamed,
  ROLES,
  ROOT,
  STAGE,
} from "../../support/inventory/live-world";

const { folder, dir, published } = liveFolder("inventory-beyond");
const names = Object.keys(ROLES);
const role = (path: string, more: object = {}) => roleNamed("x", { Arn: `${ROOT}${path}`, ...more });
const tagged = (Key: string, Value?: unknown) => ({ Tags: [{ Key, ...(Value !== undefined && { Value }) }] });
const compared = (change: Printed): Promise<Comparison> => liveWorld({ dir, published }, change).compared();
const told = ({ orphans }: Comparison): readonly string[] =>
  orphans.map(({ kind, name, because }) => `${kind} ${name}: ${because}`);

describe("a role is an agent's", () => {
  test.each<[string, object, string]>([
    ["by its tag, at no path", role("ghost-agent"), "ghost-agent: no agent ghost is declared"],
    ["by its tag, at a path of others", role("app/x"), "app/x: no agent ghost is declared"],
    ["by its tag, in any case", role("x", tagged("Ambit.Internal/Agent", "spook")), "x: no agent spook is declared"],
    [
      "by its path, without tag",
      role("ambit/agents/prod/prod.x", { Tags: null }),
      "ambit/agents/prod/prod.x: no agent declares the role, and it has no tag of one",
    ],
    [
      "by a tag that names none",
      role("x", tagged("ambit.internal/agent", "")),
      "x: no agent declares the role, and it has no tag of one",
    ],
    [
      "below the path of agents",
      role("ambit/agents/prod/more/prod.x"),
      "ambit/agents/prod/more/prod.x: no agent ghost is declared",
    ],
    ["above the platforms", role("ambit/agents/stage.x"), "ambit/agents/stage.x: no agent ghost is declared"],
    [
      "at another platform's path, with a name that this one does not give",
      role("ambit/agents/stage/ghost2"),
      "ambit/agents/stage/ghost2: no agent ghost is declared",
    ],
    [
      "at another platform's path, without the tag that this one gives",
      role("ambit/agents/stage/stage.x", { Tags: [] }),
      "ambit/agents/stage/stage.x: no agent declares the role, and it has no tag of one",
    ],
    [
      "below another platform's path",
      role("ambit/agents/stage/more/stage.x"),
      "ambit/agents/stage/more/stage.x: no agent ghost is declared",
    ],
  ])("%s", async (_, found, text) => {
    const comparison = await compared(listing(names, found));
    expect(told(comparison)).toEqual([`role ${ROOT}${text}`]);
    expect([comparison.missing, comparison.otherPlatforms]).toEqual([[], []]);
  });

  test.each<[string, object]>([
    ["the platform's own", role("ambit/platform/ambit-prod-exchange", { Tags: [] })],
    ["one with tags of others", role("app/x", tagged("team", "ghost"))],
    ["one of a service, at a path of any characters", role("aws-service-role/x~y/AWSServiceRoleForX", { Tags: null })],
  ])("but not %s", async (_, found) => {
    expect(told(await compared(listing(names, found)))).toEqual([]);
  });
});

test("roles of another platform are counted, and no orphans", async () => {
  const { live } = liveWorld({ dir, published }, listing(names, STAGE, role("ambit/agents/stage/stage.b")));
  const { stdout } = await live("--json", ...published);
  const comparison = JSON.parse(stdout) as Comparison;
  expect([told(comparison), comparison.undeclared, comparison.otherPlatforms]).toEqual([
    [],
    [],
    [{ path: "/ambit/agents/stage/", roles: 2 }],
  ]);
  expect((await live(...published)).stdout).toContain(
    "other platforms of the account: compare them with their own folders\n  /ambit/agents/stage/: 2 roles\n",
  );
});

describe("once no agent declares data of AWS", () => {
  const registry = "cdktf.out/ambit/registry.json";
  const stack = "cdktf.out/stacks/agents/cdk.tf.json";
  /** The folder `name` without data, and its stack with these AWS providers */
  function emptied(name: string, ...aws: readonly object[]): string {
    const { agents, ...rest } = JSON.parse(readFileSync(`${folder.path}/${registry}`, "utf8")) as {
      agents: Record<string, { tasks: object }>;
    };
    const without = JSON.stringify({ ...rest, agents }, (key, value: unknown) => (key === "aws" ? undefined : value));
    folder.put(`${name}/ambit/registry.json`, without);
    folder.put(`${name}/manifest.json`, JSON.stringify(MANIFEST));
    const json = JSON.parse(readFileSync(`${folder.path}/${stack}`, "utf8")) as object;
    folder.put(`${name}/stacks/agents/cdk.tf.json`, JSON.stringify({ ...json, resource: {}, provider: { aws } }));
    return `${folder.path}/${name}`;
  }
  const MANIFEST = {
    version: "0.21.0",
    stacks: {
      agents: { name: "agents", synthesizedStackPath: "stacks/agents/cdk.tf.json", workingDirectory: "stacks/agents" },
    },
  };
  const provider = (account: string, platform: string) => ({
    region: "eu-central-1",
    allowed_account_ids: [account],
    default_tags: [{ tags: { "ambit:platform": platform, "ambit:stack": "agents" } }],
  });
  const OWN = provider("111122223333", "prod");
  const asked = async (at: string) => {
    const { live } = liveWorld({ dir: at, published }, listing(names, STAGE));
    const { code, stdout } = await live("--json", "--without", "registry", "kubernetes");
    return { code, ...(JSON.parse(stdout) as Comparison) };
  };

  test("all of its roles are orphans, at the path that the providers name", async () => {
    const { code, orphans, otherPlatforms } = await asked(emptied("left", OWN, { ...OWN, region: "us-east-1" }));
    expect([code, orphans.map(({ name }) => name)]).toEqual([0, names.map((name) => `${PATH}${name}`)]);
    expect(otherPlatforms).toEqual([{ path: "/ambit/agents/stage/", roles: 1 }]);
  });

  const UNKNOWN =
    "no agent declares data of AWS, and no AWS provider of the folder names account and platform: the account of its roles is not known";
  test.each<[string, readonly object[], string]>([
    ["no provider", [], UNKNOWN],
    ["a provider without account", [{ ...OWN, allowed_account_ids: undefined }], UNKNOWN],
    ["a provider without platform", [{ ...OWN, default_tags: [{ tags: {} }] }], UNKNOWN],
    [
      "two platforms",
      [OWN, provider("111122223333", "stage")],
      "roles must be at one path of one account, got 111122223333 /ambit/agents/prod/, 111122223333 /ambit/agents/stage/",
    ],
    [
      "two accounts",
      [OWN, provider("999999999999", "prod")],
      "roles must be at one path of one account, got 111122223333 /ambit/agents/prod/, 999999999999 /ambit/agents/prod/",
    ],
  ])("they are unknown with %s", async (name, providers, why) => {
    const { code, notAsked, orphans } = await asked(emptied(name.replaceAll(" ", "-"), ...providers));
    expect([code, notAsked.aws, orphans]).toEqual([1, why, []]);
  });
});

describe("a pod is an agent's", () => {
  const NOT_LABELLED = "the service account of an agent, and has no label of one";
  test.each<[string, string, readonly string[]]>([
    [
      "by the service account of one, without label",
      "support rogue support-triage <none>",
      [`pod support/rogue: it runs by support/support-triage, ${NOT_LABELLED}`],
    ],
    [
      "by that account, with a label that names none",
      "support rogue support-triage ",
      [`pod support/rogue: it runs by support/support-triage, ${NOT_LABELLED}`],
    ],
    [
      "by an account with the label of one",
      "night rogue ghost <none>",
      [`pod night/rogue: it runs by night/ghost, ${NOT_LABELLED}`],
    ],
    ["by its label", "night rogue <none> ghost", ["pod night/rogue: no agent ghost is declared"]],
  ])("%s", async (_, row, expected) => {
    const { compared: answer } = liveWorld(
      { dir, published },
      {
        "kubectl get pods": { rows: [row, ""] },
        "kubectl get serviceaccounts": { items: [item("ghost", "night")] },
      },
    );
    expect(told(await answer("--without", "aws", "cloudtrail")).filter((text) => text.startsWith("pod"))).toEqual(
      expected,
    );
  });

  test.each([
    ["one of an account of others", "support web default <none>"],
    ["one of an account of that name in another namespace", "other web support-triage <none>"],
    ["the mirror of a static pod", "kube-system etcd-node-1 <none> <none>"],
  ])("but not %s", async (_, row) => {
    expect(told(await compared({ "kubectl get pods": { rows: [row] } }))).toEqual([]);
  });
});
