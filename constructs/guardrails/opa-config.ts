import type { Block } from "./block";
import { type Chart, CHART_TYPES, chartOf, objectAlong } from "./charts";
import { CONFIG_TYPES, configurationTextsOf, mayConfigure } from "./config-texts";
import { configurationsIn, type Found } from "./private/configurations";
import { documentsIn } from "./private/documents";
import { opaArguments, opaChartOf } from "./private/opa-chart";
import { spireComponentsOf } from "./private/spire-chart";
import { POD_TYPES, podsOf } from "./pods";
import type { StackJson } from "./stack";
import { type BlockBody, isObject, textsOf } from "./value";

/** What a rule about configurations or policies of OPA looks at */
export const OPA_TYPES: readonly (string | RegExp)[] = [...CONFIG_TYPES, ...CHART_TYPES];

/** What a rule about servers of OPA looks at */
export const OPA_SERVER_TYPES: readonly (string | RegExp)[] = [...POD_TYPES, ...CHART_TYPES];

/** @see https://www.openpolicyagent.org/docs/configuration */
const OPA = {
  tells: /(?:decision_logs|bundles|discovery)["']?(?:\s|#[^\n]*\n)*:/,
  read: (text: string, at: string): readonly BlockBody[] => documentsIn(text, at).filter(isOpa),
};

/** Configurations of OPA. @throws UndecidedValue for a text with names of OPA's that is neither JSON nor YAML */
export function opaConfigsOf(block: Block, stack: StackJson): readonly Found<BlockBody>[] {
  const chart = chartOf(block, stack);
  if (chart === undefined) return configurationsIn(OPA, block, stack);
  const opa = opaChartOf(chart);
  const configuration = opa === undefined ? {} : objectAlong(opa.values, "opa");
  return opa === undefined || Object.keys(configuration).length === 0 ? [] : [{ at: `${opa.at}.opa`, configuration }];
}

/** For rules about OPA's configuration and its servers */
export function isAboutOpa(block: Block, stack: StackJson): boolean {
  return mayConfigure(block) && (opaConfigsOf(block, stack).length > 0 || opaServersOf(block, stack).length > 0);
}

function isOpa(body: BlockBody): boolean {
  return "decision_logs" in body || isObject(body["bundles"]) || isObject(body["discovery"]);
}

/** Policies in Rego, without their comments */
export function policyTextsOf(block: Block, stack: StackJson): readonly Found<string>[] {
  const chart = chartOf(block, stack);
  const texts =
    chart !== undefined
      ? chartPoliciesOf(chart)
      : configurationTextsOf(block, stack).filter(
          ({ key, text }) => key.endsWith(".rego") || /^package\s+[a-z_]\w*(?:\.\w+)*\s*$/m.test(text),
        );
  return texts.map(({ at, text }) => ({ at, configuration: text.replace(/#.*$/gm, "") }));
}

/** Policies that OPA starts with, and the one by which a server of SPIRE decides on its own callers */
function chartPoliciesOf(chart: Chart): readonly { readonly at: string; readonly text: string }[] {
  const opa = opaChartOf(chart);
  const policies = Object.entries(opa === undefined ? {} : objectAlong(opa.values, "bootstrapPolicies"));
  return [
    ...policies.map(([name, text]) => ({ at: `${opa?.at ?? ""}.bootstrapPolicies.${name}`, text })),
    ...spireComponentsOf(chart).map(({ at, values }) => ({
      at: `${at}.experimental.authOpaPolicyEngine.local.rego`,
      text: objectAlong(values, "experimental", "authOpaPolicyEngine", "local")["rego"],
    })),
  ].flatMap(({ at, text }) => (typeof text === "string" ? [{ at, text }] : []));
}

/** A container that runs OPA as a server */
export interface OpaServer {
  readonly at: string;
  readonly name: string;
  readonly image: string;
  /** What stands behind `run` */
  readonly words: readonly string[];
  /** Values of the flags; empty for one without a value */
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

/** @throws UndecidedValue for arguments that are known at apply only */
export function opaServersOf(block: Block, stack: StackJson): readonly OpaServer[] {
  const chart = chartOf(block, stack);
  return chart === undefined ? podServersOf(block) : chartServersOf(chart);
}

function chartServersOf(chart: Chart): readonly OpaServer[] {
  const opa = opaChartOf(chart);
  if (opa === undefined) return [];
  const { repository, tag } = objectAlong(opa.values, "image");
  const words = opaArguments(opa);
  const image = `${String(repository)}:${String(tag)}`;
  return [{ at: `${opa.at}.extraArgs`, name: "opa", image, words: words.slice(1), flags: flagsIn(words) }];
}

function podServersOf(block: Block): readonly OpaServer[] {
  return podsOf(block)
    .flatMap(({ containers }) => containers)
    .flatMap(({ at, name, spec }) => {
      const image = typeof spec["image"] === "string" ? spec["image"] : "";
      const isNamed = /(?:^|\/)opa(?:-envoy-plugin)?[:@]|(?:^|\/)opa$/.test(image) || /\bopa\b/.test(name);
      const given = ["command", "args"].flatMap((part) => textsOf(spec, part, `${at}.${part}`).flatMap(wordsOf));
      const words = serverIn(given, isNamed);
      return words === undefined ? [] : [{ at: `${at}.args`, name, image, words, flags: flagsIn(words) }];
    });
}

/** A word with spaces is a command of a shell. */
function wordsOf(text: string): readonly string[] {
  if (!/\s/.test(text)) return [text];
  return text.split(/[\s;&|()]+/).flatMap((word) => word.replace(/^["']|["']$/g, "") || []);
}

/** Flags with which a program of another name that is run as a server is taken for OPA */
const OWN_FLAGS =
  /^(?:-[abc]|--(?:addr|bundle|set|set-file|config-file|skip-verify|authentication|authorization|diagnostic-addr|log-format))(?:=|$)/;

/** What stands behind `run` of a server; undefined where none is run */
function serverIn(words: readonly string[], isNamed: boolean): readonly string[] | undefined {
  const run = words.findIndex((word, index) => {
    const before = words[index - 1];
    return word === "run" && (isNamed || before === undefined || /(?:^|\/)opa[\w.-]*$/.test(before));
  });
  if (run < 0) return undefined;
  const behind = words.slice(run + 1);
  if (!behind.some((word) => /^(?:--server|-[a-z]*s[a-z]*)(?:=(?!(?:false|f|0)$).*)?$/i.test(word))) return undefined;
  return isNamed || run > 0 || behind.some((word) => OWN_FLAGS.test(word)) ? behind : undefined;
}

function flagsIn(words: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const flags = new Map<string, string[]>();
  for (const [index, word] of words.entries()) {
    const [, flag, written] = /^(--[\w-]+|-a)(?:=(.*))?$/s.exec(word) ?? [];
    if (flag === undefined) continue;
    const next = words[index + 1] ?? "";
    const value = written ?? (next.startsWith("-") ? "" : next);
    const name = flag === "-a" ? "--addr" : flag;
    flags.set(name, [...(flags.get(name) ?? []), value]);
  }
  return flags;
}
