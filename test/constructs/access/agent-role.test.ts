import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { AgentSpec } from "../../../constructs";
import { agentTrust } from "../../../constructs/access/agent-trust";
import { AgentRole } from "../../../constructs/access/agent-role";
import { AgentDeclaration, type Task } from "../../../domain";
import { ownRows, pages, rows, sealed, specWith, userRows } from "../../support/agents";
import { declaredGrants, grantedBy } from "../../support/declared-access";
import { newStack, platformWith, statementsOf, Template } from "../../support/synth";

const SCOPE = ["aws:SourceVpc", "aws:ResourceAccount"];
const EXPIRY = { DateLessThan: { "aws:CurrentTime": "2027-06-30T00:00:00Z" } };
const ANCHOR = "arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/0a0a0a0a-0000-4000-8000-000000000001";

function agentWith(changes: Partial<AgentSpec>): AgentDeclaration {
  return new AgentDeclaration("reader", specWith(changes));
}

function roleOf(agent: AgentDeclaration, platform = platformWith()): Template {
  const stack = newStack(platform);
  const tasks = [...agent.tasks.values()] as [Task, ...Task[]];
  new AgentRole(stack, "Role", { agent, tasks, suspended: false });
  return Template.of(stack);
}

const tasks = {
  read: { startedBy: "user", data: [pages.read(), pages.list(), sealed.readWrite()] },
  write: { startedBy: "user", data: [rows.write(), ownRows.delete()] },
  own: { startedBy: "user", data: [userRows.readWrite()] },
} as const satisfies AgentSpec["tasks"];

test("a role is named after platform and agent, below the path the exchange may use, for the shortest maximum", () => {
  const role = roleOf(agentWith({ tasks })).only(IamRole);
  expect(role).toMatchObject({
    name: "prod.reader",
    path: "/ambit/agents/prod/",
    max_session_duration: 3600,
    permissions_boundary: "arn:aws:iam::111122223333:policy/ambit/platform/prod.agent-boundary",
    tags: { "ambit.internal/agent": "reader", "ambit:owner": "team@acme.example" },
  });
});

test("a long name keeps its beginning and gets a hash, so that two long names differ", () => {
  const name = (suffix: string) =>
    platformWith({ name: "a-rather-long-platform" }).agentRoleName(
      new AgentDeclaration(`an-agent-with-a-name-that-fills-the-limit-${suffix}`, specWith()),
      agentWith({}).tasks.get("look") as Task,
    );
  expect(name("one")).toHaveLength(64);
  expect(name("one")).toMatch(/^a-rather-long-platform\.an-agent-with-a-name-that-fills--[0-9a-f]{8}$/);
  expect(name("one")).not.toBe(name("two"));
});

test("a role grants the union of its tasks, and nothing else", () => {
  const agent = agentWith({ tasks });
  const expected = [...new Set([...agent.tasks.values()].flatMap((task) => declaredGrants(agent, task)))].sort();
  expect(grantedBy(statementsOf(roleOf(agent).only(IamRolePolicy).policy), SCOPE)).toEqual(expected);
});

test("a task that only writes to a table does not read through what a write returns", () => {
  const agent = agentWith({ tasks: { write: { startedBy: "user", data: [rows.write()] } } });
  const [statement] = statementsOf(roleOf(agent).only(IamRolePolicy).policy).filter(({ Action }) =>
    [Action].flat().includes("dynamodb:PutItem"),
  );
  expect(statement?.Condition?.StringEqualsIfExists).toEqual({ "dynamodb:ReturnValues": "NONE" });
});

test("on a platform with endpoints, grants are for its network and the data's account", () => {
  const agent = agentWith({ tasks: { read: { startedBy: "user", data: [pages.read()] } } });
  const { network } = platformWith();
  const [statement] = statementsOf(roleOf(agent).only(IamRolePolicy).policy);
  const vpc = network.kind === "vpc" ? network.vpc : "none";
  expect(statement?.Condition).toEqual({
    StringEquals: { "aws:ResourceAccount": "111122223333", "aws:SourceVpc": vpc },
  });
});

test("on a platform without endpoints, grants name no network but still the account", () => {
  const network = { none: { reason: "sandbox without VPC", egressCidrs: ["203.0.113.0/24"] } };
  const platform = platformWith({ aws: { account: "111122223333", region: "eu-central-1", network } });
  const agent = agentWith({ tasks: { read: { startedBy: "user", data: [pages.read()] } } });
  const [statement] = statementsOf(roleOf(agent, platform).only(IamRolePolicy).policy);
  expect(statement?.Condition).toEqual({ StringEquals: { "aws:ResourceAccount": "111122223333" } });
});

describe("trust", () => {
  test("of a brokered agent is the exchange, for this agent, until it expires", () => {
    const from = {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::111122223333:root" },
    };
    const exchange = { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-exchange" };
    const self = { ArnEquals: exchange, ...EXPIRY, StringEquals: { "sts:SourceIdentity": "reader" } };
    expect(statementsOf(roleOf(agentWith({ tasks })).only(IamRole).assume_role_policy)).toEqual([
      { ...from, Action: "sts:AssumeRole", Condition: self },
      { ...from, Action: "sts:SetSourceIdentity", Condition: self },
      {
        ...from,
        Action: "sts:TagSession",
        Condition: {
          ArnEquals: exchange,
          ...EXPIRY,
          "ForAllValues:StringEquals": {
            "aws:TagKeys": ["ambit-agent", "ambit-session", "ambit-task", "ambit-user"],
          },
          StringEquals: { "aws:RequestTag/ambit-agent": "reader" },
        },
      },
    ]);
  });

  const federatedTasks = { read: { startedBy: "schedule", data: [pages.read()] } } as const;

  test("of an agent federated by OIDC is its own JWT-SVID, subject and audience exact", () => {
    const agent = agentWith({ credentials: { federated: "oidc" }, tasks: federatedTasks });
    expect(agentTrust(agent, platformWith()).statements).toEqual([
      {
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/oidc.prod.acme.example" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          ...EXPIRY,
          StringEquals: {
            "oidc.prod.acme.example:aud": "sts.amazonaws.com",
            "oidc.prod.acme.example:sub": "spiffe://prod.acme.example/ns/apps/sa/reader",
          },
        },
      },
    ]);
  });

  test("of an agent federated by Roles Anywhere is its own X.509-SVID below the platform's anchor", () => {
    const agent = agentWith({ credentials: { federated: "roles-anywhere" }, tasks: federatedTasks });
    const platform = platformWith({
      aws: { account: "111122223333", region: "eu-central-1", rolesAnywhere: { trustAnchorArn: ANCHOR } },
    });
    expect(agentTrust(agent, platform).statements).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "rolesanywhere.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
        Condition: {
          ArnEquals: { "aws:SourceArn": ANCHOR },
          ...EXPIRY,
          StringEquals: { "aws:PrincipalTag/x509SAN/URI": "spiffe://prod.acme.example/ns/apps/sa/reader" },
        },
      },
    ]);
  });

  test("fails when Roles Anywhere has no anchor on this platform", () => {
    const agent = agentWith({ credentials: { federated: "roles-anywhere" }, tasks: federatedTasks });
    expect(() => agentTrust(agent, platformWith())).toThrow(
      'agent "reader": credentials { federated: "roles-anywhere" } need a trust anchor: ' +
        "write its ARN into the platform's aws.rolesAnywhere.trustAnchorArn",
    );
  });

  test("fails when it is longer than the account's quota", () => {
    const platform = platformWith({
      aws: { account: "111122223333", region: "eu-central-1", quotas: { trustPolicyCharacters: 500 } },
    });
    expect(() => agentTrust(agentWith({ tasks: federatedTasks }), platform)).toThrow(
      /^agent "reader": trust policy must be at most 500 characters, got \d+: shorten the platform's name, or raise aws\.quotas\.trustPolicyCharacters once AWS has raised the quota$/,
    );
  });
});
