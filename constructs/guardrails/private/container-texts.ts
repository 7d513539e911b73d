import type { Block } from "../block";
import type { ConfigText } from "../config-texts";
import { podsOf } from "../pods";
import { isObject, listOf } from "../value";
import { oncePer } from "./once-per";

/** A word of a container's command or arguments, or the value of one of its variables, with what stands before it */
export interface ContainerText extends ConfigText {
  /** The word before it in the same list; empty for the first, and for variables */
  readonly before: string;
}

/** The texts in which a container of a pod can carry a configuration by itself. @throws UndecidedValue for pods that are known at apply only */
export const containerTextsOf = oncePer((block: Block): readonly ContainerText[] =>
  podsOf(block).flatMap(({ containers }) =>
    containers.flatMap(({ at, spec }) => [
      ...["command", "args"].flatMap((part) => words(listOf(spec[part]), `${at}.${part}`)),
      ...listOf(spec["env"]).flatMap((variable, index) =>
        isObject(variable) ? words([variable["value"]], `${at}.env[${index}].value`) : [],
      ),
    ]),
  ),
);

function words(list: readonly unknown[], at: string): readonly ContainerText[] {
  return list.flatMap((text, index) => {
    if (typeof text !== "string") return [];
    const before = index === 0 ? "" : list[index - 1];
    return [{ key: "", at: `${at}[${index}]`, text, before: typeof before === "string" ? before : "" }];
  });
}
