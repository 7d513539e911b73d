import { fleet } from "../../../fleet";
import type { DevelopmentPlatform } from "../development-platform";
import type { Serving } from "../serving";
import { type LogLine, played } from "./play";
import { STORY, STORY_AGENTS } from "./steps";

/** Plays the story while the platform runs on, one time after the other */
export class StoryPlayer {
  private readonly logged: LogLine[] = [];
  private isPlaying = false;
  private times = 0;

  /** @param onUser told the user of each play */
  constructor(
    private readonly agents: readonly string[],
    private readonly serves: Serving,
    private readonly onUser: (issuer: string, user: string) => void = () => undefined,
  ) {}

  /** Why it cannot be played now; undefined if it can */
  public get problem(): string | undefined {
    const known = fleet.agents.map(({ name }) => name);
    const foreign = STORY_AGENTS.find((name) => !known.includes(name));
    if (foreign !== undefined) return `the story is about the example fleet, and this one has no agent ${foreign}`;
    const absent = STORY_AGENTS.find((name) => !this.agents.includes(name));
    if (absent !== undefined) return `start npm run dev without --agent: the story needs ${STORY_AGENTS.join(", ")}`;
    const served = STORY_AGENTS.find((name) => this.serves.has(name));
    if (served !== undefined)
      return `start npm run dev without --serves ${served}: the story plays that agent by itself`;
    return this.isPlaying ? "it is being played: wait until it ends" : undefined;
  }

  /** A line of the log: steps are told by those that came meanwhile */
  public hear(event: string, facts: object): void {
    if (this.isPlaying) this.logged.push({ event, ...facts });
  }

  /** @throws Error if a run cannot be begun */
  public async play(platform: DevelopmentPlatform, tell: (step: object) => void): Promise<void> {
    this.isPlaying = true;
    // What was read for one is known for a while, also where a clean session is asked for.
    this.times += 1;
    const user = `alice (story ${this.times})`;
    this.onUser(platform.issuers.userIssuer, user);
    try {
      const titles = STORY.flatMap(({ title, steps }) => steps.map((_, index) => (index === 0 ? title : undefined)));
      let number = 0;
      for await (const step of played(platform, this.logged, user)) {
        const { does, tool, method, path, status, reasons, means, asTold } = step;
        const sent = `${method} ${tool}${path}`;
        tell({
          step: { number: number + 1, title: titles[number] ?? null, does, sent, status, reasons, means, asTold },
        });
        number += 1;
      }
    } finally {
      this.isPlaying = false;
      this.logged.length = 0;
    }
  }
}
