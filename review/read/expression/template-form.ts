import type { Json } from "../json";
import type { Budget } from "./budget";
import { isObjectValue, isText, type ObjectValue, partsOf, Unknown, type Value } from "./value";

const ESCAPED = /\$\$\{|%%\{|\$\{([^}]*)\}/g;

/** A value as written in Terraform JSON; unknown parts stay as `${…}`. */
export function toTemplateForm(value: Value, budget: Budget): Json {
  budget.spend();
  if (value instanceof Unknown) return `\${${value.symbol}}`;
  if (isText(value)) {
    if (typeof value === "string" && !isTemplate(value)) return value;
    return partsOf(value)
      .map((part) => (typeof part === "string" ? escaped(part) : `\${${part.symbol}}`))
      .join("");
  }
  if (typeof value !== "object" || value === null) return value;
  return budget.nested(() =>
    isObjectValue(value) ? object(value, budget) : mapped(value as readonly Value[], budget),
  );
}

/** The same object if nothing in it changes */
function object(value: ObjectValue, budget: Budget): Json {
  let changed = false;
  const entries = Object.entries(value).map(([key, each]) => {
    const name = escaped(key);
    const written = toTemplateForm(each, budget);
    changed ||= written !== each || name !== key;
    return [name, written] as const;
  });
  return changed ? Object.fromEntries(entries) : (value as Json);
}

/** The same array if nothing in it changes */
function mapped(values: readonly Value[], budget: Budget): Json {
  const written = values.map((each) => toTemplateForm(each, budget));
  return written.some((each, index) => each !== values[index]) ? written : (values as readonly Json[]);
}

/** Whether a string of Terraform JSON is more than plain text */
export function isTemplate(text: string): boolean {
  return text.includes("${") || text.includes("%{");
}

function escaped(text: string): string {
  return isTemplate(text) ? text.replace(/\$\{/g, "$$$${").replace(/%\{/g, "%%{") : text;
}

/** Text in template form as plain parts and symbols; no two plain parts are adjacent */
export function splitTemplateForm(text: string): readonly (string | { readonly symbol: string })[] {
  const parts: (string | { readonly symbol: string })[] = [];
  let plain = "";
  let end = 0;
  for (const match of text.matchAll(ESCAPED)) {
    plain += text.slice(end, match.index);
    end = match.index + match[0].length;
    if (match[1] === undefined) plain += match[0].slice(1);
    else {
      parts.push(plain, { symbol: match[1] });
      plain = "";
    }
  }
  parts.push(plain + text.slice(end));
  return parts.filter((part) => part !== "");
}
