import { type Fact, fact } from "../fact";
import { type Container, securityField } from "./container";

/** As which user and in which group a container runs */
export function userFacts(container: Container): readonly Fact[] {
  return [idFact(container, "runAsUser", "as user"), idFact(container, "runAsGroup", "in group")];
}

/** Number 0 may be any other; what an image names may be anything. */
function idFact(container: Container, field: string, words: string): Fact {
  const { title, workload } = container;
  const id = String(securityField(container, field) ?? "");
  const what = id === "" ? `${title} runs ${words} that its image names` : `${title} runs ${words} ${id}`;
  return fact("enforcement", what, what, workload.object.address, {
    key: `${title} runs ${words}`,
    under: id === "0" ? [] : id === "" ? ["not written as 0"] : ["not written as 0", id],
    scope: title,
    isRelative: id !== "0",
  });
}
