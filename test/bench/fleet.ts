import { Agent, type AgentClass } from "../../constructs/agent/agent";
import { Dataset, fixedClock, Fleet, Platform, Tool } from "../../constructs";
import { type BenchAgent, FACTS } from "./facts";

/** The platform of the bench, with room in the account for as many roles as agents. */
export function benchPlatform(count: number): Platform {
  return new Platform({
    name: FACTS.platform,
    trustDomain: "bench.acme.example",
    issuer: "https://oidc.bench.acme.example",
    domains: ["acme.example"],
    aws: {
      account: FACTS.account,
      region: FACTS.region,
      network: {
        vpc: FACTS.vpc,
        endpointSubnets: FACTS.endpointCidrs.map((cidr, index) => ({ id: `subnet-0a1b2c3d4e5f6071${index}`, cidr })),
        podCidrs: ["10.0.64.0/18"],
      },
      quotas: { roles: Math.max(1_000, count) },
    },
    cluster: {
      name: "bench",
      endpoint: FACTS.cluster,
      certificateAuthority: Buffer.from(FACTS.certificate).toString("base64"),
      oidcIssuer: "https://oidc.eks.eu-central-1.amazonaws.com/id/BENCH",
      nodes: 100,
      nodeCidrs: ["10.0.32.0/20"],
      apiServerCidrs: ["10.0.0.0/24"],
    },
    approvers: ["leads"],
    issuers: [{ issuer: "https://login.acme.example", jwksUri: "https://login.acme.example/keys" }],
    clock: fixedClock("2026-12-01"),
  });
}

/** Declares every agent as a user would, but for the loop. */
export function benchFleet(agents: readonly BenchAgent[]): Fleet<AgentClass> {
  const tickets = Dataset.external("tickets", { sensitivity: "confidential", untrusted: true });
  const conversations = Dataset.table("conversations", {
    table: FACTS.table,
    key: FACTS.key,
    boundTo: "user",
    sensitivity: "confidential",
    untrusted: true,
  });
  const desk = Tool.http("desk", {
    url: "https://desk.acme.example",
    clearance: "confidential",
    actsAs: "user",
    actions: {
      read: { method: "GET", path: "/tickets/{id}", touches: [tickets.read()] },
      comment: { method: "PUT", path: "/tickets/{id}", touches: [tickets.write()] },
    },
  });
  const model = Tool.model("model", {
    url: "https://llm.acme.example",
    clearance: "confidential",
    actsAs: { service: "model-gateway" },
    api: "anthropic.messages",
    actions: { ask: { model: "bench-1", maxOutputTokens: 4_096 } },
  });
  const members = agents.map(({ name, namespace, hasAwsData }) => {
    const notes = hasAwsData
      ? Dataset.bucket(`notes-${name}`, {
          bucket: FACTS.bucket,
          prefix: `${name}/`,
          key: FACTS.key,
          sensitivity: "confidential",
        })
      : undefined;
    return Agent.define(name, {
      owner: FACTS.owner,
      purpose: "Stands for an agent in the bench",
      expires: FACTS.expires,
      workload: { namespace },
      tasks: {
        answer: {
          startedBy: "user",
          tools: [desk.allow("read", "comment"), model.allow("ask")],
          data: [tickets.readWrite(), ...(notes === undefined ? [] : [notes.read()])],
        },
        recall: {
          startedBy: ["user", "delegation"],
          tools: [desk.allow("read"), model.allow("ask")],
          data: [tickets.read(), ...(notes === undefined ? [] : [conversations.readWrite()])],
        },
      },
    });
  });
  return Fleet.of(...members);
}
