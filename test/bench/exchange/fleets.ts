import { policyTextOf } from "../../../constructs/platform/documents";
import { registryDocument } from "../../../constructs/agent/fleet-documents";
import { developmentDocument } from "../../../cli/dev/development-registry";
import { registryJson, TrustDomain } from "../../../domain";
import { fleet as exampleFleet } from "../../../fleet";
import { facts as exampleFacts } from "../../../fleet/platform";
import type { FleetDocument } from "../../../runtime/registry/fleet-view";
import { benchAgents } from "../facts";
import { benchFleet, benchPlatform } from "../fleet";

/** A fleet, and the agent of it that asks */
export interface AskingFleet {
  readonly trustDomain: string;
  readonly agent: string;
  readonly spiffeId: string;
  readonly task: string;
  readonly tool: string;
  /** What synth writes, with whose tokens start its tasks here */
  document(userIssuer: string, starterIssuer: string): FleetDocument;
}

/** The example fleet */
export function example(): AskingFleet {
  const agent = "support-triage";
  const { trustDomain } = exampleFacts;
  const declared = exampleFleet.agents.find(({ name }) => name === agent);
  if (declared === undefined) throw new Error(`the example fleet has no ${agent}`);
  return {
    trustDomain,
    agent,
    spiffeId: `${declared.spiffeId(TrustDomain.of(trustDomain, "example platform"))}`,
    task: "answer",
    tool: "zendesk",
    document: developmentDocument,
  };
}

/** So many agents, as the other benches declare them; one in the middle asks, without AWS data in every fleet. */
export function fleetOf(agents: number): AskingFleet {
  const fleet = benchFleet(benchAgents(agents));
  const platform = benchPlatform(agents);
  const asking = fleet.agents[Math.floor(agents / 2) + 1];
  if (asking === undefined) throw new Error(`a fleet must have at least 3 agents, got ${agents}`);
  return {
    trustDomain: platform.trustDomain.name,
    agent: asking.name,
    spiffeId: `${asking.spiffeId(platform.trustDomain)}`,
    task: "answer",
    tool: "desk",
    document: (userIssuer) => {
      const registry = JSON.parse(registryJson(registryDocument({ platform, fleet }))) as { trust: object };
      const issuers = [{ issuer: userIssuer, jwksUri: `${userIssuer}/keys`, algorithms: ["ES256"] }];
      return {
        registry: { ...registry, trust: { ...registry.trust, issuers } },
        policy: JSON.parse(policyTextOf(platform, fleet)),
      };
    },
  };
}
