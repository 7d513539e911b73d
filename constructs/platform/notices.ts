import type { PlatformNotify } from "./notify";
import type { Platform } from "./platform";

/** Every place where groups of approvers are told of requests */
export function noticePlaces({ approvers }: Pick<Platform, "approvers">): readonly PlatformNotify[] {
  return [...approvers.values()].flatMap(({ notify }) => notify ?? []);
}
