import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleFiles, tarGz } from "../../../policies/bundle";

/** Agents that one pull request changes */
export const CHANGED = 20;

const AGENTS = "stacks/agents/cdk.tf.json";
const FOUNDATION = "stacks/foundation/cdk.tf.json";
const REGISTRY = "ambit/registry.json";
const POLICY = "ambit/policy.json";
const BUNDLE = "ambit/bundle.tar.gz";

/** JSON that is changed in place */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Editable = any;

/** A synthesized folder as a pull request leaves it: as synth would write it again, but for what is said here. */
class Edited {
  private readonly opened = new Map<string, Editable>();

  private constructor(private readonly folder: string) {}

  public static copyOf(base: string, head: string): Edited {
    cpSync(base, head, { recursive: true });
    return new Edited(head);
  }

  public json(path: string): Editable {
    const known = this.opened.get(path) ?? JSON.parse(readFileSync(join(this.folder, path), "utf8"));
    this.opened.set(path, known);
    return known;
  }

  public write(): void {
    for (const [path, json] of this.opened) {
      // Only what a person reads is indented.
      const text = path === POLICY ? JSON.stringify(json) : JSON.stringify(json, null, 2);
      writeFileSync(join(this.folder, path), text);
      if (path === POLICY) writeFileSync(join(this.folder, BUNDLE), tarGz(bundleFiles(text)));
    }
  }
}

interface Target {
  readonly edited: Edited;
  readonly name: string;
}

/** Ways in which an agent that has AWS data is given more, in turns */
const WIDENINGS: readonly ((target: Target) => void)[] = [widenAction, widenTrust, prolong, addTool];

/** @returns names of the agents that have more in `head` than in `base` */
export function widenAgents(base: string, head: string): readonly string[] {
  const edited = Edited.copyOf(base, head);
  const names = agentsWithAws(edited);
  const changed = Array.from(
    { length: CHANGED },
    (_, index) => names[Math.floor((index * names.length) / CHANGED)] as string,
  );
  for (const [index, name] of changed.entries()) WIDENINGS[index % WIDENINGS.length]?.({ edited, name });
  edited.write();
  return changed;
}

/**
 * Every agent with AWS data gains by it: its role does not say in which region it may be used.
 *
 * @returns their names
 */
export function widenBoundary(base: string, head: string): readonly string[] {
  const edited = Edited.copyOf(base, head);
  const [boundary] = Object.values(edited.json(FOUNDATION).resource.aws_iam_policy as Editable);
  const { Statement: statements, ...rest } = JSON.parse((boundary as Editable).policy) as Editable;
  const kept = statements.filter(({ Sid: sid }: Editable) => sid !== "OtherRegions");
  (boundary as Editable).policy = JSON.stringify({ ...rest, Statement: kept });
  edited.write();
  return agentsWithAws(edited);
}

function agentsWithAws(edited: Edited): readonly string[] {
  return Object.entries(edited.json(REGISTRY).agents as Editable)
    .filter(([, agent]) => (agent as Editable).tasks.recall.aws !== undefined)
    .map(([name]) => name);
}

function widenAction({ edited, name }: Target): void {
  const wider = (text: string): string => text.replace('"s3:GetObject"', '["s3:GetObject","s3:PutObject"]');
  const access = resource(edited, "aws_iam_role_policy", `${name}_Role_Access_`);
  access.policy = wider(access.policy as string);
  const { aws } = edited.json(REGISTRY).agents[name].tasks.answer;
  aws.sessionPolicy = wider(aws.sessionPolicy as string);
}

function widenTrust({ edited, name }: Target): void {
  const role = resource(edited, "aws_iam_role", `${name}_Role_`);
  role.assume_role_policy = (role.assume_role_policy as string).replaceAll("ambit-prod-exchange", "*");
}

function prolong({ edited, name }: Target): void {
  resource(edited, "aws_iam_role", `${name}_Role_`).max_session_duration = 43_200;
  const { [name]: agent } = edited.json(REGISTRY).agents;
  agent.tasks.answer.ttlSeconds = 3_600;
  edited.json(POLICY).agents[agent.spiffeId].tasks.answer.ttlSeconds = 3_600;
}

function addTool({ edited, name }: Target): void {
  const { [name]: agent } = edited.json(REGISTRY).agents;
  agent.tasks.recall.tools.desk.push("comment");
  edited.json(POLICY).agents[agent.spiffeId].tasks.recall.actions["desk.comment"] = true;
}

function resource(edited: Edited, type: string, start: string): Editable {
  const [, found] =
    Object.entries(edited.json(AGENTS).resource[type] as Editable).find(([name]) => name.startsWith(start)) ?? [];
  if (found === undefined) throw new Error(`the fleet of the bench has no ${type} whose name begins with ${start}`);
  return found;
}
