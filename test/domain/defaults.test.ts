import { Approval, Dataset, Delegation, LIMITS, Order, Tool, Ttl, type ToolAction } from "../../domain";
import { agentOf, bucket, httpTool, taskOf, toolWith } from "../support/domain";

describe("limits", () => {
  test("their values", () => {
    const seconds = (value: unknown): unknown => {
      if (value instanceof Ttl) return value.seconds;
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, seconds(inner)]));
    };
    expect(seconds(LIMITS)).toEqual({
      taskTtl: { default: 900, ceiling: 3600 },
      approvalRequest: { default: 3600, ceiling: 86_400 },
      approvalDecision: { default: 300, ceiling: 900 },
      recentLogin: { default: 900, ceiling: 3600 },
      sessionIdle: { default: 1800, ceiling: 43_200 },
      sessionTotal: { default: 28_800, ceiling: 43_200 },
      delegationDepth: { default: 1, ceiling: 3 },
      budgets: { ceiling: 32 },
      orders: { ceiling: 16 },
      namedActions: { ceiling: 64 },
      observeDays: { ceiling: 90 },
      expiryDays: { ceiling: 365 },
      brokeredSession: 900,
      federatedSession: 3600,
      x509Svid: 3600,
      jwtSvid: 300,
      spireCa: 86_400,
      accessToken: 300,
      stream: 300,
      openAsked: 2,
      openCut: 15,
      startEvidence: 300,
      userEvidence: 3600,
      clockSkew: 60,
    });
  });
});

describe("agent", () => {
  const agent = agentOf();
  test("its service account has its name", () => expect(agent.serviceAccount).toBe("triage"));
  test("credentials are brokered", () => expect(agent.credentials).toBe("brokered"));
  test("isolation is dedicated", () => expect(agent.isolation).toBe("dedicated"));
  test("its memory is kept per user", () => expect(agent.memory).toBe("per-user"));
  test("it is not suspended", () => expect(agent.suspended).toBe(false));
  test("no client may start it", () => expect(agent.clients).toEqual([]));
  test("a session lasts 30 min idle and 8 h in total", () => {
    expect([agent.session.idle.seconds, agent.session.total.seconds]).toEqual([1800, 28_800]);
  });
  test("a session shorter than 30 min idles no longer than it lasts", () => {
    const { session } = agentOf({ session: { total: "10m" } });
    expect([session.idle.seconds, session.total.seconds]).toEqual([600, 600]);
  });
});

describe("task", () => {
  const task = taskOf();
  test("a run takes 15 min", () => expect(task.ttl.seconds).toBe(900));
  test("it grants nothing", () => {
    expect([task.tools, task.data, task.delegates, task.actions, task.awsData]).toEqual([[], [], [], [], []]);
  });
  test("approvals, budgets and orders are empty", () => {
    expect([task.approval, task.budgets, task.orders]).toEqual([undefined, [], []]);
  });
  test("everything is enforced", () => expect(task.observed).toBeUndefined());
});

describe("tool", () => {
  const url = "https://tool.example";
  const http = Tool.http("http", { url, clearance: "public", actions: { get: { method: "GET", path: "/" } } });
  const pin = `sha256:${"0".repeat(64)}`;
  const mcp = Tool.mcp("mcp", {
    url,
    clearance: "public",
    actions: { get: { tool: "get", pin }, look: { tool: "look", unpinned: { reason: "it is ours" }, readOnly: true } },
  });
  const model = Tool.model("model", {
    url,
    api: "anthropic.messages",
    clearance: "public",
    actions: { ask: { model: "m-1", maxOutputTokens: 1_024 } },
  });

  test("output of HTTP and MCP is untrusted, of a model trusted", () => {
    expect([http, mcp, model].map((tool) => tool.untrustedOutput)).toEqual([true, true, false]);
  });
  test("it acts as the user", () => {
    expect([http, mcp, model].map((tool) => tool.actsAs)).toEqual(["user", "user", "user"]);
  });
  test("a service binds no parameter", () => {
    expect(httpTool("crm", { actsAs: { service: "reader" } }).actsAs).toEqual({ service: "reader", bind: {} });
  });
  test("MCP may use nothing besides tools", () => {
    expect([http, mcp, model].map((tool) => tool.capabilities)).toEqual([[], [], []]);
  });
  test("an address loses its last slash and keeps its path", () => {
    expect(httpTool("crm", { url: "https://CRM.acme.example/" }).url).toBe("https://crm.acme.example");
    expect(httpTool("crm", { url: "https://crm.acme.example:8443/v1/" })).toMatchObject({
      url: "https://crm.acme.example:8443/v1",
      host: "crm.acme.example:8443",
    });
  });

  const only = (tool: Tool): ToolAction => [...tool.actions.values()][0] as ToolAction;
  test("impact is low", () =>
    expect([http, mcp, model].map((tool) => only(tool).impact)).toEqual(["low", "low", "low"]));
  test("an action touches nothing", () => expect(only(http).touches).toEqual([]));
  test.each([
    ["GET", false],
    ["HEAD", false],
    ["OPTIONS", false],
    ["POST", true],
    ["PUT", true],
    ["PATCH", true],
    ["DELETE", true],
  ] as const)("%s writes: %s", (method, writes) => expect(only(toolWith({ method })).writes).toBe(writes));
  test("an MCP tool writes unless it is read-only; a model writes nothing", () => {
    expect([...mcp.actions.values(), only(model)].map((action) => action.writes)).toEqual([true, false, false]);
  });

  describe("outward", () => {
    const outward = (action: object, ownDomains: readonly string[]) => {
      const tool = toolWith(action);
      return tool.isOutward(only(tool), ownDomains);
    };
    test.each([
      ["a read outside", { method: "GET" }, [], false],
      ["a write outside", { method: "POST" }, [], true],
      ["a write at the own host", { method: "POST" }, ["crm.acme.example"], false],
      ["a write below an own domain", { method: "POST" }, ["acme.example"], false],
      ["a write at a domain that only ends alike", { method: "POST" }, ["cme.example"], true],
      ["a write at another domain", { method: "POST" }, ["acme.example.evil", "crm.acme"], true],
      ["a write said to stay inside", { method: "POST", outward: { is: false, reason: "notes only" } }, [], false],
      [
        "a read said to go outside",
        { method: "GET", outward: { is: true, reason: "a webhook" } },
        ["acme.example"],
        true,
      ],
    ])("%s: %#", (_what, action, ownDomains, expected) => expect(outward(action, ownDomains)).toBe(expected));
    test("an own host is own at any port", () => {
      const tool = httpTool("crm", {
        url: "https://crm.acme.example:8443",
        actions: { put: { method: "PUT", path: "/" } },
      });
      expect(tool.isOutward(only(tool), ["acme.example"])).toBe(false);
    });
    test("an MCP write outside is, a question to a model is not", () => {
      expect([mcp.isOutward(only(mcp), []), model.isOutward(only(model), [])]).toEqual([true, false]);
    });
  });
});

describe("controls", () => {
  test("an approval request waits 60 min, a decision is good for 5", () => {
    const approval = Approval.from("leads");
    expect(approval.people).toBe(1);
    expect([approval.requestOpen.seconds, approval.decisionGoodFor.seconds]).toEqual([3600, 300]);
  });
  test("an order looks at one run", () => {
    const crm = httpTool("crm", { actions: { get: { method: "GET", path: "/" }, put: { method: "PUT", path: "/" } } });
    expect(Order.of({ first: crm.allow("get"), then: crm.allow("put") }).within).toBe("run");
  });
});

describe("delegation", () => {
  const tools = [httpTool("crm", { clearance: "confidential" }).allow("get")];
  const data = [bucket("letters").read(), bucket("wiki").list()];
  const helper = agentOf({ tasks: { look: { startedBy: "delegation", tools, data, ttl: "7m" } } }, "helper");
  test("an edge is one hop and bounds no rights of the tasks on the way", () => {
    const { ceiling, target } = Delegation.to(helper, "look");
    expect(target).toBe("helper.look");
    expect(ceiling.depth).toBe(1);
    expect(ceiling.actions).toBe("any");
    expect(ceiling.data).toBe("any");
    expect(ceiling.sensitivity.name).toBe("confidential");
    expect(ceiling.ttl.seconds).toBe(420);
  });
});

test("no kind of dataset is untrusted, unless it says so", () => {
  const sensitivity = "internal";
  const made = (more: { readonly untrusted?: boolean }) => [
    Dataset.bucket("data", { bucket: "data", prefix: "in/", sensitivity, ...more }),
    Dataset.table("data", { table: "data", sensitivity, ...more }),
    Dataset.table("data", { table: "data", sensitivity, boundTo: "user", ...more }),
    Dataset.secret("data", { secret: "data", sensitivity, ...more }),
    Dataset.external("data", { sensitivity, ...more }),
  ];
  expect(made({}).map(({ untrusted }) => untrusted)).toEqual([false, false, false, false, false]);
  expect(made({ untrusted: true }).map(({ untrusted }) => untrusted)).toEqual([true, true, true, true, true]);
});
