import { loadavg } from "node:os";
import { machineName } from "../machine";
import { Workshop } from "../review/workshop";
import type { Measures } from "../stopwatch";

export interface GuardrailsBenchProps {
  /** Agents of the synths, and of the smaller fleet that is judged alone */
  readonly agents: number;
  /** Agents of the larger one */
  readonly many: number;
  readonly rounds: number;
  readonly progress: (text: string) => void;
}

export interface GuardrailsResult extends Pick<GuardrailsBenchProps, "agents" | "many"> {
  readonly machine: string;
  /** Processes that waited for a processor before the bench began (one minute's average) */
  readonly busy: number;
  /** In turns, a value for each round: synths with guardrails and without, and guardrails alone over fewer and many agents */
  readonly with: readonly Measures[];
  readonly without: readonly Measures[];
  readonly few: readonly Measures[];
  readonly more: readonly Measures[];
}

/** What guardrails add to a synth, and how they grow. @throws where they refuse anything: then synth would end early */
export function guardrailsBench({ agents, many, rounds, progress }: GuardrailsBenchProps): GuardrailsResult {
  const busy = loadavg()[0] ?? 0;
  progress("compiling");
  const workshop = new Workshop();
  try {
    progress(`${agents.toLocaleString("en")} and ${many.toLocaleString("en")} agents, made once`);
    const [few, more] = [agents, many].map((count) => workshop.agentsStack(count, "with").folder) as [string, string];
    const found = { with: [] as Measures[], without: [] as Measures[], few: [] as Measures[], more: [] as Measures[] };
    for (let round = 0; round < rounds; round++) {
      progress(`round ${round + 1} of ${rounds}`);
      const sides = [
        () => found.with.push(workshop.agentsStack(agents, "with").measures),
        () => found.without.push(workshop.agentsStack(agents, "without").measures),
        () => found.few.push(workshop.judge(few)),
        () => found.more.push(workshop.judge(more)),
      ];
      for (const measure of round % 2 === 0 ? sides : sides.reverse()) measure();
    }
    return { machine: machineName(), busy, agents, many, ...found };
  } finally {
    workshop.close();
  }
}
