import { type Fact, fact } from "../fact";
import { isOpaque, text } from "../objects/values";
import type { Container } from "./container";

/** An image by its digest is the same from anywhere. By a tag, it is what the node happened to keep. */
export function imagePullFacts({ body, title, workload }: Container): readonly Fact[] {
  const image = text(body, "image") ?? "";
  const policy = text(body, "imagePullPolicy") || (isLatest(image) ? "Always" : "IfNotPresent");
  if (policy === "Always" || image.includes("@sha256:")) return [];
  const what = `${title} runs an image that its node has kept, without asking for it`;
  const key = isOpaque(policy) ? `${what}: ${policy}` : what;
  return [
    fact("identity", what, "an image that was pulled for another pod", workload.object.address, {
      key,
      scope: title,
      isRelative: true,
    }),
  ];
}

/** Without a tag it is the latest. */
function isLatest(image: string): boolean {
  const name = image.slice(image.lastIndexOf("/") + 1);
  return !name.includes(":") || name.endsWith(":latest");
}
