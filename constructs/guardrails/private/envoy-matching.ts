import { type EnvoyMessage, messagesIn } from "../envoy-config";
import { type BlockBody, isObject } from "../value";

/** The message in a filter's configuration, also where it stands in one that adds a matcher to it */
export function filterIn(config: unknown, at: string): EnvoyMessage | undefined {
  if (!isObject(config)) return undefined;
  const [message] = messagesIn(config, at);
  if (message?.type !== "ExtensionWithMatcher") return message;
  const inner = message.body["extension_config"];
  return isObject(inner) ? filterIn(inner["typed_config"], `${at}.extension_config.typed_config`) : undefined;
}

/** Whether some requests leave a filter out, by a matcher around it or by what a route sets for it */
export function isSkipped(config: BlockBody): boolean {
  return /^ExtensionWithMatcher(?:PerRoute)?$/.test(typeIn(config)) && typesIn(config).includes("SkipFilter");
}

/** The filters that run only for requests that a matcher takes */
export function chosenFilters(message: EnvoyMessage): readonly EnvoyMessage[] {
  if (message.type !== "ExecuteFilterAction") return [];
  return [...messagesIn(message.body, message.at)].slice(1);
}

function typeIn(config: BlockBody): string {
  return String(config["@type"]).split(".").at(-1) ?? "";
}

function typesIn(config: BlockBody): readonly string[] {
  return [...messagesIn(config, "")].map(({ type }) => type);
}
