import { own, Sensitivity } from "../../../domain";
import { isReading } from "../../../domain/dataset";
import { answersUntrusted, taints } from "../../../domain/registry/entries";
import { arrivesUntrusted } from "../../../domain/rules/arrival";
import { labelOf } from "../../reach/declared/side";
import { STARTERS, waysTo } from "../../reach/declared/agent-callers";
import { brief, type Registry, type RegistryAgent } from "../../reach/declared/registry";
import { accessOf, actionOf, reachOfAgent, type Work } from "../../reach/declared/work";
import type { Ability, StateCombination } from "../../review";

/** Declared abilities of an agent and its delegates that are dangerous together. A stopped agent has none. */
export function declaredCombinations(registry: Registry, name: string): readonly StateCombination[] {
  const agent = own(registry.agents, name);
  if (agent?.state !== "active") return [];
  const works = [...reachOfAgent(registry, name).works.values()].sort((a, b) => a.chain.length - b.chain.length);
  const starts = Object.keys(agent.tasks).sort();
  return starts.flatMap((start) => {
    const of = works.filter((work) => work.start === start);
    return [
      ...exfiltration(registry, agent, start, of),
      ...unapprovedHarm(registry, start, of),
      ...selfApproval(agent, of),
    ];
  });
}

/** An attacker who writes what the agent reads can make it send data to a place that the attacker sees: in one task or a chain. */
function exfiltration(
  registry: Registry,
  agent: RegistryAgent,
  start: string,
  works: readonly Work[],
): readonly StateCombination[] {
  const untrusted = untrustedIn(registry, agent, works);
  if (untrusted === undefined) return [];
  for (const level of Sensitivity.all.filter(({ isConfidential }) => isConfidential)) {
    const along = works.filter(({ carries }) => carries?.covers(level) ?? true);
    const read = first(along, (work) => readOf(registry, work, level));
    const seen = first(along, (work) => callOf(registry, work, ({ action }) => action.outward));
    if (read === undefined || seen === undefined) continue;
    const what = `in task ${start}, it reads untrusted output and ${level} data, and is seen outside`;
    const parts = [
      untrusted,
      part(read, `reads ${level} data: ${read.found}`, "data"),
      part(seen, `is seen outside: ${seen.found}`, "tools"),
    ];
    return [{ code: "exfiltration", what, parts }];
  }
  return [];
}

/** Where untrusted text enters: a tool's answer, a dataset, or a caller of the agent */
function untrustedIn(registry: Registry, agent: RegistryAgent, works: readonly Work[]): Ability | undefined {
  const called = first(works, (work) =>
    callOf(registry, work, ({ tool, action }) => answersUntrusted(registry, tool, action)),
  );
  if (called !== undefined) return part(called, `reads untrusted output of ${called.found}`, "tools");
  const data = first(works, (work) => untrustedDataOf(registry, work));
  if (data !== undefined) return part(data, `reads untrusted data: ${data.found}`, "data");
  // A delegate with untrusted callers is reported on its own.
  const [began] = works as readonly [Work];
  const sent = untrustedStartOf(agent, began);
  if (sent === undefined) return undefined;
  return part({ work: began, found: sent }, `gets untrusted input from ${sent}`, "startedBy");
}

/** The start that taints the task, by any way in that serves it */
function untrustedStartOf(agent: RegistryAgent, { start, task }: Work): string | undefined {
  const ways = waysTo(agent, start);
  const found = task.startedBy
    .filter((one) => one !== "agent")
    .find((one) => ways.some(({ untrusted }) => arrivesUntrusted(one, untrusted)));
  return found && STARTERS[found].who;
}

const ALONE = ["event", "schedule", "agent"] as const;

function unapprovedHarm(registry: Registry, start: string, works: readonly Work[]): readonly StateCombination[] {
  const task = works.find(({ chain }) => chain.length === 0)?.task;
  const by = ALONE.find((one) => task?.startedBy.includes(one));
  if (by === undefined) return [];
  const harm = first(works, (work) =>
    work.task.approval === undefined ? callOf(registry, work, ({ action }) => action.impact === "high") : undefined,
  );
  if (harm === undefined) return [];
  const what = `task ${start} begins without a person, and calls a high-impact action without approval`;
  const [own] = works as readonly [Work];
  return [
    {
      code: "unapproved-harm",
      what,
      parts: [
        { what: `is started by ${by}`, source: { address: `registry/${own.at}.startedBy` } },
        part(harm, `calls ${harm.found}`, "tools"),
        part(harm, "asks for no approval", "approval"),
      ],
    },
  ];
}

function selfApproval(agent: RegistryAgent, works: readonly Work[]): readonly StateCombination[] {
  const owners = [agent.owner, ...(agent.secondOwner === undefined ? [] : [agent.secondOwner])];
  return works.flatMap((work) => {
    const group = work.task.approval?.group;
    if (group === undefined || work.actions.size === 0 || !owners.some((owner) => isOwner(owner, group))) return [];
    const name = brief(group);
    const what = `${labelOf(work)} is approved by ${name}, who answers for the agent`;
    const owned = work.chain.length === 0 ? `registry/agents.${work.by}.owner` : `registry/${work.at}.approval`;
    return [
      {
        code: "self-approval",
        what,
        parts: [
          {
            what: `${brief(owners.find((owner) => isOwner(owner, group)) ?? agent.owner)} owns the agent`,
            source: { address: owned },
          },
          { what: `${name} decides on its calls`, source: { address: `registry/${work.at}.approval.group` } },
        ],
      },
    ];
  });
}

/** A group is named by itself, or by the local part of its mail address. */
function isOwner(owner: string, group: string): boolean {
  const [who, named] = [owner.toLowerCase(), group.toLowerCase()];
  return named === who || named === who.split("@")[0];
}

interface Found {
  readonly work: Work;
  readonly found: string;
}

function first(works: readonly Work[], find: (work: Work) => string | undefined): Found | undefined {
  for (const work of works) {
    const found = find(work);
    if (found !== undefined) return { work, found };
  }
  return undefined;
}

type Called = {
  readonly tool: Registry["tools"][string];
  readonly action: Registry["tools"][string]["actions"][string];
};

function callOf(registry: Registry, { actions }: Work, is: (called: Called) => boolean): string | undefined {
  return [...actions].sort().find((name) => {
    const called = actionOf(name);
    const tool = own(registry.tools, called.tool);
    const action = own(tool?.actions, called.action);
    return tool !== undefined && action !== undefined && is({ tool, action });
  });
}

function readOf(registry: Registry, { data }: Work, level: Sensitivity): string | undefined {
  return [...data].sort().find((name) => {
    const { dataset, kind } = accessOf(name);
    return isReading(kind) && own(registry.datasets, dataset)?.sensitivity === level;
  });
}

function untrustedDataOf(registry: Registry, { data }: Work): string | undefined {
  return [...data].sort().find((name) => {
    const { dataset, kind } = accessOf(name);
    return taints(registry, dataset, [kind]);
  });
}

function part({ work }: Found, what: string, key: string): Ability {
  return { what: `${labelOf(work)} ${what}`, source: { address: `registry/${work.at}.${key}` } };
}
