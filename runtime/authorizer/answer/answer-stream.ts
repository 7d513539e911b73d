import { Denial } from "../denial";
import { type AnswerHead, type AnswerReader, type BodySight, MOST_WHOLE_BYTES } from "./answer-reader";

/** What becomes of a part of an answer: it passes, changed or not, or it is refused */
export type Passage = { readonly body?: Uint8Array | undefined } | { readonly denial: Denial };

const EMPTY = new Uint8Array();

/** One answer, from its head to its end, as its reader takes it. What the reader cannot take ends the answer. */
export class AnswerStream {
  private seen: BodySight = "none";

  constructor(private readonly reader: AnswerReader) {}

  /** How much of the body is to be shown */
  public get sight(): BodySight {
    return this.seen;
  }

  /** @param isLast whether there is no body */
  public head(head: AnswerHead, isLast: boolean): Passage {
    return guarded(() => {
      const sight = this.reader.head(head);
      if (sight !== "none") refuseEncoded(head);
      if (sight === "whole") refuseLong(head);
      if (!isLast) {
        this.seen = sight;
        return {};
      }
      const body = sight === "none" ? undefined : this.bodyOf(sight, EMPTY, true);
      if (body !== undefined)
        throw Denial.of("gateway.answer", "the tool's answer has no body, and one was to be read");
      return {};
    });
  }

  public body(part: Uint8Array, isLast: boolean): Passage {
    return guarded(() => ({ body: this.bodyOf(this.seen, part, isLast) }));
  }

  private bodyOf(sight: BodySight, part: Uint8Array, isLast: boolean): Uint8Array | undefined {
    return sight === "whole" ? this.reader.whole(part) : this.reader.part(part, isLast);
  }
}

function guarded(read: () => Passage): Passage {
  try {
    return read();
  } catch (error) {
    return { denial: error instanceof Denial ? error : Denial.of("gateway.answer", undefined, { cause: error }) };
  }
}

/** The gateway requests no content encoding, and decodes none. @throws Denial `gateway.answer` */
function refuseEncoded({ headers }: AnswerHead): void {
  const encoding = headers.find(([name]) => name === "content-encoding")?.[1];
  if (encoding !== undefined) {
    throw Denial.of(
      "gateway.answer",
      `the tool's answer has the content-encoding ${encoding}, which was not asked for`,
    );
  }
}

/** @throws Denial `gateway.answer` */
function refuseLong({ headers }: AnswerHead): void {
  const length = Number(headers.find(([name]) => name === "content-length")?.[1] ?? 0);
  if (length > MOST_WHOLE_BYTES) {
    throw Denial.of(
      "gateway.answer",
      `the tool's answer has ${length} bytes, and at most ${MOST_WHOLE_BYTES} are read`,
    );
  }
}
