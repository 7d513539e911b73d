import type { Block } from "./block";
import { type Chart, CHART_TYPES, chartOf } from "./charts";
import { CONFIG_TYPES, mayConfigure } from "./config-texts";
import { configurationsIn, type Found } from "./private/configurations";
import { documentsIn } from "./private/documents";
import { hclIn } from "./private/hcl";
import { oncePer } from "./private/once-per";
import { registrationsOf } from "./private/registrations";
import { configurationOf, spireComponentsOf } from "./private/spire-chart";
import type { StackJson } from "./stack";
import { blockOf, blocksOf, type BlockBody, isObject } from "./value";

/** What a rule about SPIRE looks at */
export const SPIRE_TYPES: readonly (string | RegExp)[] = [...CONFIG_TYPES, ...CHART_TYPES];

/** A configuration of SPIRE's server, agent or OIDC discovery provider (SPIRE 1.15) */
export interface SpireConfig {
  /** All of it */
  readonly body: BlockBody;
  readonly server?: BlockBody;
  readonly agent?: BlockBody;
  readonly plugins: readonly SpirePlugin[];
}

export interface SpirePlugin {
  /** Such as `NodeAttestor` */
  readonly kind: string;
  readonly name: string;
  readonly data: BlockBody;
  /** A program that SPIRE runs as the plugin, if nothing says its checksum */
  readonly command?: string;
}

const SPIRE = {
  tells:
    /\b(?:NodeAttestor|WorkloadAttestor|KeyManager|insecure_bootstrap|trust_bundle_(?:path|url)|default_(?:x509|jwt)_svid_ttl|allow_insecure_scheme)\b/,
  read: (text: string, at: string): readonly SpireConfig[] =>
    (isHcl(text) ? [hclIn(text, at)] : documentsIn(text, at)).map(configOf).filter(isSpire),
};

/**
 * Configurations in texts, and those that a chart of Helm writes
 *
 * @throws UndecidedValue for a text with names of SPIRE's that is none of JSON, YAML and HCL
 */
export function spireConfigsOf(block: Block, stack: StackJson): readonly Found<SpireConfig>[] {
  const chart = chartOf(block, stack);
  return chart === undefined ? configurationsIn(SPIRE, block, stack) : chartConfigsOf(chart);
}

const chartConfigsOf = oncePer((chart: Chart): readonly Found<SpireConfig>[] =>
  spireComponentsOf(chart).map((component) => ({
    at: component.at,
    configuration: configOf(configurationOf(component, chart)),
  })),
);

/** For rules about SPIRE's configuration and its registrations */
export function isAboutSpire(block: Block, stack: StackJson): boolean {
  return mayConfigure(block) && (spireConfigsOf(block, stack).length > 0 || registrationsOf(block, stack).length > 0);
}

function isHcl(text: string): boolean {
  return /^\s*(?:(?:#|\/\/)[^\n]*\s*)*[A-Za-z_]\w*\s*(?:=|\{|"[^"\n]*"\s*\{)/.test(text);
}

function isSpire({ server, agent, plugins, body }: SpireConfig): boolean {
  return server !== undefined || agent !== undefined || plugins.length > 0 || "allow_insecure_scheme" in body;
}

function configOf(body: BlockBody): SpireConfig {
  const [server, agent] = [objectIn(body, "server"), objectIn(body, "agent")];
  return {
    body,
    plugins: pluginsIn(body),
    ...(server !== undefined && { server }),
    ...(agent !== undefined && { agent }),
  };
}

/** Other programs write a text where SPIRE has a block. */
function objectIn(body: BlockBody, name: string): BlockBody | undefined {
  const value = body[name];
  const first = Array.isArray(value) ? (value as readonly unknown[])[0] : value;
  return isObject(first) ? first : undefined;
}

function pluginsIn(body: BlockBody): readonly SpirePlugin[] {
  return listOf(body["plugins"]).flatMap((plugins) =>
    Object.entries(plugins).flatMap(([kind, named]) =>
      listOf(named).flatMap((each) =>
        Object.keys(each).map((name) => {
          const plugin = blockOf(each, name) ?? {};
          const { plugin_cmd: command, plugin_checksum: checksum } = plugin;
          return {
            kind,
            name,
            data: blocksOf(plugin, "plugin_data")[0] ?? {},
            ...(typeof command === "string" && (checksum ?? "") === "" && { command }),
          };
        }),
      ),
    ),
  );
}

function listOf(value: unknown): readonly BlockBody[] {
  return (Array.isArray(value) ? (value as readonly unknown[]) : [value]).filter(isObject);
}
