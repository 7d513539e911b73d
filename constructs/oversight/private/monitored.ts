import { type AgentDeclaration, didYouMean, type Fleet, onlyKnown, refuse, shown } from "../../../domain";
import { alarmActions } from "../../platform/alarm-topic";
import type { AgentMonitoringProps, KillingAlarm } from "../agent-monitoring";
import { type UsualHours, WEEKDAYS } from "../usual-hours";
import { CLOUDWATCH, MONITORING_CODE } from "./cloudwatch-limits";

export interface HoursOfTask extends Required<UsualHours> {
  readonly agent: string;
  readonly task: string;
}

/** Checked properties of the monitoring */
export interface Monitored {
  readonly agents: readonly AgentDeclaration[];
  readonly actions: readonly string[];
  readonly refusals: number;
  readonly budgetShare: number;
  readonly expected: ReadonlyMap<string, number>;
  readonly usualHours: readonly HoursOfTask[];
  readonly kills: ReadonlySet<KillingAlarm>;
}

const PROPERTIES = [
  "fleet",
  "agents",
  "alarmTopic",
  "refusals",
  "budgetShare",
  "expected",
  "usualHours",
  "kills",
  "killSwitch",
  "after",
] as const satisfies readonly (keyof AgentMonitoringProps)[];

export const KILLING = ["refusals", "replays", "revoked", "hours"] as const satisfies readonly KillingAlarm[];
const HOUR = 3_600;
const MOST_HOURS = CLOUDWATCH.evaluationSeconds / HOUR;
const REFUSALS = 50;
const BUDGET_SHARE = 0.8;

/** @throws DeclarationError `monitoring.malformed`, `property.unknown`, naming the property */
export function monitored(fleet: Fleet, props: AgentMonitoringProps, region: string, where: string): Monitored {
  onlyKnown(props, PROPERTIES, where);
  const { refusals = REFUSALS, budgetShare = BUDGET_SHARE, kills = [], expected = {}, usualHours = {} } = props;
  const refused = (what: string, got: unknown, fix: string): never =>
    refuse(MONITORING_CODE, where, `${what}, got ${shown(got)}: ${fix}`);
  const names = props.agents ?? fleet.agents.map(({ name }) => name);
  const agents = names.map((name) => agentOf(fleet, name, "agents", where));
  if (agents.length === 0) refused("agents must name one at least", [], "leave it out for all of the fleet");
  if (new Set(names).size < names.length) refused("agents must name each once", names, "take out the others");
  if (!Number.isSafeInteger(refusals) || refusals < 1)
    refused("refusals must be a whole number from 1 on", refusals, "write how many in five minutes are too many");
  if (!(budgetShare > 0 && budgetShare <= 1))
    refused("budgetShare must be above 0 and 1 at most", budgetShare, "write 0.8 for four fifths");
  const odd = kills.find((alarm) => !KILLING.includes(alarm));
  if (odd !== undefined)
    refused(`kills must be among ${KILLING.join(", ")}`, odd, "only these are caused by one agent");
  if (kills.length > 0 && props.killSwitch === undefined)
    refused("kills needs a kill switch", "none", "write killSwitch: true into the platform");
  for (const [name, hours] of Object.entries(expected)) {
    if (!agents.includes(agentOf(fleet, name, "expected", where)))
      refused("expected must name agents that are monitored", name, "add it to agents");
    if (!Number.isSafeInteger(hours) || hours < 1 || hours > MOST_HOURS)
      refused(`expected must be whole hours from 1 to ${MOST_HOURS}`, hours, "CloudWatch looks back no further");
  }
  const hours = Object.entries(usualHours).map(([name, each]) => hoursOf(fleet, name, each, where));
  const strange = hours.find(({ agent }) => !names.includes(agent));
  if (strange !== undefined)
    refused("usualHours must be of agents that are monitored", strange.agent, "add it to agents");
  return {
    agents,
    actions: alarmActions(props.alarmTopic, { where, code: MONITORING_CODE, region }),
    refusals,
    budgetShare,
    expected: new Map(Object.entries(expected)),
    usualHours: hours,
    kills: new Set(kills),
  };
}

function agentOf(fleet: Fleet, name: string, property: string, where: string): AgentDeclaration {
  const found = fleet.agents.find((agent) => agent.name === name);
  if (found !== undefined) return found;
  const hint = didYouMean(
    name,
    fleet.agents.map((agent) => agent.name),
  );
  return refuse(MONITORING_CODE, where, `${property} must name agents of the fleet, got ${shown(name)}${hint}`);
}

function hoursOf(fleet: Fleet, name: string, hours: UsualHours, where: string): HoursOfTask {
  const [agent = "", task = "", ...more] = name.split(".");
  const declared = agentOf(fleet, agent, "usualHours", where);
  if (!declared.tasks.has(task) || more.length > 0) {
    const hint = didYouMean(task, [...declared.tasks.keys()]);
    refuse(MONITORING_CODE, where, `usualHours must be by <agent>.<task>, got ${shown(name)}${hint}`);
  }
  onlyKnown(hours, ["from", "to", "days"], `${where}.usualHours.${name}`);
  const { from, to, days = WEEKDAYS } = hours;
  const isHour = (hour: number, first: number): boolean =>
    Number.isInteger(hour) && hour >= first && hour <= first + 23;
  if (!isHour(from, 0) || !isHour(to, 1) || from >= to) {
    const what = `usualHours of ${name} must begin at 0 to 23 and end later, at 24 at most`;
    refuse(MONITORING_CODE, where, `${what}, got ${shown({ from, to })}: write hours of UTC`);
  }
  const odd = days.find((day) => !WEEKDAYS.includes(day));
  if (odd !== undefined || days.length === 0) {
    const what = `days of usualHours of ${name} must be among ${WEEKDAYS.join(", ")}`;
    refuse(MONITORING_CODE, where, `${what}, got ${shown(odd ?? [])}: leave days out for all`);
  }
  if (from === 0 && to === 24 && days.length === WEEKDAYS.length) {
    refuse(MONITORING_CODE, where, `usualHours of ${name} must leave out some time, got all of it: leave it out`);
  }
  return { agent, task, from, to, days };
}
