import { isRecord } from "./is-record";
import { onlyKnown, refuse, shown } from "./errors";
import { plainString } from "./plain";
import type { RegistryCard, RegistrySkill } from "./registry/ways";
import type { AgentCard, AgentSkill } from "./serve-props";

const CODE = "serving.malformed";
const CARD_KEYS = ["description", "inputModes", "outputModes", "skills", "streaming", "version"];
const SKILL_KEYS = ["description", "examples", "name", "tags"];
/** RFC 6838 section 4.2, without parameters */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;
const TEXT: readonly string[] = ["text/plain"];

/**
 * A checked card, with defaults filled in
 *
 * @throws DeclarationError `serving.malformed`, `property.unknown`
 */
export function cardOf(card: AgentCard, where: string): RegistryCard {
  if (!isRecord(card)) refuse(CODE, where, `card must say version and skills, got ${shown(card)}`);
  onlyKnown(card, CARD_KEYS, `${where} card`);
  const { description, streaming = false } = card;
  if (!isRecord(card.skills)) {
    refuse(
      CODE,
      where,
      `card.skills must have one entry for each task that callers may start, got ${shown(card.skills)}`,
    );
  }
  if (typeof streaming !== "boolean") {
    refuse(CODE, where, `card.streaming must be true or false, got ${shown(streaming)}`);
  }
  return {
    version: plainString(card.version, where, "card.version", CODE),
    description: description === undefined ? undefined : plainString(description, where, "card.description", CODE),
    skills: Object.fromEntries(
      Object.entries<AgentSkill | undefined>(card.skills).map(([task, skill]) => [task, skillOf(skill, where, task)]),
    ),
    inputModes: modesOf(card.inputModes, where, "card.inputModes"),
    outputModes: modesOf(card.outputModes, where, "card.outputModes"),
    streaming,
  };
}

function skillOf(skill: AgentSkill | undefined, where: string, task: string): RegistrySkill {
  const property = `card.skills.${task}`;
  if (!isRecord(skill)) refuse(CODE, where, `${property} must say name, description and tags, got ${shown(skill)}`);
  onlyKnown(skill, SKILL_KEYS, `${where} ${property}`);
  return {
    name: plainString(skill.name, where, `${property}.name`, CODE),
    description: plainString(skill.description, where, `${property}.description`, CODE),
    tags: textsOf(skill.tags, where, `${property}.tags`),
    examples: textsOf(skill.examples ?? [], where, `${property}.examples`),
  };
}

function modesOf(modes: readonly string[] = TEXT, where: string, property: string): readonly string[] {
  const texts = textsOf(modes, where, property);
  const odd = texts.find((mode) => !MEDIA_TYPE.test(mode));
  if (odd !== undefined || texts.length === 0) {
    refuse(CODE, where, `${property} must list media types such as "text/plain", got ${shown(odd ?? modes)}`);
  }
  return texts;
}

function textsOf(texts: readonly string[], where: string, property: string): readonly string[] {
  if (!Array.isArray(texts)) refuse(CODE, where, `${property} must be a list of texts, got ${shown(texts)}`);
  return texts.map((text) => plainString(text, where, property, CODE));
}
