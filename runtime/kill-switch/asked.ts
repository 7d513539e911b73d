import { z } from "zod";
import { KILL_KINDS, LONGEST_STOP_REASON } from "../../domain/kill-order";
import { isRecord } from "../../domain/is-record";
import { ATTRIBUTES } from "../../domain/telemetry-names";
import type { RoleOwner } from "./agent-roles";

/** What is to be stopped */
export type Asked = AskedOrder | AskedRole;

/** A role of an agent whose name its own does not tell: it is denied, and what else is to be stopped is for people to say */
export interface AskedRole {
  readonly role: string;
  readonly reason: string;
}

/** What is to be stopped, and why, in the words of the exchange's operator interface */
export interface AskedOrder {
  readonly order: Readonly<Record<string, unknown>> & { readonly kind: string; readonly reason: string };
  /** Name of the agent that is stopped; undefined if something else is */
  readonly agent: string | undefined;
  /** The agent's role names as a fallback, for when the exchange does not answer */
  readonly roles: readonly string[];
  /** Whether the caller waits for what comes of it; an event does not */
  readonly isWaiting: boolean;
}

/** An event that is no known request. One sentence with the reason. */
export class UnknownEvent extends Error {
  public override readonly name = "UnknownEvent";
}

/** IAM CreateRole, RoleName */
const ROLE = /^[\w+=,.@-]{1,64}$/;

const reason = z.string().min(1).max(LONGEST_STOP_REASON);
const ofCommand = z.union([
  z.strictObject({
    kind: z.enum(KILL_KINDS),
    id: z.string().min(1),
    reason,
    roles: z.array(z.string().regex(ROLE)).max(64).optional(),
  }),
  z.strictObject({
    kind: z.literal("user"),
    user: z.strictObject({ issuer: z.string().min(1), subject: z.string().min(1) }),
    reason,
  }),
]);

/** EventBridge event of GuardDuty (GuardDuty user guide, "Amazon GuardDuty finding format") */
const finding = z.object({
  source: z.literal("aws.guardduty"),
  detail: z.object({
    id: z.string(),
    type: z.string(),
    resource: z.object({
      accessKeyDetails: z.object({ userType: z.literal("AssumedRole"), userName: z.string().regex(ROLE) }),
    }),
  }),
});

/** An alarm of CloudWatch that calls the function (CloudWatch user guide, "Invoke a Lambda function from an alarm") */
const alarm = z.object({
  source: z.literal("aws.cloudwatch"),
  alarmData: z.object({
    alarmName: z.string(),
    state: z.object({ value: z.string() }),
    configuration: z.object({
      metrics: z.array(
        z.object({
          metricStat: z.object({ metric: z.object({ dimensions: z.record(z.string(), z.string()) }) }).optional(),
        }),
      ),
    }),
  }),
});

/** Dimensions of an alarm's metric that name the agent: of alarms of `AgentMonitoring`, and of any others */
const AGENT_DIMENSIONS = [ATTRIBUTES.agent, "Agent"] as const;

/**
 * What a command, a finding on an agent's role, or an alarm asks for; undefined if an alarm only says that all is well again
 *
 * @param ownerOf whose role of this name it is; undefined if it is no agent's
 * @throws UnknownEvent
 */
export function askedOf(event: unknown, ownerOf: (role: string) => RoleOwner | undefined): Asked | undefined {
  const source = isRecord(event) ? event.source : undefined;
  if (source === "aws.guardduty") return ofFinding(read(finding, event), ownerOf);
  if (source === "aws.cloudwatch") return ofAlarm(read(alarm, event));
  const { data } = ofCommand.safeParse(event);
  if (data === undefined) throw new UnknownEvent("it is no order, no finding of GuardDuty on a role, and no alarm");
  if (data.kind === "user") return { order: data, agent: undefined, roles: [], isWaiting: true };
  const { roles = [], ...order } = data;
  return { order, agent: data.kind === "agent" ? data.id : undefined, roles, isWaiting: true };
}

function ofFinding({ detail }: z.infer<typeof finding>, ownerOf: (role: string) => RoleOwner | undefined): Asked {
  const { userName: role } = detail.resource.accessKeyDetails;
  const owner = ownerOf(role);
  if (owner === undefined) throw new UnknownEvent(`the finding is about ${role}, which is the role of no agent`);
  const why = `GuardDuty ${detail.type}, finding ${detail.id}`;
  return owner.agent === undefined ? { role, reason: why } : byItself(owner.agent, why, [role]);
}

function ofAlarm({ alarmData }: z.infer<typeof alarm>): AskedOrder | undefined {
  const { alarmName, state, configuration } = alarmData;
  if (state.value !== "ALARM") return undefined;
  const agents = configuration.metrics.flatMap(({ metricStat }) =>
    AGENT_DIMENSIONS.flatMap((dimension) => metricStat?.metric.dimensions[dimension] ?? []),
  );
  const [agent, ...others] = [...new Set(agents)];
  if (agent === undefined || others.length > 0) {
    throw new UnknownEvent(`the metric of alarm ${alarmName} must name one agent in the dimension Agent`);
  }
  return byItself(agent, `CloudWatch alarm ${alarmName}`, []);
}

function byItself(agent: string, why: string, roles: readonly string[]): AskedOrder {
  return {
    order: { kind: "agent", id: agent, reason: why.slice(0, LONGEST_STOP_REASON) },
    agent,
    roles,
    isWaiting: false,
  };
}

function read<T>(schema: z.ZodType<T>, event: unknown): T {
  const { success, data } = schema.safeParse(event);
  if (success) return data;
  throw new UnknownEvent("it is not of the form that its source documents");
}
