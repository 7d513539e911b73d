import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inventoryCommand } from "../../../cli/inventory";
import type { Comparison } from "../../../governance/inventory/live/comparison";
import { registryFile } from "../../../runtime/registry/signed-registry";
import { keyFile } from "../../support/bundles";
import { called } from "../../support/cli";
import { otherDomainDocument, SCOPE, signedExample } from "../../support/exchange/signed-example";
import { liveFolder } from "../../support/inventory/live-folder";
import {
  COMPLETED,
  LISTING,
  listing,
  liveWorld,
  NOW,
  PATH,
  type Printed,
  roleNamed,
  ROLES,
  used,
} from "../../support/inventory/live-world";

const { folder, dir, key, signed, published: PUBLISHED } = liveFolder("inventory-live");
const world = (change: Printed = {}, account?: string) => liveWorld({ dir, published: PUBLISHED }, change, account);

test("nothing differs where the example is deployed as it is declared", async () => {
  const { live, ran } = world();
  const { code, stdout, stderr } = await live(...PUBLISHED);
  expect([code, stderr]).toEqual([0, "ambit: kubectl's current context, which is compared: prod-cluster\n"]);
  expect(stdout.split("\n\n")[0]?.replace(/\s+/g, " ")).toMatch(
    /^declared and deployed, compared at 2027-01-15T08:00:00\.000Z: 0 undeclared agents, 0 orphans, 0 missing, 0 accesses without use in 90 days, 1 in use, \d+ of which the use is not known$/,
  );
  expect(ran.slice(0, 2)).toEqual([
    "aws sts get-caller-identity --query Account --output text",
    "aws iam get-account-authorization-details --filter Role --query {IsTruncated: IsTruncated, Roles: RoleDetailList[].{Arn: Arn, CreateDate: CreateDate, RoleLastUsed: RoleLastUsed, Tags: Tags}} --output json",
  ]);
  expect(ran.filter((call) => call.includes("prune"))).toEqual([
    `aws iam generate-service-last-accessed-details --arn=${PATH}prod.build-watcher.prune --granularity ACTION_LEVEL --output json`,
    "aws iam get-service-last-accessed-details --job-id=prune --output json",
  ]);
  expect(ran.filter((call) => call.startsWith("aws cloudtrail"))).toEqual([
    "aws cloudtrail lookup-events --region eu-central-1 --lookup-attributes AttributeKey=EventName,AttributeValue=GetSecretValue --start-time 2026-10-17T08:00:00.000Z --page-size 50 --max-items 100 --output json",
  ]);
  expect(ran.filter((call) => call.startsWith("kubectl"))).toEqual([
    "kubectl config current-context",
    "kubectl get serviceaccounts --all-namespaces --selector=ambit.internal/agent --output=json --request-timeout=60s",
    "kubectl get pods --all-namespaces --field-selector=status.phase!=Succeeded,status.phase!=Failed --no-headers --output=custom-columns=NAMESPACE:.metadata.namespace,NAME:.metadata.name,ACCOUNT:.spec.serviceAccountName,AGENT:.metadata.labels.ambit\\.internal/agent --request-timeout=60s",
  ]);
});

test("an agent that no declaration has is found by its role, account and pod; its role's use is not asked for", async () => {
  const { compared, ran } = world({
    ...listing([...Object.keys(ROLES), "prod.ghost"]),
    "kubectl get pods": { rows: ["support wraith default wraith"] },
  });
  const { undeclared, orphans } = await compared();
  expect(undeclared).toEqual(["ghost", "wraith"]);
  expect(orphans.map(({ kind, name, lastUsed }) => [kind, name, lastUsed])).toEqual([
    ["role", `${PATH}prod.ghost`, "2027-01-14T08:00:00.000Z"],
    ["pod", "support/wraith", undefined],
  ]);
  expect(ran.filter((call) => call.includes("generate") && call.includes("ghost"))).toEqual([]);
});

test("a right without use comes with a diff of the declaration, at its file and line", async () => {
  const never = { ...COMPLETED, ServicesLastAccessed: [used("s3"), used("dynamodb", {})] };
  const { live } = world({ "aws iam get-service-last-accessed-details": never });
  const { stdout } = await live("--unused-days", "400", ...PUBLISHED);
  expect(stdout).toMatch(/fleet\/agents\/support-triage\.ts:\d+: agent support-triage, task answer/);
  expect(stdout).toContain("    conversations:read: dynamodb never used (access advisor)\n");
  expect(stdout).toContain("- data: [articles.read(), conversations.readWrite(), tickets.readWrite()],");
  expect(stdout).toContain("+ data: [articles.read(), tickets.readWrite()],");
});

test("waits for a report, and reads all of its pages", async () => {
  let asked = 0;
  const pages = (args: readonly string[]) => {
    if (args.includes("--marker=m1")) return { ...COMPLETED, ServicesLastAccessed: [used("dynamodb")] };
    return asked++ % 2 === 0
      ? { JobStatus: "IN_PROGRESS" }
      : { ...COMPLETED, ServicesLastAccessed: [used("s3"), used("dynamodb", {})], IsTruncated: true, Marker: "m1" };
  };
  const { compared, waited } = world({ "aws iam get-service-last-accessed-details": pages });
  expect((await compared()).narrowings).toEqual([]);
  expect(waited).toEqual(Object.keys(ROLES).map(() => 1_000));
});

test("sources that are left out are not asked, and what they would say stays unknown", async () => {
  const { live, ran } = world();
  const { code, stdout } = await live("--json", "--without", "aws", "cloudtrail", "kubernetes", "registry");
  const { notAsked, missing, orphans, narrowings } = JSON.parse(stdout) as Comparison;
  expect([code, ran, missing, orphans, narrowings]).toEqual([0, [], [], [], []]);
  expect(notAsked).toEqual({
    aws: "left out by --without aws",
    cloudtrail: "left out by --without cloudtrail",
    kubernetes: "left out by --without kubernetes",
    registry: "left out by --without registry",
  });
});

describe("a use that is not reported is unknown:", () => {
  test.each([
    ["a report that failed", { JobStatus: "FAILED" }, "AWS could not report its last use (FAILED)"],
    ["a report that never comes", { JobStatus: "IN_PROGRESS" }, "AWS did not report its last use within 120 s"],
  ])("%s", async (_, answer, because) => {
    const { compared } = world({ "aws iam get-service-last-accessed-details": answer });
    const { narrowings, unknown, notAsked } = await compared();
    expect([narrowings, notAsked]).toEqual([[], {}]);
    expect(unknown.find(({ data }) => data === "conversations")?.because).toBe(because);
  });
});

describe("a last use that AWS does not tell is unknown, the roles are told, and the exit code is 1:", () => {
  const services = (...ServicesLastAccessed: readonly object[]) => ({ JobStatus: "COMPLETED", ServicesLastAccessed });
  test.each<[string, object | string, string]>([
    [
      "access denied",
      "An error occurred (AccessDenied) when calling the operation",
      "aws iam get-service-last-accessed-details ended with 254: An error occurred (AccessDenied) when calling the operation",
    ],
    [
      "a time that is none",
      services(used("s3", { LastAuthenticated: "" })),
      'LastAuthenticated must be a time such as "2026-12-01T12:00:00Z", got ""',
    ],
    [
      "actions that are no list",
      services(used("s3", { TrackedActionsLastAccessed: {} })),
      "TrackedActionsLastAccessed must be a list of objects, got {}",
    ],
    [
      "the same page again",
      { ...COMPLETED, IsTruncated: true, Marker: "m" },
      "AWS gives the same page of last uses again",
    ],
  ])("%s", async (_, answer, because) => {
    const { live } = world({
      ...listing([...Object.keys(ROLES), "prod.ghost"]),
      "aws iam get-service-last-accessed-details": answer,
    });
    const { code, stdout, stderr } = await live("--json", ...PUBLISHED);
    const { undeclared, narrowings, unknown, notAsked } = JSON.parse(stdout) as Comparison;
    expect([code, undeclared, narrowings, notAsked]).toEqual([1, ["ghost"], [], {}]);
    expect(unknown.find(({ data }) => data === "conversations")?.because).toBe(because);
    expect(stderr).toContain("ambit: aws could not be asked, or not about all");
  });
});

describe("a source that does not answer is told, makes nothing missing, and exits with 1:", () => {
  const denied = "AccessDenied: not authorized";
  const FIRST = `${PATH}prod.build-watcher.prune`;
  const told = (change: object): Printed => listing([], roleNamed("prod.build-watcher.prune", change));
  const FOREIGN = "arn:aws:iam::999999999999:role/ambit/agents/prod/prod.x";
  test.each<[string, Printed, "aws" | "kubernetes", string]>([
    ["roles", { [LISTING]: denied }, "aws", `${LISTING} ended with 254: ${denied}`],
    ["no list", { [LISTING]: {} }, "aws", "Roles must be a list of objects, got undefined"],
    [
      "a part of the roles",
      { [LISTING]: { Roles: [], IsTruncated: true } },
      "aws",
      "Roles are only a part of all: leave out settings by which the AWS command line reads one page alone",
    ],
    ["no object", { [LISTING]: [] }, "aws", `${LISTING} must print a JSON object`],
    [
      "a role of another account",
      told({ Arn: FOREIGN }),
      "aws",
      `AWS lists ${FOREIGN} as a role of account 111122223333`,
    ],
    [
      "a role that would be an option",
      told({ Arn: `${PATH}x y` }),
      "aws",
      `AWS lists ${PATH}x y as a role of account 111122223333`,
    ],
    ["a role without ARN", told({ Arn: undefined }), "aws", "Arn must be a text, got undefined"],
    ["a role without age", told({ CreateDate: undefined }), "aws", `AWS does not say when ${FIRST} was created`],
    [
      "an age that is none",
      told({ CreateDate: "then" }),
      "aws",
      'CreateDate must be a time such as "2026-12-01T12:00:00Z", got "then"',
    ],
    ["tags that are no list", told({ Tags: {} }), "aws", "Tags must be a list of objects, got {}"],
    ["a tag without key", told({ Tags: [{}] }), "aws", "Key must be a text, got undefined"],
    [
      "a tag that is no text",
      told({ Tags: [{ Key: "ambit.internal/agent", Value: 1 }] }),
      "aws",
      "Value must be a text, got 1",
    ],
    [
      "accounts",
      { "kubectl get serviceaccounts": "connection refused" },
      "kubernetes",
      "kubectl get serviceaccounts ended with 254: connection refused",
    ],
    [
      "pods",
      { "kubectl get pods": "connection refused" },
      "kubernetes",
      "kubectl get pods ended with 254: connection refused",
    ],
    [
      "a pod without account",
      { "kubectl get pods": { rows: ["support x"] } },
      "kubernetes",
      'kubectl must print namespace, name, service account and agent of a pod, got "support x"',
    ],
    [
      "more than a pod",
      { "kubectl get pods": { rows: ["support x default ghost more"] } },
      "kubernetes",
      'kubectl must print namespace, name, service account and agent of a pod, got "support x default ghost more"',
    ],
    [
      "an account without name",
      { "kubectl get serviceaccounts": { items: [{ metadata: {} }] } },
      "kubernetes",
      "namespace must be a text, got undefined",
    ],
  ])("%s", async (_, change, source, why) => {
    const { code, stdout, stderr } = await world(change).live("--json", ...PUBLISHED);
    const { notAsked, missing, narrowings, orphans } = JSON.parse(stdout) as Comparison;
    const besides =
      source === "aws" ? { cloudtrail: "it is asked about deployed roles alone, and those are not known" } : {};
    expect([code, notAsked, missing, narrowings, orphans]).toEqual([1, { [source]: why, ...besides }, [], [], []]);
    expect(stderr).toContain(
      `ambit: ${source} could not be asked, or not about all: the report says why; leave it out by --without\n`,
    );
  });

  test("AWS with rights in another account, of which nothing is asked", async () => {
    const { compared, ran } = world({}, "999999999999");
    expect((await compared()).notAsked).toMatchObject({
      aws: "the platform's roles are in account 111122223333, got rights in 999999999999: sign in to that one",
    });
    expect(ran.filter((call) => call.startsWith("aws iam"))).toEqual([]);
  });

  test("a program that is not there", async () => {
    const parts = {
      run: () => Promise.reject(new Error("spawn aws ENOENT")),
      wait: async () => undefined,
      now: () => NOW,
    };
    const args = ["--live", "--json", "--dir", dir, "--without", "registry"] as const;
    const { code, stdout } = await called([(io) => inventoryCommand(io, parts)], "inventory", ...args);
    expect([code, (JSON.parse(stdout) as Comparison).notAsked]).toMatchObject([
      1,
      { aws: "aws cannot be run: spawn aws ENOENT", kubernetes: "kubectl cannot be run: spawn aws ENOENT" },
    ]);
  });
});

describe("the registry is read only", () => {
  test("where its signature is good, of this platform and there", async () => {
    const other = keyFile(folder.path, "other");
    const foreign = join(folder.path, "foreign.signed");
    writeFileSync(foreign, registryFile(await signedExample(key.signer, 7, otherDomainDocument)));
    const { live } = world();
    const why = async (file: string, pem: string) => {
      const { code, stdout } = await live("--json", "--registry", file, "--public-key", pem, "--scope", SCOPE);
      return [code, (JSON.parse(stdout) as Comparison).notAsked.registry];
    };
    expect(await why(signed, other.publicPath)).toEqual([1, expect.stringContaining("signature")]);
    expect(await why(foreign, key.publicPath)).toEqual([
      1,
      "the registry is of trust domain test.acme.example, the folder of prod.acme.example: name this platform's",
    ]);
    expect(await why(`${signed}.no`, key.publicPath)).toEqual([
      1,
      `there is no registry at ${signed}.no: name a signed one`,
    ]);
  });

  test("and an agent that it lists and the folder does not declare is told", async () => {
    const registry = "cdktf.out/ambit/registry.json";
    const text = readFileSync(join(folder.path, registry), "utf8");
    const { agents, ...rest } = JSON.parse(text) as { agents: Record<string, unknown> };
    const { "web-reader": _, ...others } = agents;
    folder.put(registry, JSON.stringify({ ...rest, agents: others }));
    try {
      expect((await world().compared("--without", "aws", "kubernetes")).undeclared).toEqual(["web-reader"]);
    } finally {
      folder.put(registry, text);
    }
  });
});

const NAMED = "name one of --registry and --registry-table with --public-key, or leave it out by --without registry";
test.each([
  [["--live"], `--live reads the signed registry: ${NAMED}`],
  [["--live", "--registry", "x"], `--live reads the signed registry: ${NAMED}`],
  [
    ["--live", "--registry", "x", "--registry-table", "y", "--public-key", "z"],
    `--live reads the signed registry: ${NAMED}`,
  ],
  [["--live", "--registry", "x", "--without", "registry"], `--live reads the signed registry: ${NAMED}`],
  [["--live", "support-triage"], "--live prints the comparison and nothing else: leave out support-triage, or --live"],
  [["--live", "--csv", "x"], "--live prints the comparison and nothing else: leave out --csv, or --live"],
  [["--unused-days", "5"], "--unused-days is for --live: write both, or leave it out"],
  [["--trail", "x"], "--trail is for --live: write both, or leave it out"],
  [["--without", "aws"], "--without is for --live: write both, or leave it out"],
  [["--live", "--unused-days", "401"], '--unused-days must be a whole number from 1 to 400, got "401"'],
])("fails when called with %j", async (args, message) => {
  expect(await called([inventoryCommand], "inventory", ...args)).toEqual({
    code: 64,
    stdout: "",
    stderr: `ambit: ${message}\n`,
  });
});
