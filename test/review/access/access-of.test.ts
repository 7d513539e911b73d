import { accessJson } from "../../../review/access/report/access-json";
import { accessText } from "../../../review/access/report/access-text";
import cases from "../../cases/review/access.json";
import { synthesize } from "../../support/example-app";
import { filesOf } from "../../support/review/folders";
import { accessIn, ARN, pairsOf, plain, ROLE, workerOf } from "./estates";

const example = filesOf(synthesize());
const fleet = accessIn(example);

describe("AWS", () => {
  test.each(cases.map((one) => [one.name, one] as const))("%s", (_, { role, boundary, pairs }) => {
    const access = workerOf({ role, ...(boundary !== undefined && { boundary }) });
    expect(pairsOf(access)).toEqual(pairs);
    expect(access.unknown).toEqual([]);
  });

  test("every Allow of each layer is named, with the attribute in which it stands", () => {
    const get = (Sid: string) => ({ Sid, Effect: "Allow", Action: "s3:GetObject", Resource: "*" });
    const { aws } = workerOf({ role: [get("One"), get("Two")], boundary: [{ ...get("Limit"), Action: "s3:*" }] });
    expect(aws.paths[0]?.pairs.map(({ by }) => by)).toEqual([
      [
        { layer: "role", sid: "One", source: { address: "root/aws_iam_role_policy.worker.policy" } },
        { layer: "role", sid: "Two", source: { address: "root/aws_iam_role_policy.worker.policy" } },
        { layer: "boundary", sid: "Limit", source: { address: "root/aws_iam_policy.limit.policy" } },
      ],
    ]);
  });

  test("who may become its roles, under which conditions, and for how long", () => {
    const Condition = { StringEquals: { "sts:ExternalId": "x1" } };
    const { aws } = workerOf({
      trust: [
        {
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::444455556666:user/ada" },
          Action: "sts:AssumeRole",
          Condition,
        },
      ],
    });
    expect(aws.roles).toEqual([
      expect.objectContaining({
        address: ROLE,
        maxSession: "3600",
        trusted: [
          expect.objectContaining({
            who: "AWS:arn:aws:iam::444455556666:user/ada",
            action: "sts:AssumeRole",
            certain: true,
            witness: expect.objectContaining({ keys: { "sts:ExternalId": ["x1"] } }),
          }),
        ],
      }),
    ]);
  });

  test("a pair with a name that is known after apply is listed", () => {
    const { aws } = workerOf({
      role: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
      boundary: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "${aws_s3_bucket.kb.arn}/*" }],
    });
    expect(aws.paths[0]?.pairs).toHaveLength(1);
  });
});

describe("what cannot be read is unknown, with the reason", () => {
  test("a policy that is none: the role may have anything", () => {
    const { aws, unknown } = workerOf({ role: "{ no policy" });
    expect(unknown).toEqual([
      expect.objectContaining({
        what: "the policy in root/aws_iam_role_policy.worker.policy",
        why: expect.any(String),
      }),
    ]);
    expect(aws.paths.filter(({ isAssumed }) => isAssumed).map(({ pairs }) => pairs.length > 0)).toEqual([true]);
  });

  test("a policy of AWS, whose text is not in the configuration", () => {
    const { unknown } = workerOf({
      more: {
        aws_iam_role_policy_attachment: {
          more: { role: "${aws_iam_role.worker.name}", policy_arn: "arn:aws:iam::aws:policy/NoSuchPolicyOfAws" },
        },
      },
    });
    expect(unknown.map(({ what }) => what)).toEqual(["the policy arn:aws:iam::aws:policy/NoSuchPolicyOfAws"]);
  });

  test("a boundary that cannot be read", () => {
    const { unknown } = workerOf({ boundary: "[]" });
    expect(unknown.map(({ what }) => what)).toEqual(["the policy in root/aws_iam_policy.limit.policy"]);
  });

  test("the policy of a resource, which may concern any principal", () => {
    const { unknown } = accessIn(plain({ more: { aws_s3_bucket_policy: { kb: { bucket: "kb", policy: "{ no" } } } }));
    expect(unknown.map(({ what }) => what)).toEqual(["the policy in root/aws_s3_bucket_policy.kb.policy"]);
  });

  test("a malformed registry: unknown for every agent that it names, and as a whole", () => {
    const registry = JSON.stringify({ version: "ambit.registry/1", agents: { clerk: { tasks: 1 } } });
    const access = accessIn({ ...plain({}), "ambit/registry.json": registry });
    expect(access.principals[0]).toEqual({ id: "clerk", isAgent: true });
    expect(access.of("clerk").unknown.length).toBeGreaterThan(0);
    expect(access.of("clerk").declared).toBeUndefined();
    expect(access.unknown.length).toBeGreaterThan(0);
  });
});

describe("the example fleet", () => {
  test("agents come first, each by name", () => {
    const agents = fleet.principals.filter(({ isAgent }) => isAgent).map(({ id }) => id);
    expect(agents).toEqual(Object.keys(JSON.parse(String(example["ambit/registry.json"])).agents).sort());
    expect(fleet.principals.slice(0, agents.length).map(({ id }) => id)).toEqual(agents);
  });

  test("an agent's tasks, tools, data, and what it has others do", () => {
    const { declared } = fleet.of("support-triage");
    expect(
      declared?.works.map(({ task, through, approval, calls, data }) => [
        [task, ...through].join(" → "),
        approval?.group ?? null,
        calls.map(({ name }) => name),
        data.map(({ dataset, sensitivity }) => `${dataset} ${sensitivity}`),
      ]),
    ).toEqual([
      [
        "refund",
        "support-leads",
        ["payments.refund", "zendesk.comment"],
        ["orders restricted", "tickets confidential"],
      ],
      [
        "answer",
        null,
        ["zendesk.comment", "claude.ask", "zendesk.read"],
        ["conversations confidential", "tickets confidential", "articles internal"],
      ],
      [
        "answer → researcher.lookup",
        null,
        ["claude.ask", "zendesk.read"],
        ["tickets confidential", "articles internal"],
      ],
      ["fix", null, ["github.pull"], ["pull-requests internal"]],
      ["answer → researcher.lookup → web-reader.fetch", null, ["search.query"], []],
    ]);
  });

  test("data and answers that may hold words of strangers", () => {
    const [, answer] = fleet.of("support-triage").declared?.works ?? [];
    expect(answer?.data.filter(({ untrusted }) => untrusted).map(({ dataset }) => dataset)).toEqual([
      "conversations",
      "tickets",
    ]);
    const registry = JSON.parse(String(example["ambit/registry.json"]));
    Object.assign(registry.tools.zendesk, { untrustedOutput: false });
    Object.assign(registry.agents["support-triage"], { memory: "shared" });
    const access = accessIn({ ...example, "ambit/registry.json": JSON.stringify(registry) }).of("support-triage");
    const calls = access.declared?.works.flatMap((work) => work.calls) ?? [];
    expect(calls.filter(({ untrustedOutput }) => untrustedOutput).map(({ name }) => name)).toEqual([
      "zendesk.read",
      "zendesk.read",
      "github.pull",
      "search.query",
    ]);
    const plainly = (text: string) => text;
    const paint = { bold: plainly, dim: plainly, green: plainly, red: plainly, yellow: plainly };
    const text = accessText(access, [], { columns: 200, paint });
    expect(text).toContain("read, write tickets, confidential, untrusted (external)");
    expect(text).toContain("what it reads for one user counts for all users");
  });

  test("who may call an agent, where, what they may start and what may be answered", () => {
    const callersOf = (name: string) =>
      fleet
        .of(name)
        .declared?.ways.map(({ callers, ...way }) => [
          [way.name, way.kind, way.paths, way.sensitivity, way.clearance],
          callers.map(({ start, task, from, untrusted }) => [start, task, from, untrusted]),
        ]);
    expect(callersOf("support-triage")).toEqual([
      [
        ["http", "http", ["/chat", "/threads/"], "public", "restricted"],
        [
          ["user", "answer", [], false],
          ["user", "fix", [], false],
          ["user", "refund", [], false],
        ],
      ],
    ]);
    expect(callersOf("researcher")).toEqual([
      [["a2a", "a2a", ["/"], "public", "restricted"], [["delegation", "lookup", ["support-triage.answer"], false]]],
    ]);
    expect(callersOf("build-watcher")).toEqual([]);
  });

  test("who may call an agent, in words", () => {
    const registry = JSON.parse(String(example["ambit/registry.json"]));
    const triage = registry.agents["support-triage"];
    triage.tasks.answer.startedBy = ["user", "event"];
    triage.concurrency = "one-user";
    triage.serves.http.host = "desk.acme.example";
    registry.agents.researcher.serves.a2a.untrusted = true;
    registry.agents.researcher.serves.a2a.pushes = { tool: "zendesk", action: "comment" };
    const accesses = accessIn({ ...example, "ambit/registry.json": JSON.stringify(registry) });
    const plainly = (text: string) => text;
    const paint = { bold: plainly, dim: plainly, green: plainly, red: plainly, yellow: plainly };
    const textOf = (name: string) => accessText(accesses.of(name), [], { columns: 200, paint });
    expect(textOf("support-triage")).toContain(
      [
        "way in http · 4",
        "  at /chat and all below /threads/, for users under desk.acme.example, port 8080 of its pod (http)",
        "  what callers send counts as public, and an answer holds up to restricted data",
        "  a user may start answer",
        "  an event may start answer, and is not trusted",
        "  a user may start fix",
        "  a user may start refund",
        "",
      ].join("\n"),
    );
    expect(textOf("support-triage")).toContain("a pod of it works for one session at a time");
    expect(textOf("researcher")).toContain(
      "  support-triage.answer may start lookup, and is not trusted\n  callers may have it push to zendesk.comment\n",
    );
    expect(textOf("build-watcher")).not.toContain("\nway in");
    expect(textOf("build-watcher")).not.toContain("at a time");
  });

  test("what starts a task of an agent alone, by which keys, and whether its events begin clean", () => {
    const registry = JSON.parse(String(example["ambit/registry.json"]));
    const of = (name: string, starts: string, task: string) => ({
      issuer: `https://${name}.starters.prod.acme.example`,
      kms: [`alias/ambit/prod/starter/${name}/1`],
      algorithms: ["ES256"],
      starts: [starts],
      tasks: [`ledger-reconciler.${task}`],
    });
    registry.trust.starters.push(
      of("clock", "schedule", "login"),
      of("inbox", "event", "reconcile"),
      of("loop", "event", "reconcile"),
    );
    const { tasks } = registry.agents["ledger-reconciler"];
    Object.assign(tasks.reconcile, { startedBy: ["event"], cleanEvents: ["https://inbox.starters.prod.acme.example"] });
    const access = accessIn({ ...example, "ambit/registry.json": JSON.stringify(registry) }).of("ledger-reconciler");
    expect(access.declared?.starters.map(({ tasks: started, clean }) => [started, clean])).toEqual([
      [["login"], []],
      [["reconcile"], ["reconcile"]],
      [["reconcile"], []],
    ]);
    const plainly = (text: string) => text;
    const paint = { bold: plainly, dim: plainly, green: plainly, red: plainly, yellow: plainly };
    expect(accessText(access, [], { columns: 200, paint })).toContain(
      [
        "starters · 3",
        "  schedule of https://clock.starters.prod.acme.example may start login",
        "    a principal that may sign with alias/ambit/prod/starter/clock/1 starts that",
        "  event of https://inbox.starters.prod.acme.example may start reconcile",
        "    a principal that may sign with alias/ambit/prod/starter/inbox/1 starts that",
        "    its events begin a clean session of reconcile",
        "  event of https://loop.starters.prod.acme.example may start reconcile",
        "    a principal that may sign with alias/ambit/prod/starter/loop/1 starts that",
        "    its events inherit all that the agent has held",
        "",
      ].join("\n"),
    );
    expect(fleet.of("ledger-reconciler").declared?.starters).toEqual([]);
  });

  test("a way in is written with its levels by name", () => {
    const [way] = JSON.parse(accessJson(fleet.of("web-reader"), [])).principal.declared.ways;
    expect(way).toMatchObject({ name: "a2a", sensitivity: "public", clearance: "public", port: 8080 });
    expect(JSON.parse(accessJson(fleet.of("web-reader"), [])).principal.declared.serves).toBeUndefined();
  });

  test("where an agent's pods connect to, and who they are", () => {
    const { egress, identities } = fleet.of("support-triage").kubernetes;
    expect(egress.map(({ what }) => what)).toContain("egress to 10.0.17.0/24, TCP 443");
    expect(identities.map(({ what }) => what)).toContain("it is service account support/support-triage");
  });

  test("the rights of a service account that no agent declares", () => {
    const server = fleet.principals.find(({ id }) => id.includes("Spire_Server_Account"))?.id ?? "";
    expect(fleet.of(server).kubernetes.rights.length).toBeGreaterThan(0);
  });

  test("a role's ARN is the principal that has it alone", () => {
    expect(fleet.idOf("arn:aws:iam::111122223333:role/ambit/agents/prod/prod.support-triage")).toBe("support-triage");
    expect(fleet.idOf("support")).toBeUndefined();
  });

  test("the only unknown parts are objects of the cluster without an owner", () => {
    for (const { id } of fleet.principals) expect([id, fleet.of(id).unknown]).toEqual([id, []]);
    for (const { what } of fleet.unknown) expect(what).toMatch(/^(CSIDriver|CustomResourceDefinition|Service) /);
  });
});

test("a role of Terraform without Ambit is found by address and by ARN", () => {
  const access = accessIn(plain({}));
  expect(access.principals).toEqual([{ id: ROLE, isAgent: false }]);
  expect([access.idOf(ROLE), access.idOf(ARN), access.idOf("worker")]).toEqual([ROLE, ROLE, undefined]);
});

test("names that every object has are names like others", () => {
  const roles = JSON.stringify({
    resource: {
      aws_iam_role: { constructor: { name: "constructor", assume_role_policy: "{}" }, toString: { name: "b" } },
    },
  });
  const access = accessIn({
    "main.tf.json": roles,
    "ambit/registry.json": '{"version":"ambit.registry/1","agents":{"__proto__":{},"constructor":{}}}',
  });
  expect(access.principals.map(({ id }) => id)).toEqual(expect.arrayContaining(["__proto__", "constructor"]));
  for (const { id } of access.principals) expect(access.of(id).id).toBe(id);
  expect(access.idOf("hasOwnProperty")).toBeUndefined();
});
