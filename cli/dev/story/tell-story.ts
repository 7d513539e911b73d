import { fleet } from "../../../fleet";
import { progress } from "../../progress";
import type { Io } from "../../program";
import { DevelopmentPlatform } from "../development-platform";
import { onEndingSignal } from "../../ending-signals";
import type { Options } from "../options";
import { type LogLine, played, type PlayedStep } from "./play";
import { STORY_AGENTS } from "./steps";
import { chapterText, endText, headText, stepText } from "./story-text";

/** As shells have it of a program that a signal ended */
const STOPPED = 130;

/**
 * Run the example fleet at free ports, play the story, and end.
 *
 * @returns the exit code: 1 where a step went otherwise than the script says
 * @throws Error if the fleet is not that of the example
 */
export async function tellStory({ props, json }: Options, io: Io): Promise<number> {
  const known = fleet.agents.map(({ name }) => name);
  const missing = STORY_AGENTS.find((name) => !known.includes(name));
  if (missing !== undefined) {
    throw new Error(
      `the story is about the example fleet, and fleet/index.ts has no agent ${missing}: it has ${known.join(", ")}`,
    );
  }
  let isStopped = false;
  onEndingSignal(() => (isStopped = true));
  const logged: LogLine[] = [];
  const log = (event: string, facts: object = {}): void => void logged.push({ event, ...facts });
  const starting = DevelopmentPlatform.start({ ...props, port: 0, agents: STORY_AGENTS, log });
  const platform = await progress(io, "starting exchange, gateway and companions", starting);
  const steps: PlayedStep[] = [];
  try {
    if (!json && platform.gateway !== undefined) io.out(headText(platform.gateway));
    for await (const step of played(platform, logged)) {
      if (isStopped) return STOPPED;
      steps.push(step);
      if (!json) io.out(`${chapterText(steps.length)}${stepText(steps.length, step)}`);
    }
  } finally {
    await platform.close();
  }
  io.out(json ? `${JSON.stringify({ by: platform.gateway?.by, steps }, null, 2)}\n` : endText(steps));
  const isAsTold = steps.every(({ asTold }) => asTold);
  if (!isAsTold) for (const line of logged) io.err(`${JSON.stringify(line)}\n`);
  return isAsTold ? 0 : 1;
}
