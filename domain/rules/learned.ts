import type { AgentDeclaration } from "../agent";
import type { Sensitivity } from "../sensitivity";
import { dataOfMember, type Domain, domainsOf } from "./knowers";
import { sentTo } from "./task-rules";

/** The highest that was read */
export interface Learned {
  readonly name: string;
  readonly sensitivity: Sensitivity;
  /** `<agent>.<task>` with which the work began in which it was read */
  readonly task: string;
}

/**
 * The highest that each of these agents learns, for any principal: by what it reads, and from all with which it works on
 * one thing, those that hand work to it among them. What one domain learns its knowers bring to the next one.
 */
export function learnedBy(agents: readonly AgentDeclaration[]): Pick<ReadonlyMap<AgentDeclaration, Learned>, "get"> {
  const domains = domainsOf(agents);
  const learned = new Map<AgentDeclaration | string, Learned>();
  for (let isNew = true; isNew;) {
    isNew = false;
    for (const domain of domains) {
      const all = [...domain.knowers, ...domain.members.map(({ agent }) => agent)];
      const brought = domain.startsItself ? all : [...domain.knowers];
      const highest = highestOf([...readIn(domain), ...brought.flatMap((who) => learned.get(who) ?? [])]);
      for (const who of all) {
        if (highest === undefined || covers(learned.get(who), highest)) continue;
        learned.set(who, highest);
        isNew = true;
      }
    }
  }
  return learned;
}

function readIn({ members }: Domain): readonly Learned[] {
  const [first] = members;
  const task = `${first.agent.name}.${first.task.name}`;
  return members.flatMap((member) => [
    ...dataOfMember(member)
      .filter((access) => access.reveals)
      .map(({ dataset: { name, sensitivity } }) => ({ name, sensitivity, task })),
    ...sentTo(member.task).map((sent) => ({ ...sent, task })),
  ]);
}

/** The first of the highest */
export function highestOf(all: readonly Learned[]): Learned | undefined {
  return all.reduce<Learned | undefined>((one, other) => (covers(one, other) ? one : other), undefined);
}

function covers(known: Learned | undefined, { sensitivity }: Learned): boolean {
  return known !== undefined && known.sensitivity.covers(sensitivity);
}
