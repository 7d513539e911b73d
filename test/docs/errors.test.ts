import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  Agent,
  type AgentSpec,
  Approval,
  Budget,
  Dataset,
  type ErrorCode,
  Fleet,
  type HttpWayProps,
  Order,
  Platform,
  type PlatformProps,
  type ScheduleProps,
  Serve,
  Starter,
  type TaskSpec,
  Tool,
} from "../../constructs";
import { checkFleetAgainstPlatform } from "../../constructs/agent/platform-rules";
import { TokenExchange } from "../../constructs/exchange";
import { ToolGateway } from "../../constructs/gateway";
import { CedarPolicyEngine, OpaDeployment, type OpaDeploymentProps } from "../../constructs/decision";
import { fitsConfigMap } from "../../constructs/decision/private/opa-delivery";
import { AgentMonitoring, AuditBucket, DataTrail, KillList, KillSwitch } from "../../constructs/oversight";
import { Federation, OidcDiscoveryProvider, SpireAgent, SpireServer } from "../../constructs/spire";
import type { EmbeddedSpireServerProps } from "../../constructs/spire";
import { SpiffeId } from "../../domain";
import { fleet as example } from "../../fleet";
import { facts } from "../../fleet/platform";
import { testApp } from "../support/app";
import { refusal, TOKEN, untyped } from "../support/domain";
import { GUARDRAIL_REFUSALS } from "../support/guardrails/refusals";
import { servingDelegates } from "../support/served";
import { Clerk, event } from "../support/starters";
import { newStack, platformWith } from "../support/synth";
import { WitnessStack } from "../support/witness-stack";
import { TrustStack } from "../../stacks";

const tickets = Dataset.external("tickets", { sensitivity: "confidential" });
const bucketOf = (name: string, sensitivity: "public" | "internal" = "internal") =>
  Dataset.bucket(name, { bucket: "acme-wiki", prefix: `${name}/`, sensitivity });
const pages = bucketOf("pages");
const desk = Tool.http("desk", {
  url: "https://desk.acme.example",
  clearance: "confidential",
  actions: {
    read: { method: "GET", path: "/tickets/{id}", touches: [tickets.read()] },
    find: { method: "GET", path: "/tickets" },
    purge: { method: "DELETE", path: "/tickets/{id}", impact: "high" },
  },
});
const search = Tool.http("search", {
  url: "https://api.search.example",
  clearance: "public",
  actsAs: { service: "search-reader" },
  actions: { query: { method: "GET", path: "/v1/search" } },
});

const define = (name: string, changes: Partial<AgentSpec> = {}) =>
  Agent.define(name, {
    owner: "support@acme.example",
    purpose: "Answers support tickets",
    expires: "2027-06-30",
    workload: { namespace: "support" },
    tasks: { answer: { startedBy: "user" } },
    ...servingDelegates(changes.tasks),
    ...changes,
  });
const triage = (changes: Partial<AgentSpec>) => define("triage", changes);
const serving = (changes: Partial<HttpWayProps>) =>
  Serve.http({
    port: 8_080,
    paths: ["/chat"],
    tasks: ["answer"],
    sensitivity: "internal",
    clearance: "confidential",
    ...changes,
  });
const task = (spec: Partial<TaskSpec>) => triage({ tasks: { answer: { startedBy: "user", ...spec } } });
const helper = (spec: Partial<TaskSpec> = {}) =>
  define("helper", { tasks: { look: { startedBy: "delegation", ...spec } } });
const relay = (name: string, ...to: readonly ReturnType<typeof define>[]) =>
  define(name, { tasks: { go: { startedBy: "delegation", delegates: to.map((next) => next.task("go")) } } });
const built = (agent: ReturnType<typeof define>, platform = platformWith()) => new agent(newStack(platform));
const platform = (changes: Partial<PlatformProps>) => new Platform({ ...facts, ...changes });
const deskWith = (changes: Record<string, unknown>) =>
  Tool.http("desk", {
    url: "https://desk.acme.example",
    clearance: "internal",
    actions: { read: { method: "GET", path: "/" } },
    ...changes,
  });
const claudeWith = (changes: Record<string, unknown>) =>
  Tool.model("claude", {
    url: "https://llm.acme.example",
    api: "anthropic.messages",
    clearance: "internal",
    actsAs: { service: "model-gateway" },
    actions: { ask: { model: "claude-sonnet-4-5", maxOutputTokens: 8_192 } },
    ...changes,
  });
const cellar = Tool.http("cellar", {
  url: "https://cellar.acme.internal",
  clearance: "internal",
  actsAs: { service: "cellar-reader" },
  privateAddress: { reason: "it is in our data centre" },
  actions: { find: { method: "GET", path: "/" } },
});
const opa = (changes: Partial<OpaDeploymentProps>, platform = platformWith()) =>
  new OpaDeployment(newStack(platform), "Opa", { fleet: Fleet.of(), ...changes });
const spireServer = (props: EmbeddedSpireServerProps) => SpireServer.embedded(newStack(), "Server", props);
const starter = (changes: Partial<ScheduleProps>) =>
  Starter.schedule("nightly", {
    agent: Clerk as never,
    task: "sweep",
    path: "/sweep",
    at: "cron(0 4 * * ? *)",
    timeZone: "Europe/Berlin",
    ...changes,
  });

/** What produces each code; the page must show exactly the message that it gives. */
const REFUSALS: Readonly<Record<ErrorCode, () => unknown>> = {
  token: () => triage({ workload: { namespace: TOKEN } }),
  "arn.malformed": () => new AuditBucket(newStack(), "Audit", { key: "alias/acme/agents" }),
  "name.malformed": () => define("Support_Triage"),
  "name.duplicate": () => Fleet.of(define("triage"), define("triage")),
  "name.confusable": () => Fleet.of(define("support-triage"), define("supporttriage")),
  "owner.missing": () => triage({ owner: "support" }),
  "purpose.missing": () => triage({ purpose: "" }),
  "expiry.malformed": () => triage({ expires: "2027-02-30" }),
  "expiry.too-far": () => built(triage({ expires: "2028-06-30" })),
  "limit.malformed": () => task({ ttl: untyped("15 minutes") }),
  "limit.exceeded": () => task({ ttl: "2h" }),
  "sensitivity.unknown": () => Dataset.external("tickets", { sensitivity: untyped("secret") }),
  "trust-domain.malformed": () => platform({ trustDomain: "spiffe://prod.acme.example" }),
  "spiffe-id.malformed": () => SpiffeId.parse("prod.acme.example/support", "subject token", "sub"),
  "url.malformed": () => deskWith({ url: "http://desk.acme.example" }),
  "destination.private": () => deskWith({ url: "https://desk.acme.internal" }),
  "digest.malformed": () =>
    Tool.mcp("payments", {
      url: "https://mcp.pay.acme.example",
      clearance: "restricted",
      actions: { refund: { tool: "create_refund", pin: "latest" } },
    }),
  "pin.missing": () =>
    Tool.mcp("payments", {
      url: "https://mcp.pay.acme.example",
      clearance: "restricted",
      actions: { refund: { tool: "create_refund" } },
    }),
  "capability.unknown": () =>
    Tool.mcp("payments", {
      url: "https://mcp.pay.acme.example",
      clearance: "restricted",
      capabilities: [untyped("prompt")],
      actions: { refund: { tool: "create_refund", pin: `sha256:${"a1".repeat(32)}` } },
    }),
  "action.unknown": () => desk.allow(untyped("close")),
  "action.duplicate": () => desk.allow("find", "find"),
  "action.wildcard": () => desk.allow(untyped("*")),
  "action.malformed": () => deskWith({ actions: { read: { method: "GET", path: "/tickets/*" } } }),
  "model.malformed": () => claudeWith({ actions: { ask: { model: "claude-sonnet-4-5" } } }),
  "bind.unknown": () => deskWith({ actsAs: { service: "desk-agent", bind: { author: "act.sub" } } }),
  "dataset.malformed": () =>
    Dataset.bucket("pages", { bucket: "acme-wiki", prefix: untyped("pages"), sensitivity: "internal" }),
  "dataset.two-tools": () => {
    const other = Tool.http("archive", {
      url: "https://archive.acme.example",
      clearance: "confidential",
      actions: { read: { method: "GET", path: "/{id}", touches: [tickets.read()] } },
    });
    const tools = [desk.allow("read"), other.allow("read")];
    return Fleet.of(task({ tools, data: [tickets.read()] }));
  },
  "dataset.overlap": () => {
    const all = Dataset.bucket("all-pages", { bucket: "acme-wiki", prefix: "pages/all/", sensitivity: "internal" });
    return Fleet.of(task({ data: [pages.read(), all.read()] }));
  },
  "tool.overlap": () => {
    const other = Tool.http("tickets-api", {
      url: "https://desk.acme.example/api",
      clearance: "confidential",
      actions: { find: { method: "GET", path: "/tickets" } },
    });
    return Fleet.of(task({ tools: [desk.allow("find"), other.allow("find")] }));
  },
  "task.missing": () => triage({ tasks: {} }),
  "start.missing": () => task({ startedBy: [] }),
  "start.unknown": () => task({ startedBy: untyped("cron") }),
  "start.agent-too-risky": () =>
    task({ startedBy: "agent", tools: [desk.allow("read")], data: [tickets.read()], ttl: "5m" }),
  "start.agent-unbudgeted": () => task({ startedBy: "agent", tools: [claudeWith({}).allow("ask")] }),
  "start.agent-locked-out": () =>
    triage({
      tasks: {
        answer: { startedBy: "user", data: [pages.read()] },
        publish: { startedBy: "agent", data: [bucketOf("site", "public").write()] },
      },
    }),
  "start.needs-user": () => task({ startedBy: "schedule", tools: [desk.allow("find")] }),
  "start.no-issuer": () => built(triage({}), platformWith({ issuers: [] })),
  "grant.duplicate": () => task({ data: [pages.read(), pages.readWrite()] }),
  "grant.missing-data": () => task({ tools: [desk.allow("read")] }),
  "flow.above-clearance": () => task({ tools: [search.allow("query")], data: [pages.read()] }),
  "flow.read-with-lower-write": () => task({ data: [pages.read(), bucketOf("site", "public").write()] }),
  "flow.tainted-write": () => task({ tools: [search.allow("query")], data: [bucketOf("notes").write()] }),
  "approval.malformed": () => task({ approval: Approval.from("support-leads") }),
  "approval.unknown-group": () =>
    built(task({ tools: [desk.allow("purge")], approval: Approval.from("support-managers") })),
  "approval.no-people": () =>
    built(
      task({ tools: [desk.allow("purge")], approval: Approval.from("support-leads") }),
      platformWith({ people: untyped(undefined) }),
    ),
  "approval.above-clearance": () =>
    built(
      task({ tools: [desk.allow("read")], data: [tickets.read()], approval: Approval.from("support-leads") }),
      platformWith({ approvers: ["support-leads"] }),
    ),
  "budget.malformed": () => Budget.perDay(0),
  "order.malformed": () => Order.of({ first: desk.allow("find"), then: desk.allow("find", "purge") }),
  "enforcement.malformed": () => task({ enforcement: untyped("observe") }),
  "enforcement.refused": () =>
    task({ data: [tickets.read()], enforcement: { observe: { until: "2027-01-31", reason: "new budget" } } }),
  "aws-data.with-control": () => task({ tools: [desk.allow("find")], data: [pages.read()], budget: Budget.perDay(20) }),
  "aws-data.no-endpoints": () => {
    const { network: _, ...aws } = facts.aws;
    return built(task({ data: [pages.read()] }), platformWith({ aws }));
  },
  "delegation.self": () => {
    const before = define("triage", { tasks: { look: { startedBy: "delegation" } } });
    return task({ delegates: [before.task("look")] });
  },
  "delegation.cycle": () => {
    const writer = relay("writer");
    const planner = relay("planner", writer);
    // A declaration exists before the edge to it, so only a changed value closes the circle.
    const { delegates } = planner.declaration.tasks.get("go") ?? {};
    const [edge] = relay("outer", planner).declaration.tasks.get("go")?.delegates ?? [];
    Object.assign(writer.declaration.tasks.get("go") as object, { delegates: [edge] });
    return [delegates, Fleet.of(planner, writer)];
  },
  "delegation.too-deep": () => helper().task("look", { depth: 4 }),
  "delegation.not-accepted": () => helper({ startedBy: "user" }).task("look"),
  "delegation.unknown-task": () => helper().task(untyped("find")),
  "delegation.wider": () => helper({ ttl: "5m" }).task("look", { ttl: "10m" }),
  "delegation.locked-out": () => {
    const go = { startedBy: "delegation", tools: [search.allow("query")] } as const;
    const reader = define("reader", { tasks: { go } });
    return triage({
      memory: "shared",
      tasks: { answer: { startedBy: "user", data: [pages.read()], delegates: [reader.task("go")] } },
    });
  },
  "delegation.not-served": () =>
    define("helper", { tasks: { look: { startedBy: "delegation" } }, serves: [] }).task("look"),
  "serving.malformed": () => serving({ port: 80 }),
  "serving.overlap": () => serving({ paths: ["/threads/", "/threads/new"] }),
  "serving.unknown-task": () => triage({ serves: serving({ tasks: ["reply"] }) }),
  "serving.never-started": () => triage({ tasks: { answer: { startedBy: "agent" } }, serves: serving({}) }),
  "serving.push": () => {
    const card = { version: "1.0.0", skills: { answer: { name: "Answer", description: "Answers", tags: ["desk"] } } };
    return Serve.a2a({
      ...{ port: 8_080, sensitivity: "internal", clearance: "confidential", card },
      pushes: { to: desk.allow("find") },
    });
  },
  "serving.above-listener": () =>
    built(
      triage({ serves: serving({}) }),
      platformWith({ userListener: { domain: "agents.acme.example", clearance: "internal" } }),
    ),
  "delegation.outside-fleet": () => Fleet.of(task({ delegates: [helper().task("look")] })),
  "kill-switch.malformed": () => {
    const stack = newStack(platformWith({ killSwitch: true }));
    const list = new KillList(stack, "KillList", { after: [] });
    return new KillSwitch(stack, "KillSwitch", { list, alarms: ["agent-runs-wild"] });
  },
  "monitoring.malformed": () =>
    new AgentMonitoring(newStack(), "Monitoring", { fleet: example, expected: { "support-triage": 48 } }),
  "data-trail.malformed": () =>
    new DataTrail(newStack(), "Trail", {
      fleet: {
        datasets: Array.from({ length: 499 }, (_, at) =>
          Dataset.bucket(`d-${at}`, { bucket: "acme-many", prefix: `${at}x/`, sensitivity: "internal" }),
        ),
      },
    }),
  "witness.malformed": () => new WitnessStack(testApp(), "test", { logs: [] }),
  "starter.malformed": () => starter({ at: "cron(0 4 * * *)" }),
  "starter.unknown-task": () => starter({ task: "sweap" }),
  "starter.not-accepted": () => starter({ task: "answer" }),
  "starter.above-way": () =>
    event({
      sources: [Dataset.bucket("secret", { bucket: "acme-secret", prefix: "in/", sensitivity: "confidential" })],
    }),
  "starter.not-served": () => starter({ path: "/other" }),
  "starter.outside-fleet": () => Fleet.of(define("triage")).startedBy(starter({})),
  "fleet.malformed": () => Fleet.of(untyped({})),
  "property.unknown": () => triage({ ...({ puprose: "Answers support tickets" } as object) }),
  "value.foreign": () => task({ approval: { ...Approval.from("support-leads") } as Approval }),
  "name.reserved": () => built(triage({ workload: { namespace: "kube-system" } })),
  "service-account.shared": () =>
    Fleet.of(define("triage"), define("helper", { workload: { namespace: "support", serviceAccount: "triage" } })),
  "federated.refused": () =>
    triage({
      credentials: { federated: "oidc" },
      tasks: { answer: { startedBy: "user", data: [pages.read()] } },
    }),
  "isolation.unavailable": () => triage({ isolation: "shared" }),
  "memory.malformed": () => triage({ memory: untyped("per-tenant") }),
  "too-large": () => {
    const shelves = Array.from({ length: 60 }, (_, index) => bucketOf(`shelf-${10 + index}`).read());
    return built(task({ data: shelves }));
  },
  "quota.exceeded": () => {
    const aws = { ...facts.aws, quotas: { roles: 1 } };
    const data = { tasks: { answer: { startedBy: "user", data: [pages.read()] } } } as const;
    return checkFleetAgainstPlatform(Fleet.of(define("helper", data), define("triage", data)), platformWith({ aws }));
  },
  "platform.malformed": () => platform({ issuer: "https://oidc.prod.acme.example/" }),
  "trust-domain.example": () => platform({ trustDomain: "example.org" }),
  "trust-domain.shared": () => {
    const app = testApp();
    const fleet = Fleet.of();
    new TrustStack(app, "trust", { platform: platformWith(), fleet });
    return new TrustStack(app, "trust-staging", { platform: platformWith({ name: "staging" }), fleet });
  },
  "exchange.malformed": () => new TokenExchange(newStack(), "Exchange", { keyCidrs: [] }),
  "gateway.malformed": () =>
    new ToolGateway(newStack(), "Gateway", {
      fleet: Fleet.of(task({ tools: [cellar.allow("find")] })),
      exchange: {
        issuer: "https://exchange.prod.acme.example",
        address: "https://ambit-exchange.ambit-system.svc:8443",
      },
    }),
  "policy.malformed": () => opa({ delivery: { configMap: { reason: "" } } }),
  "policy.too-large": () => fitsConfigMap(new Uint8Array(1_200_000), "[test/Opa]"),
  "policy.version": () => {
    const image = `images.acme.example/openpolicyagent/opa:1.21.2@sha256:${"a".repeat(64)}`;
    return opa({}, platformWith({ images: { ...facts.images, opa: image } }));
  },
  "policy.quota": () =>
    new CedarPolicyEngine(newStack(), "Cedar", { quotaPerSecond: 200, expectedPerSecond: 350, audiences: ["cedar"] }),
  "spire.malformed": () => spireServer({ settings: { server: { log_level: "debug" } } }),
  "spire.unsafe": () => spireServer({ settings: { server: { admin_ids: ["spiffe://prod.acme.example/ops"] } } }),
  "spire.lifetime": () => spireServer({ lifetimes: { ca: "4h" } }),
  "spire.issuer-mismatch": () =>
    new OidcDiscoveryProvider(newStack(), "Oidc", {
      certificateSecret: "oidc-certificate",
      domains: ["keys.acme.example"],
    }),
  "spire.version-skew": () => {
    const image = `images.acme.example/spiffe/spire-agent:1.16.0@sha256:${"3".repeat(64)}`;
    const stack = newStack(platformWith({ images: { ...facts.images, "spire-agent": image } }));
    return new SpireAgent(stack, "Agent", {
      server: { address: "spire-server.spire-server.svc", port: 8081, ready: [] },
    });
  },
  "spire.too-large": () => new SpireServer(newStack(), "Server", { database: "sqlite", workloads: 20_000 }),
  "federation.self": () =>
    new Federation(newStack(), "Partner", {
      trustDomain: "prod.acme.example",
      bundleEndpointUrl: "https://bundle.prod.acme.example",
      endpoint: { profile: "https_web" },
    }),
  ...GUARDRAIL_REFUSALS,
  "image.unpinned": () => platform({ images: { companion: "images.acme.example/ambit/companion:1.4" } }),
};

const page = readFileSync(join(__dirname, "../../docs/errors.md"), "utf8");
const codes = Object.keys(REFUSALS) as ErrorCode[];

/** The first fenced text below the heading of a code */
function exampleOf(code: string): string | undefined {
  const section = page.split(/^### /m).find((part) => part.startsWith(`\`${code}\`\n`));
  return /^```text\n([^]*?)\n```$/m.exec(section ?? "")?.[1];
}

/** A message ends in the line of the declaration where it is known; the examples leave it out. */
const withoutLines = (message: string): string => message.replace(/ \(test\/(?:docs|support)\/[^)]*\)/g, "");

test("the page has every code once and no other", () => {
  const headings = [...page.matchAll(/^### `([^`]+)`$/gm)].map((match) => match[1] as string);
  const source = readFileSync(join(__dirname, "../../domain/errors.ts"), "utf8");
  const union = /export type ErrorCode =([^;]*);/.exec(source)?.[1] ?? "";
  const declared = [...union.matchAll(/"([^"]+)"/g)].map((match) => match[1] as string);
  expect(declared.length).toBeGreaterThan(40);
  expect([...headings].sort()).toEqual([...declared].sort());
});

test.each(codes)("the example of %s is what Ambit says", (code) => {
  const { code: given, message } = refusal(REFUSALS[code]);
  expect({ code: given, message: withoutLines(message) }).toEqual({ code, message: exampleOf(code) });
});
