import {
  Dataset,
  Fleet,
  rememberSource,
  Tool,
  type AgentDeclaration,
  type AgentSpec,
  type TaskSpec,
} from "../../domain";
import { agentOf, bucket, external, fails, httpTool, untyped } from "../support/domain";

const fleetOf = (...agents: readonly AgentDeclaration[]) => Fleet.of(...agents.map((declaration) => ({ declaration })));
const named =
  (...names: readonly string[]) =>
  () =>
    fleetOf(...names.map((name) => agentOf({}, name)));
const doing = (name: string, task: Partial<TaskSpec>) =>
  agentOf({ tasks: { go: { startedBy: "user", ...task } } }, name);

describe("names", () => {
  fails(
    "two agents have one name",
    named("triage", "triage"),
    "name.duplicate",
    'agent "triage": another agent has this name: "triage": rename one',
  );
  fails(
    "two names differ by a hyphen",
    named("support-triage", "supporttriage"),
    "name.confusable",
    'agent "supporttriage": the name differs from "support-triage" by hyphens only: rename one',
  );
  fails(
    "two names differ by where the hyphens are",
    named("a-bc", "ab-c"),
    "name.confusable",
    'agent "ab-c": the name differs from "a-bc" by hyphens only: rename one',
  );
  test("the order of the list does not change the refusal", () => {
    expect(named("supporttriage", "support-triage")).toThrow(
      'agent "supporttriage": the name differs from "support-triage"',
    );
  });
  test("fails when an agent is listed twice", () => {
    const agent = agentOf();
    expect(() => fleetOf(agent, agent)).toThrow('agent "triage": another agent has this name');
  });
  test("the lines of both declarations are named", () => {
    const declare = (name: string): AgentDeclaration => {
      const agent = agentOf({}, name);
      rememberSource(agent, declare);
      return agent;
    };
    const [first, second] = [declare("a-b"), declare("ab")];
    expect(() => fleetOf(first, second)).toThrow(
      /^agent "ab": the name differs from "a-b" \(test\/domain\/refusals-fleet\.test\.ts:\d+\) by hyphens only: rename one \(test\/domain\/refusals-fleet\.test\.ts:\d+\)$/,
    );
  });
});

describe("service accounts", () => {
  const at = (name: string, workload: AgentSpec["workload"]) => agentOf({ workload }, name);
  fails(
    "two agents have one service account",
    () =>
      fleetOf(
        at("helper", { namespace: "support", serviceAccount: "bot" }),
        at("triage", { namespace: "support", serviceAccount: "bot" }),
      ),
    "service-account.shared",
    'agent "triage": workload.serviceAccount "support/bot" already belongs to "helper": one service account is one agent',
  );
  fails(
    "an agent uses the service account that another has by default",
    () =>
      fleetOf(at("helper", { namespace: "support" }), at("triage", { namespace: "support", serviceAccount: "helper" })),
    "service-account.shared",
    'agent "triage": workload.serviceAccount "support/helper" already belongs to "helper": one service account is one agent',
  );
  test("one name in two namespaces is two service accounts", () => {
    const [one, two] = (["left", "right"] as const).map((namespace) =>
      at(namespace, { namespace, serviceAccount: "bot" }),
    );
    expect(fleetOf(one as AgentDeclaration, two as AgentDeclaration).members).toHaveLength(2);
  });
});

describe("tools and data", () => {
  const TWO = "two declarations have this name: declare it once and import it, or rename one";
  fails(
    "two tools have one name",
    () =>
      fleetOf(
        doing("aa", { tools: [httpTool("crm").allow("get")] }),
        doing("bb", { tools: [httpTool("crm").allow("get")] }),
      ),
    "name.duplicate",
    `tool "crm": ${TWO}`,
  );
  fails(
    "two datasets have one name",
    () =>
      fleetOf(doing("aa", { data: [external("orders").read()] }), doing("bb", { data: [external("orders").read()] })),
    "name.duplicate",
    `dataset "orders": ${TWO}`,
  );
  fails(
    "two datasets of different kinds have one name",
    () => fleetOf(doing("aa", { data: [external("orders").read(), bucket("orders").read()] })),
    "name.duplicate",
    `dataset "orders": ${TWO}`,
  );
  fails(
    "data that only an unused action touches has the name of other data",
    () => {
      const crm = httpTool("crm", {
        actions: {
          get: { method: "GET", path: "/" },
          dump: { method: "GET", path: "/all", touches: [external("orders").read()] },
        },
      });
      return fleetOf(doing("aa", { tools: [crm.allow("get")], data: [bucket("orders").read()] }));
    },
    "name.duplicate",
    `dataset "orders": ${TWO}`,
  );

  const orders = Dataset.external("orders", { sensitivity: "internal" });
  const behind = (name: string) =>
    httpTool(name, {
      actions: {
        get: { method: "GET", path: "/" },
        read: { method: "GET", path: "/orders", touches: [orders.read()] },
      },
    });
  const PARTED = "external data belongs to exactly one tool: declare a dataset for each";
  fails(
    "external data is behind two tools",
    () =>
      fleetOf(
        doing("aa", { tools: [behind("crm").allow("read"), behind("erp").allow("read")], data: [orders.read()] }),
      ),
    "dataset.two-tools",
    `dataset "orders": it is behind two tools, crm and erp: ${PARTED}`,
  );
  fails(
    "external data is behind two tools, of which one is used without it",
    () =>
      fleetOf(
        doing("aa", { tools: [behind("crm").allow("read")], data: [orders.read()] }),
        doing("bb", { tools: [behind("erp").allow("get")] }),
      ),
    "dataset.two-tools",
    `dataset "orders": it is behind two tools, crm and erp: ${PARTED}`,
  );
  test("one tool and one dataset serve several agents", () => {
    const crm = behind("crm");
    const pay = Tool.http("pay", {
      url: "https://pay.acme.example",
      clearance: "internal",
      actions: { get: { method: "GET", path: "/" } },
    });
    const fleet = fleetOf(
      doing("bb", { tools: [pay.allow("get"), crm.allow("read")], data: [orders.read()] }),
      doing("aa", { tools: [crm.allow("read", "get")], data: [orders.read()] }),
    );
    expect(fleet.agents.map(({ name }) => name)).toEqual(["aa", "bb"]);
    expect(fleet.tools).toEqual([crm, pay]);
    expect(fleet.datasets).toEqual([orders]);
  });
});

describe("entries", () => {
  const MUST = (entry: number) => `fleet: entry ${entry} must be an agent's class (Agent.define), got`;
  fails("an entry is missing", () => Fleet.of(untyped(undefined)), "fleet.malformed", `${MUST(1)} nothing`);
  fails("an entry is null", () => Fleet.of(untyped(null)), "fleet.malformed", `${MUST(1)} null`);
  fails(
    "an entry is the declaration itself",
    () => Fleet.of({ declaration: agentOf() }, untyped(agentOf())),
    "fleet.malformed",
    `${MUST(2)} an instance of AgentDeclaration`,
  );
  fails(
    "an entry is another class",
    () => Fleet.of(untyped(class Plain {})),
    "fleet.malformed",
    `${MUST(1)} the function Plain`,
  );
});
