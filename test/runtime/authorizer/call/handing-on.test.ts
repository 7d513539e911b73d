import type { Allowed } from "../../../../runtime/authorizer/call/spent-calls";
import { Denial } from "../../../../runtime/authorizer/denial";
import type { Intent } from "../../../../runtime/authorizer/call/intent";
import { AuthorizerWorld, CLERK } from "../../../support/authorizer-world";

const DELEGATE = "agent:reader";
const PENDING = { id: "handle", status: "pending", expires_at: 1_800_003_600, group: "leads" };

/** A request to a delegate, and what of it was asked for */
class Handing {
  public readonly read: boolean[] = [];

  constructor(public readonly world: AuthorizerWorld) {}

  public allowed(isWanted?: () => boolean): Promise<Allowed> {
    return this.world.authorizer.handOn(
      {
        certificate: "-",
        headers: [],
        delegate: DELEGATE,
        address: "10.0.64.7:7465",
        callOf: (isRead) => {
          this.read.push(isRead);
          return { action: "lookup", arguments: { body: isRead ? "find it" : "digest" } };
        },
        removeOf: (isRead) => (isRead ? ["x-odd"] : []),
        onlyAsks: false,
      },
      isWanted,
    );
  }

  public async told(isWanted?: () => boolean): Promise<string> {
    try {
      const { facts, address } = await this.allowed(isWanted);
      return `allowed ${facts.tool}.${facts.action} ${address}`;
    } catch (error) {
      if (error instanceof Denial) return `${error.error} ${error.codes.join()}`;
      throw error;
    }
  }
}

test("a request to a delegate is decided and written as a call of what stands for it", async () => {
  const handing = new Handing(new AuthorizerWorld());
  expect(await handing.told()).toBe("allowed agent:reader.lookup 10.0.64.7:7465");
  expect(handing.world.decided).toMatchObject([
    { agent: { spiffeId: CLERK }, call: { tool: DELEGATE, action: "lookup", destination: DELEGATE, data: [] } },
  ]);
  expect(handing.world.asked).toMatchObject([undefined, { versions: [1], revision: 7 }]);
  expect(handing.read).toEqual([false]);
});

test("a budget of all calls counts it", async () => {
  const world = new AuthorizerWorld();
  world.budgets = { "run:calls:all": { limit: 2, actions: "any" } };
  world.spent = { "run:calls:all": 1 };
  expect(await new Handing(world).told()).toContain("allowed");
  expect(world.asked.at(-1)).toMatchObject({ costs: { "run:calls:all": 1 } });
  expect(world.decided).toMatchObject([{ budgets: { "run:calls:all": { spent: 1, cost: 1 } } }]);
});

test("people are asked about it, with what it says, and nothing of it goes on that they do not see", async () => {
  const world = new AuthorizerWorld();
  world.approvers = "leads";
  world.accessRequest = PENDING;
  world.refusing = ({ approval }) => (approval === null ? ["approval.required"] : []);
  const handing = new Handing(world);
  expect(await handing.told()).toBe("approval_required approval.required");
  expect(handing.read).toEqual([true]);
  expect(world.steps).toEqual([
    { arguments: { body: "find it" } },
    { arguments: { body: "find it" }, ask: { versions: [1], revision: 7 } },
  ]);
  world.approval = {
    group: "leads",
    requestDigest: `sha256:${"1".repeat(64)}`,
    decidedBy: { issuer: "https://login.example", subject: "leo" },
    expiresAt: 1_800_000_300,
    spent: false,
  };
  expect((await handing.allowed()).remove).toEqual(["x-odd"]);
});

test("the intent evaluator is told what it says", async () => {
  const asked: unknown[] = [];
  const ask: Intent["evaluator"]["ask"] = async (question) => {
    asked.push(question);
    return { intent: { verdict: "allowed" } } as never;
  };
  const handing = new Handing(new AuthorizerWorld({ evaluator: { ask }, tellsArguments: true }));
  expect(await handing.told()).toContain("allowed");
  expect(asked).toMatchObject([{ tool: DELEGATE, action: "lookup", arguments: { body: "find it" } }]);
});

test.each(["run.revoked", "order.broken", "action.not-granted", "budget.spent", "intent.refused"] as const)(
  "fails for %s, and nothing is spent",
  async (code) => {
    const world = new AuthorizerWorld();
    world.refusing = () => [code];
    expect(await new Handing(world).told()).toBe(`access_denied ${code}`);
    expect(world.asked.filter((spend) => spend !== undefined)).toEqual([]);
  },
);

test("fails where what it says must be read and cannot be, and no person is asked", async () => {
  const world = new AuthorizerWorld();
  world.approvers = "leads";
  const request = {
    certificate: "-",
    headers: [],
    delegate: DELEGATE,
    address: "10.0.64.7:7465",
    callOf: () => {
      throw Denial.of("way.whole");
    },
    removeOf: () => [],
    onlyAsks: false,
  };
  await expect(world.authorizer.handOn(request)).rejects.toMatchObject({
    message: "way.whole",
    about: { agent: CLERK },
  });
  expect(world.steps).toEqual([]);
});

test("fails where the request was given up, and nothing is spent", async () => {
  const handing = new Handing(new AuthorizerWorld());
  expect(await handing.told(() => false)).toBe("temporarily_unavailable gateway.authorizer");
  expect(handing.world.asked).toEqual([]);
});
