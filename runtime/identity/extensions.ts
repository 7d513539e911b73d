import { type Element, elements, MalformedDer, only, tagged, TAGS } from "./der";

/** What the extensions of a certificate say (RFC 5280 section 4.2) */
export interface Extensions {
  /** Basic constraints: it may sign certificates */
  readonly isAuthority: boolean;
  /** How many certificates may stand between it and a leaf; undefined for any number */
  readonly pathLength: number | undefined;
  readonly usage: KeyUsage | undefined;
  /** Object identifiers in hex; undefined if everything is allowed */
  readonly extendedUsages: readonly string[] | undefined;
  /** Alternative names that are URIs */
  readonly uris: readonly string[];
}

export interface KeyUsage {
  readonly signs: boolean;
  readonly signsCertificates: boolean;
  readonly signsRevocations: boolean;
}

/** id-kp-clientAuth and anyExtendedKeyUsage */
export const CLIENT_USAGES: readonly string[] = ["2b06010505070302", "551d2500"];

const BASIC_CONSTRAINTS = "551d13";
const KEY_USAGE = "551d0f";
const EXTENDED_KEY_USAGE = "551d25";
const ALTERNATIVE_NAMES = "551d11";
const NAME_CONSTRAINTS = "551d1e";
const UNDERSTOOD: readonly string[] = [BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE, ALTERNATIVE_NAMES];

const EXTENSIONS_TAG = 0xa3;
const URI_TAG = 0x86;
const TRUE = 0xff;

/**
 * @param fields what stands behind the public key
 * @throws MalformedDer also for what is critical and not understood, and for constraints of names
 */
export function extensionsOf(fields: readonly Element[]): Extensions {
  const values = valuesOf(fields);
  const constraints = values.get(BASIC_CONSTRAINTS);
  const names = values.get(ALTERNATIVE_NAMES);
  const usage = values.get(KEY_USAGE);
  const extended = values.get(EXTENDED_KEY_USAGE);
  return {
    ...basicConstraints(constraints),
    usage: usage && keyUsage(usage),
    extendedUsages: extended && sequence(extended).map((id) => tagged(id, TAGS.objectId).content.toString("hex")),
    uris: names === undefined ? [] : urisOf(sequence(names)),
  };
}

function valuesOf(fields: readonly Element[]): ReadonlyMap<string, Buffer> {
  const values = new Map<string, Buffer>();
  const list = fields.find(({ tag }) => tag === EXTENSIONS_TAG);
  for (const extension of list === undefined ? [] : sequence(list.content)) {
    const parts = elements(tagged(extension, TAGS.sequence).content);
    const id = tagged(parts[0], TAGS.objectId).content.toString("hex");
    const critical = parts.length === 3 && isTrue(parts[1]);
    const value = tagged(parts.at(-1), TAGS.octetString).content;
    if (parts.length > 3 || values.has(id)) throw new MalformedDer("an extension stands twice or has too many parts");
    if (id === NAME_CONSTRAINTS || (critical && !UNDERSTOOD.includes(id))) {
      throw new MalformedDer(`the extension ${id} is not understood`);
    }
    values.set(id, value);
  }
  return values;
}

function basicConstraints(value: Buffer | undefined): Pick<Extensions, "isAuthority" | "pathLength"> {
  const parts = value === undefined ? [] : [...sequence(value)];
  const isAuthority = parts[0]?.tag === TAGS.boolean && isTrue(parts.shift());
  const [length, ...more] = parts;
  if (length === undefined) return { isAuthority, pathLength: undefined };
  const { content } = tagged(length, TAGS.integer);
  if (!isAuthority || more.length > 0 || content.length !== 1)
    throw new MalformedDer("basic constraints are malformed");
  return { isAuthority, pathLength: content.readInt8() };
}

/** The first byte says how many bits of the last one are not used. */
function keyUsage(value: Buffer): KeyUsage {
  const { content } = only(value, TAGS.bitString);
  const bits = content[1] ?? 0;
  return { signs: (bits & 0x80) !== 0, signsCertificates: (bits & 0x04) !== 0, signsRevocations: (bits & 0x02) !== 0 };
}

/** Characters beyond ASCII are no part of a URI; they are kept so that they are refused there. */
function urisOf(names: readonly Element[]): readonly string[] {
  return names.filter(({ tag }) => tag === URI_TAG).map(({ content }) => content.toString("latin1"));
}

function sequence(value: Buffer): readonly Element[] {
  return elements(only(value, TAGS.sequence).content);
}

function isTrue(element: Element | undefined): boolean {
  const { content } = tagged(element, TAGS.boolean);
  if (content.length !== 1 || content[0] !== TRUE) throw new MalformedDer("a boolean must be true where it is written");
  return true;
}
