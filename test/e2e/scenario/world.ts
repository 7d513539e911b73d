import { type Control, controlChecks } from "../cluster/control-checks";
import { frontAuthority } from "../cluster/aws/front";
import type { AwsAccount } from "../cluster/aws/account";
import type { OneNode } from "../cluster/one-node";
import { type UsersPlace, usersPlace } from "../cluster/user-checks";
import type { AgentCode } from "../cluster/agent/code";
import { agentWorld, nodeWorld } from "../cluster/world";
import type { Check, Suite } from "../harness/suite";
import { storyAgent } from "./agent/code";
import { storyApp } from "./fleet/story-app";
import { Desk } from "./people/desk";
import { storyTools } from "./tools";

/** A node, and on it everything that is rendered, in the account that Terraform made */
export interface StoryWorld extends Control {
  readonly node: Check<OneNode>;
  /** Name of the pod of `support-triage` */
  readonly serving: Check<string>;
  readonly place: Check<UsersPlace>;
  /** At which users click, on the machine */
  readonly desk: Desk;
  /** Of agents whose pods are rendered */
  readonly code: AgentCode;
}

/** @param account told of once the node and its agents run, as it is made beside them */
export function storyWorld(suite: Suite, account: () => Check<AwsAccount>): StoryWorld {
  const authority = frontAuthority();
  const desk = new Desk();
  const code = storyAgent(authority.cert);
  const { node, ...rest } = nodeWorld(suite);
  const serving = agentWorld(suite, { node, ...rest }, { code, app: storyApp });
  const props = { aws: account(), tools: storyTools(desk), authority, app: storyApp };
  const control = controlChecks(suite, node, serving, props);
  return { ...control, code, desk, node, serving, place: usersPlace(suite, node, control.gateway, serving) };
}
