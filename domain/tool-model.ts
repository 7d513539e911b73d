import { refuse, shown } from "./errors";
import { exactName } from "./exact-name";
import { notToken } from "./plain";
import { MODEL_APIS, MODEL_FEATURES, type ModelAction, type ModelApi, type ModelFeature } from "./tool-props";

/** More than any model answers at once */
const MOST_OUTPUT_TOKENS = 1_000_000;

interface ModelMatch {
  readonly model: string;
  readonly apis: readonly ModelApi[];
  readonly maxOutputTokens: number;
  readonly allows: readonly ModelFeature[];
}

/** The APIs of a model, each once and in one order */
export function settleApis(declared: ModelApi | readonly ModelApi[], where: string): readonly ModelApi[] {
  const apis = Array.isArray(declared) ? (declared as readonly ModelApi[]) : [declared as ModelApi];
  const known = `one or several of ${MODEL_APIS.join(", ")}`;
  if (apis.length === 0) refuse("model.malformed", where, `api must name ${known}, got []`);
  const unknown = apis.find((api) => !MODEL_APIS.includes(api));
  if (unknown !== undefined || declared === undefined) {
    refuse("model.malformed", where, `api must name ${known}, got ${shown(unknown)}`);
  }
  return MODEL_APIS.filter((api) => apis.includes(api));
}

/** The address that the API's own path is put behind */
export function checkModelUrl(url: URL, where: string): void {
  const { pathname, href } = url;
  if (!/\/v1\/?$/.test(pathname)) return;
  const what = `url must leave out /v1, with which the path of each API begins, got ${shown(href)}`;
  refuse("model.malformed", where, `${what}: write ${shown(href.replace(/\/v1\/?$/, ""))}`);
}

export function recogniseModel(
  action: ModelAction,
  apis: readonly ModelApi[],
  where: string,
): { readonly match: ModelMatch; readonly changes: boolean } {
  const model = exactName(action.model, where, "model");
  const { maxOutputTokens, allows = [] } = action;
  notToken(maxOutputTokens, where, "maxOutputTokens", "number");
  if (!Number.isSafeInteger(maxOutputTokens) || maxOutputTokens < 1 || maxOutputTokens > MOST_OUTPUT_TOKENS) {
    const what = `maxOutputTokens must be a whole number from 1 to ${MOST_OUTPUT_TOKENS}, got ${shown(maxOutputTokens)}`;
    refuse(
      "model.malformed",
      where,
      `${what}: write how many tokens one answer may have, such as maxOutputTokens: 4096`,
    );
  }
  const unknown = Array.isArray(allows) ? allows.find((feature) => !MODEL_FEATURES.includes(feature)) : allows;
  if (unknown !== undefined) {
    refuse("model.malformed", where, `allows must list any of ${MODEL_FEATURES.join(", ")}, got ${shown(unknown)}`);
  }
  const allowed = MODEL_FEATURES.filter((feature) => allows.includes(feature));
  return { match: { model, apis, maxOutputTokens, allows: allowed }, changes: false };
}
