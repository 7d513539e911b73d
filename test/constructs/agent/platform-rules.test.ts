import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import {
  Agent,
  Approval,
  Dataset,
  Fleet,
  type IsoDate,
  Platform,
  type PlatformProps,
  Serve,
  Tool,
} from "../../../constructs";
import { checkFleetAgainstPlatform } from "../../../constructs/agent/platform-rules";
import { facts } from "../../../fleet/platform";
import { define, pages, specWith } from "../../support/agents";
import { sketched } from "../../support/sketched-fleet";
import { newStack, platformWith, Template } from "../../support/synth";

const withData = () => ({ tasks: { read: { startedBy: "user" as const, data: [pages.read()] } } });

test("an agent without AWS data needs no network to AWS", () => {
  const platform = platformWith({ aws: { account: "111122223333", region: "eu-central-1" } });
  const stack = newStack(platform);
  new Agent(stack, "small", specWith());
  expect(Template.of(stack).all(NetworkPolicyV1)).toHaveLength(1);
});

test("fails when an agent has AWS data and the platform names no way to AWS", () => {
  const platform = platformWith({ aws: { account: "111122223333", region: "eu-central-1" } });
  expect(() => new Agent(newStack(platform), "small", specWith(withData()))).toThrow(
    'agent "small": it has AWS data, and the platform names no way to reach AWS: ' +
      "write the VPC and its endpoint subnets into aws.network, or aws.network.none with a reason",
  );
});

test("fails when a way in has a host of its own, and the platform has no listener for users", () => {
  const serves = Serve.http({
    port: 8_080,
    paths: ["/"],
    tasks: ["look"],
    host: "desk.acme.example",
    sensitivity: "internal",
    clearance: "confidential",
  });
  const { userListener, ...without } = facts;
  const made = (platform: Platform) => () => new Agent(newStack(platform), "small", specWith({ serves }));
  expect(made(new Platform(without))).toThrow(
    'agent "small": way in "http" has host "desk.acme.example", and the platform has no userListener at which users reach it: ' +
      "write userListener, or leave host out",
  );
  expect(made(platformWith({ userListener: userListener as NonNullable<typeof userListener> }))).not.toThrow();
});

test("fails when an agent expires more than a year ahead", () => {
  expect(() => new Agent(newStack(), "small", specWith({ expires: "2027-12-02" }))).toThrow(
    'agent "small": expires must be at most 365 days ahead, got 2027-12-02 (366 days): renew it once a year',
  );
  expect(() => new Agent(newStack(), "small", specWith({ expires: "2027-12-01" }))).not.toThrow();
});

test("fails when a task would only observe for more than 90 days", () => {
  const observing = (until: IsoDate) => {
    const look = { startedBy: "user", enforcement: { observe: { until, reason: "a trial" } } } as const;
    return () => new Agent(newStack(), "small", specWith({ tasks: { look } }));
  };
  expect(observing("2027-03-02")).toThrow(
    'agent "small": task "look": enforcement.observe.until must be at most 90 days ahead, got 2027-03-02 (91 days): ' +
      "enforce it then, or look again",
  );
  expect(observing("2027-03-01")).not.toThrow();
});

test("fails when what starts itself is seen outside, after untrusted output that its agent has read", () => {
  const board = (url: string) =>
    Tool.http("board", {
      url,
      clearance: "public",
      untrustedOutput: false,
      actsAs: { service: "board" },
      actions: { post: { method: "POST", path: "/" } },
    });
  const built = (url: string) => () =>
    new Agent(
      newStack(),
      "small",
      specWith({ tasks: { ...specWith().tasks, tell: { startedBy: "agent", tools: [board(url).allow("post")] } } }),
    );
  expect(built("https://board.example")).toThrow(
    'agent "small": task "tell" is startedBy "agent", and small.tell could never again call board.post, which is outward, ' +
      "once untrusted output is read (notes.read in small.look, held by small when it starts itself): ask for approval, " +
      "move it to an agent of its own, or start it by schedule or event",
  );
  expect(built("https://board.acme.example")).not.toThrow();
});

test("fails when what starts itself is seen outside, after untrusted output that an agent which hands work to it has read", () => {
  const fleetOf = (web: readonly string[]) =>
    sketched({
      clerk: { tasks: { tell: { startedBy: ["agent", "delegation"], has: ["board.post"] } } },
      lead: { tasks: { ask: { startedBy: ["user"], has: web, delegates: [{ to: "clerk.tell" }] } } },
    });
  expect(() => checkFleetAgainstPlatform(fleetOf(["web"]), platformWith())).toThrow(
    'agent "clerk": task "tell" is startedBy "agent", and clerk.tell could never again call board.post, which is outward, ' +
      "once untrusted output is read (web.get in lead.ask, held by clerk when it starts itself)",
  );
  expect(() => checkFleetAgainstPlatform(fleetOf([]), platformWith())).not.toThrow();
});

test("fails when a federated agent may know untrusted output and is seen outside", () => {
  const board = (url: string) =>
    Tool.http("board", {
      url,
      clearance: "public",
      untrustedOutput: false,
      actsAs: { service: "board" },
      actions: { post: { method: "POST", path: "/" } },
    });
  const crawled = Dataset.bucket("crawled", {
    bucket: "acme-web",
    prefix: "in/",
    sensitivity: "public",
    untrusted: true,
  });
  const built = (url: string) => () =>
    new Agent(
      newStack(),
      "small",
      specWith({
        credentials: { federated: "oidc" },
        tasks: {
          crawl: { startedBy: "schedule", data: [crawled.read()] },
          tell: { startedBy: "event", tools: [board(url).allow("post")] },
        },
      }),
    );
  expect(built("https://board.example")).toThrow(
    'agent "small": credentials { federated: "oidc" } allow no outward action (board.post of task "tell") where untrusted ' +
      'output may be known (crawled in small.crawl, remembered by small): use "brokered", or move the task to another agent',
  );
  expect(built("https://board.acme.example")).not.toThrow();
});

describe("an approval of confidential data", () => {
  const asking = (approvers: PlatformProps["approvers"]) => () => {
    const tickets = Dataset.external("tickets", { sensitivity: "confidential" });
    const desk = Tool.http("desk", {
      url: "https://desk.acme.example",
      clearance: "confidential",
      actions: { read: { method: "GET", path: "/tickets", touches: [tickets.read()] } },
    });
    const look = {
      startedBy: "user" as const,
      tools: [desk.allow("read")],
      data: [tickets.read()],
      approval: Approval.from("leads"),
    };
    return new Agent(newStack(platformWith({ approvers })), "small", specWith({ tasks: { look } }));
  };

  test("is asked of a group that is cleared for it", () => {
    expect(asking({ leads: { clearance: "confidential" } })).not.toThrow();
    expect(asking({ leads: { clearance: "restricted" } })).not.toThrow();
  });

  test("fails when the group is cleared for less, or is in a list", () => {
    const message = /asks "leads" for approval, which is cleared for internal, and works on tickets \(confidential\)/;
    expect(asking({ leads: { clearance: "internal" } })).toThrow(message);
    expect(asking(["leads"])).toThrow(message);
  });
});

test("fails when an approval asks a group that the platform does not know, and says where it was declared", () => {
  const Asking = define("asking", {
    tasks: { look: { ...specWith().tasks.look, startedBy: "user", approval: Approval.from("unknown") } },
  });
  expect(() => new Asking(newStack())).toThrow(
    /^agent "asking": task "look" asks "unknown" for approval, which is no approver group of the platform \(support-leads, finance-controllers\): add it to approvers, or name one of them \(test\/support\/agents\.ts:\d+\)$/,
  );
});

test.each([
  ["user", { issuers: [] }, "issuer whose tokens prove that: add it to issuers, or take user out of startedBy"],
  ["schedule", { starters: [] }, "starter for schedule: add it to starters, or take schedule out of startedBy"],
  [
    "event",
    {
      starters: [{ issuer: "https://cron.acme.example", jwksUri: "https://cron.acme.example/k", starts: ["schedule"] }],
    },
    "starter for event: add it to starters, or take event out of startedBy",
  ],
] as const)(
  "fails when a task is started by %s, and the platform trusts no evidence of it",
  (start, changes, message) => {
    const small = (platform: Platform) => () =>
      new Agent(newStack(platform), "small", specWith({ tasks: { read: { startedBy: start } } }));
    const sentence = `agent "small": task "read" is started by ${start}, and the platform names no ${message}`;
    expect(small(platformWith(changes))).toThrow(sentence);
    expect(small(platformWith())).not.toThrow();
  },
);

test("a task started by delegation, or by the agent itself, needs no issuer", () => {
  const spec = specWith({ tasks: { read: { startedBy: ["delegation", "agent"] } } });
  expect(() => new Agent(newStack(platformWith({ issuers: [], starters: [] })), "small", spec)).not.toThrow();
});

test("fails when the fleet needs more roles than the account allows", () => {
  const platform = platformWith({
    aws: { account: "111122223333", region: "eu-central-1", quotas: { roles: 1 } },
  });
  const fleet = Fleet.of(define("first", withData()), define("second", withData()));
  expect(() => checkFleetAgainstPlatform(fleet, platform)).toThrow(
    "fleet: the fleet needs 2 IAM roles, the account allows 1: " +
      "raise the quota at AWS and aws.quotas.roles, or use a second account",
  );
  expect(() => checkFleetAgainstPlatform(Fleet.of(define("only", withData())), platform)).not.toThrow();
});

test("fails when data belongs to an account the platform does not name", () => {
  const foreign = Dataset.bucket("foreign", {
    bucket: "other-org",
    prefix: "in/",
    account: "999900001111",
    sensitivity: "internal",
  });
  const spec = specWith({ tasks: { read: { startedBy: "user", data: [foreign.read()] } } });
  expect(() => new Agent(newStack(), "small", spec)).toThrow(
    'dataset "foreign": account 999900001111 is not one of the platform\'s (111122223333, 444455556666): ' +
      "add it to the platform's aws.dataAccounts, or correct the dataset's account",
  );
});

test("fails when a key is in another region than its data, naming the dataset", () => {
  const key = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000001";
  const far = Dataset.bucket("far", { bucket: "acme-far", prefix: "in/", key, sensitivity: "internal" });
  const spec = specWith({ tasks: { read: { startedBy: "user", data: [far.read()] } } });
  expect(() => new Agent(newStack(), "small", spec)).toThrow(
    'dataset "far": keyArn must be the ARN of a key in eu-central-1 such as "arn:aws:kms:eu-central-1:…:key/…", ' +
      `got "${key}"`,
  );
});
