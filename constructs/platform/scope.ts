import type { IConstruct } from "constructs";
import { refuse } from "../../domain";
import type { Platform } from "./platform";

/** A registered symbol, so that two copies of the package still find each other's platform. */
const PLATFORM = Symbol.for("ambit.platform");

/** Say which platform the constructs below `scope` belong to. */
export function providePlatform(scope: IConstruct, platform: Platform): void {
  Object.defineProperty(scope, PLATFORM, { value: platform });
}

/** The platform that a stack above the construct was given. */
export function platformOf(construct: IConstruct): Platform {
  for (let scope: IConstruct | undefined = construct; scope !== undefined; scope = scope.node.scope) {
    const platform = (scope as { [PLATFORM]?: Platform })[PLATFORM];
    if (platform !== undefined) return platform;
  }
  return refuse(
    "platform.malformed",
    `[${construct.node.path}]`,
    "no platform is known here: put it below a stack that extends AmbitStack",
  );
}
