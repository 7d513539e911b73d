import type { Json } from "../../../domain";
import type { Block } from "../block";
import { type ContainerSpec, POD_TYPES, podsOf } from "../pods";
import type { StackJson } from "../stack";
import { mcpResourceOf } from "./mcp-resources";
import { taskContainersOf } from "./task-containers";
import { blocksOf, isObject, isReference, textOf, UndecidedValue } from "../value";

/** An image that a resource runs */
export interface NamedImage {
  readonly at: string;
  /** Of the container */
  readonly name: string;
  readonly image: string;
}

/** What a rule about images looks at */
export const IMAGE_TYPES: readonly (string | RegExp)[] = [
  ...POD_TYPES,
  "aws_lambda_function",
  "aws_ecs_task_definition",
  "aws_bedrockagentcore_agent_runtime",
];

/** @throws UndecidedValue for an image that is known at apply only */
export function imagesOf(block: Block, stack: StackJson): readonly NamedImage[] {
  switch (block.type) {
    case "aws_lambda_function":
      return written(block, "image_uri", "function");
    case "aws_ecs_task_definition":
      return taskImages(block, stack);
    case "aws_bedrockagentcore_agent_runtime":
      return blocksOf(block.body, "agent_runtime_artifact")
        .flatMap((artifact) => blocksOf(artifact, "container_configuration"))
        .flatMap((body) => written({ ...block, body }, "container_uri", "runtime"));
    default:
      return podsOf(block)
        .flatMap(({ containers, isPart }) => (isPart === true ? containers.filter(hasImage) : containers))
        .filter(({ at }) => !isOfToolServer(block, at))
        .map(({ at, name, spec }) => ({ at: `${at}.image`, name, image: imageIn(spec["image"] ?? "", `${at}.image`) }));
  }
}

function hasImage({ spec }: ContainerSpec): boolean {
  return (spec["image"] ?? null) !== null;
}

/** AMBIT-MCP-TOOL-IMAGE alone judges the image of a server of MCP. */
function isOfToolServer(block: Block, at: string): boolean {
  return at === "manifest.spec" && mcpResourceOf(block, "MCPServer") !== undefined;
}

function written({ body }: Block, attribute: string, name: string): readonly NamedImage[] {
  const image = body[attribute] ?? null;
  return image === null ? [] : [{ at: attribute, name, image: imageIn(image, attribute) }];
}

/** A registry may be known at apply only, as long as the digest is written. */
function imageIn(value: Json, at: string): string {
  if (typeof value === "string" && (!isReference(value) || DIGEST.test(value))) return value;
  throw new UndecidedValue(at, value, `${at} is known at apply only`);
}

const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** Whether an image stays the same image: its digest, of this form, is written. */
export function isPinned(image: string): boolean {
  return DIGEST.test(image);
}

function taskImages(block: Block, stack: StackJson): readonly NamedImage[] {
  const at = "container_definitions";
  return taskContainersOf(block, stack).map((each, index) => {
    if (!isObject(each)) throw new UndecidedValue(at, block.body[at] ?? null, `${at} is no list of containers`);
    const place = `${at}[${index}].image`;
    return { at: place, name: textOf(each, "name", place) ?? "", image: imageIn(each["image"] ?? "", place) };
  });
}
