/** One element of DER (X.690 section 8.1) */
export interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** With tag and length */
  readonly whole: Buffer;
}

/** The bytes are not DER, or not of the shape that is asked for. */
export class MalformedDer extends Error {
  public override readonly name = "MalformedDer";
}

export const TAGS = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  sequence: 0x30,
} as const;

const LONG_FORM = 0x80;
/** High tag numbers, which no certificate needs */
const MANY_TAGS = 0x1f;

/** The elements that these bytes consist of, one behind the other. */
export function elements(bytes: Buffer): readonly Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const element = elementAt(bytes, at);
    found.push(element);
    at += element.whole.length;
  }
  return found;
}

/** The one element that these bytes are, which must be of this tag */
export function only(bytes: Buffer, tag: number): Element {
  const [element, ...others] = elements(bytes);
  if (element === undefined || others.length > 0) throw new MalformedDer("there must be exactly one element");
  return tagged(element, tag);
}

export function tagged(element: Element | undefined, tag: number): Element {
  if (element?.tag === tag) return element;
  throw new MalformedDer(`the tag must be ${tag}, got ${element?.tag ?? "nothing"}`);
}

/** Lengths are written as short as they can be, and never left open. */
function elementAt(bytes: Buffer, at: number): Element {
  const tag = bytes[at] ?? 0;
  const short = bytes[at + 1];
  if ((tag & MANY_TAGS) === MANY_TAGS || short === undefined) throw new MalformedDer("an element is cut off");
  const digits = short < LONG_FORM ? 0 : short - LONG_FORM;
  const start = at + 2 + digits;
  if (digits > 3 || short === LONG_FORM || start > bytes.length) throw new MalformedDer("a length is malformed");
  const length = digits === 0 ? short : bytes.readUIntBE(at + 2, digits);
  const least = digits === 1 ? LONG_FORM : 2 ** (8 * (digits - 1));
  if (digits > 0 && length < least) throw new MalformedDer("a length is not written in its shortest form");
  const whole = bytes.subarray(at, start + length);
  if (whole.length !== start + length - at) throw new MalformedDer("an element is cut off");
  return { tag, content: whole.subarray(start - at), whole };
}
