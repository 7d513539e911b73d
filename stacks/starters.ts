import type { Construct } from "constructs";
import { AmbitStack, type AmbitStackProps } from "../constructs/platform/ambit-stack";
import { withoutCreationStacks } from "../constructs/platform/creation-stacks";
import { EventStarter } from "../constructs/starters/event-starter";
import { ScheduleStarter, type ScheduleStarterProps } from "../constructs/starters/schedule-starter";

/** Choices about one starter */
export type StarterChoices = Omit<ScheduleStarterProps, "exchange" | "starter">;

export interface StartersStackProps extends AmbitStackProps {
  /**
   * Claim `iss` of the exchange's tokens.
   *
   * @default - `https://exchange.<trust domain>`
   */
  readonly exchange?: string;
  /**
   * Path of the functions' code, the archive that `npm run bundles` makes.
   *
   * @default - the one in this package
   */
  readonly code?: string;
  /**
   * Choices about starters, by name.
   *
   * @default - none
   */
  readonly starters?: Readonly<Record<string, StarterChoices>>;
}

/** What starts tasks by schedule and event. Their keys and roles belong to the foundation. */
export class StartersStack extends AmbitStack {
  constructor(scope: Construct, id: string, props: StartersStackProps) {
    super(scope, id, props);
    withoutCreationStacks(() => {
      this.useAws();
      for (const starter of this.fleet.starters) {
        const { exchange, code, starters = {} } = props;
        const common = { ...(code !== undefined && { code }), ...(exchange !== undefined && { exchange }) };
        const choices = { ...common, ...starters[starter.name], starter };
        if (starter.occasion.start === "schedule") new ScheduleStarter(this, starter.name, choices);
        else new EventStarter(this, starter.name, choices);
      }
    });
  }
}
